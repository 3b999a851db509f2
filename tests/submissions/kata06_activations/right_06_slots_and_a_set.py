# RIGHT: Value has slots and keeps its operands in a set, and the five methods are attached after the class by a factory.
import math


class Value:
    """A number that remembers how it was made, and how to hand its gradient on."""

    __slots__ = ("_backward", "_op", "_prev", "data", "grad")

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = set(_children)
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


def _attach(name, forward, slope):
    def method(self):
        y = forward(self.data)
        out = Value(y, {self}, name)
        out._backward = lambda: setattr(
            self, "grad", self.grad + slope(self.data, y) * out.grad
        )
        return out

    method.__name__ = name
    method.__doc__ = f"Return {name} of self, as a new Value."
    setattr(Value, name, method)


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x)


_attach("relu", lambda x: max((x, 0)), lambda x, y: x > 0)
_attach("tanh", math.tanh, lambda x, y: 1 - y * y)
_attach("exp", math.exp, lambda x, y: y)
_attach("log", math.log, lambda x, y: 1 / x)
_attach("sigmoid", _sigmoid, lambda x, y: y * (1 - y))
