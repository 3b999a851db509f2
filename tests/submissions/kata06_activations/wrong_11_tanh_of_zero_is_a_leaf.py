# WRONG: tanh of 0 returns a constant without operands, so no gradient flows there, though the slope is 1.
# SHOWS: a = Value(0.0); (a.tanh() * 3).backward(); a.grad  # 0.0, right: 3.0
import math
from dataclasses import dataclass


@dataclass(eq=False)
class Share:
    """What an operand gets from its user."""

    operand: "Value"
    user: "Value"
    slope: float

    def __call__(self):
        self.operand.grad += self.slope * self.user.grad


class Value:
    """A number that remembers how it was made, and how to hand its gradient on."""

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = tuple(_children)
        self._op = _op
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, k):
        out = Value(self.data**k, (self,), f"**{k}")

        def _backward():
            slope = k * self.data ** (k - 1) if k else 0.0
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self**-1 * other

    def _then(self, y, slope, op):
        user = Value(y, [self], op)
        user._backward = Share(self, user, slope)
        return user

    def relu(self):
        return self._then(self.data, 1, "relu") if self.data > 0 else self._then(0, 0, "relu")

    def tanh(self):
        if not self.data:
            return Value(0.0, _op="tanh")
        y = math.tanh(self.data)
        return self._then(y, (1 - y) * (1 + y), "tanh")

    def exp(self):
        y = math.exp(self.data)
        return self._then(y, y, "exp")

    def log(self):
        return self._then(math.log(self.data), self.data**-1, "log")

    def sigmoid(self):
        small = math.exp(-abs(self.data))
        y = (small if self.data < 0 else 1) / (1 + small)
        return self._then(y, small / (1 + small) ** 2, "sigmoid")

    def backward(self):
        """Fill in the gradient of this value by every node it depends on."""
        order = []
        visited = set()
        stack = [(self, False)]
        while stack:
            node, operands_are_listed = stack.pop()
            if operands_are_listed:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                stack.append((node, True))
                for operand in node._prev:
                    stack.append((operand, False))

        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"
