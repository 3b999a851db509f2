"""Kahn's algorithm from the root: a node is taken when all its users have been, then reversed."""

from collections import Counter, deque


def topological_order(root):
    users = Counter()
    todo, found = [root], {id(root)}
    while todo:
        for operand in todo.pop()._prev:
            users[id(operand)] += 1
            if id(operand) not in found:
                found.add(id(operand))
                todo.append(operand)
    order, ready = deque(), deque([root])
    while ready:
        node = ready.popleft()
        order.appendleft(node)
        for operand in node._prev:
            users[id(operand)] -= 1
            if not users[id(operand)]:
                ready.append(operand)
    return list(order)
