"""One dict is both the visited set and the order; a stack of iterators replaces the recursion."""


def topological_order(root):
    done = {}
    open_nodes = [(root, iter(root._prev))]
    seen = {root}
    while open_nodes:
        node, operands = open_nodes[-1]
        for operand in operands:
            if operand not in seen:
                seen.add(operand)
                open_nodes.append((operand, iter(operand._prev)))
                break
        else:
            done[node] = None
            open_nodes.pop()
    return list(done)
