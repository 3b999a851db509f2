from graphlib import TopologicalSorter


def topological_order(root):
    graph, todo = {}, [root]
    while todo:
        node = todo.pop()
        if node not in graph:
            graph[node] = node._prev
            todo.extend(node._prev)
    return [*TopologicalSorter(graph).static_order()]
