"""kata03 · Topological order · 12 minutes

position(operand) < position(node)      for every node and each of its operands

`topological_order(root)` returns a list of every node that can be reached from the root through
`_prev`, each once, operands before the nodes that use them. The root comes last. Any such order is
right. A node is an object with `data` and `_prev`: a tuple, list or set of any number of operands.

>>> a, b = Value(2.0), Value(3.0)
>>> c = a * b
>>> root = c + a
>>> order = topological_order(root)
>>> len(order), order.index(c) > order.index(a), order[-1] is root
(4, True, True)

A node can be an operand of many others, twice of the same one, and reached by short paths and long
ones. Two nodes with equal data are two nodes. The graph is not modified, and each call returns a
new list, which the caller may change.

Follow-ups: a chain of 100,000 nodes; time in proportion to nodes and operands.
"""


class Value:
    """A number that remembers how it was made: something to sort."""

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = tuple(_children)
        self._op = _op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")

    def __repr__(self):
        return f"Value(data={self.data})"


def topological_order(root):
    """Return every node reachable from `root`, operands before users, the root last."""
    # >>> write topological_order here
    order = []
    visited = set()
    stack = [(root, False)]
    while stack:
        node, operands_are_listed = stack.pop()
        if operands_are_listed:
            order.append(node)
        elif node not in visited:
            visited.add(node)
            stack.append((node, True))
            for operand in node._prev:
                stack.append((operand, False))
    return order
    # <<<
