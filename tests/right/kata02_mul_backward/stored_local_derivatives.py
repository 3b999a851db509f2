"""Local derivatives are stored as numbers; one method serves every operation."""


class Value:
    __slots__ = ("_local", "_op", "_prev", "data", "grad")

    def __init__(self, data, _children=(), _op="", _local=()):
        self.data, self.grad = data, 0.0
        self._prev, self._op, self._local = _children, _op, _local

    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __mul__(self, other):
        other = Value.lift(other)
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    def _backward(self):
        for operand, slope in zip(self._prev, self._local, strict=True):
            operand.grad += slope * self.grad
