"""No list at all: a node is fired when the last of its users has been."""


class Value:
    __slots__ = ("_local", "_op", "_prev", "data", "grad")

    def __init__(self, data, _children=(), _op="", _local=()):
        self.data, self.grad = data, 0.0
        self._prev, self._op, self._local = _children, _op, _local

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    def backward(self):
        waiting = {self: 0}
        todo = [self]
        for node in todo:
            for operand in node._prev:
                if operand not in waiting:
                    waiting[operand] = 0
                    todo.append(operand)
                waiting[operand] += 1
        for node in todo:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for operand, slope in zip(node._prev, node._local, strict=True):
                operand.grad += slope * node.grad
                waiting[operand] -= 1
                if waiting[operand] == 0:
                    ready.append(operand)
