"""Each operator has a rule of its own, and the reflected ones swap lifted operands."""

import math


def lift(x):
    return x if isinstance(x, Value) else Value(x)


def node(data, label, *shares):
    """Return a result; each share is an operand and the derivative by it."""
    out = Value(data, [operand for operand, _ in shares], label)

    def hand_on():
        for operand, slope in shares:
            operand.grad = operand.grad + slope * out.grad

    out._backward = hand_on
    return out


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad, self._op = data, 0.0, _op
        self._prev = list(_children)
        self._backward = lambda: None

    def __add__(self, other):
        other = lift(other)
        return node(self.data + other.data, "+", (self, 1), (other, 1))

    def __sub__(self, other):
        other = lift(other)
        return node(self.data - other.data, "-", (self, 1), (other, -1))

    def __mul__(self, other):
        other = lift(other)
        return node(self.data * other.data, "*", (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = lift(other)
        quotient = self.data / other.data
        return node(quotient, "/", (self, 1 / other.data), (other, -quotient / other.data))

    def __pow__(self, k):
        if not isinstance(k, (int, float)):
            return NotImplemented
        slope = 0.0 if k == 0 else k * math.pow(self.data, k - 1)
        return node(math.pow(self.data, k), f"^{k}", (self, slope))

    def __neg__(self):
        return node(-self.data, "neg", (self, -1))

    def __radd__(self, other):
        return lift(other).__add__(self)

    def __rsub__(self, other):
        return lift(other).__sub__(self)

    def __rmul__(self, other):
        return lift(other).__mul__(self)

    def __rtruediv__(self, other):
        return lift(other).__truediv__(self)

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) in seen:
                return
            seen.add(id(v))
            for operand in v._prev:
                visit(operand)
            order.append(v)

        visit(self)
        self.grad = 1.0
        while order:
            order.pop()._backward()
