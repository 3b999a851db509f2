"""Marks each node with a token of this call; the mark is the node's own new attribute."""


def topological_order(root):
    token = object()
    order = []

    def visit(node):
        if getattr(node, "mark", None) is not token:
            node.mark = token
            [visit(operand) for operand in node._prev]
            order.append(node)

    visit(root)
    return list(order)
