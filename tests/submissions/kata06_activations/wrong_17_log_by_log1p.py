# WRONG: log is computed as log1p(x - 1), where the difference rounds to -1 for tiny positive x, which raises ValueError.
# SHOWS: Value(1e-20).log().data  # ValueError, right: -46.0517
import functools
import math


def activation(rule):
    """Make a method of a generator that yields f(x), and then f'(x)."""

    @functools.wraps(rule)
    def method(self):
        value, slope = rule(self.data)
        out = Value(value, (self,), rule.__name__)

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    return method


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

    @activation
    def relu(x):
        yield max(x, 0)
        yield 1 if x > 0 else 0

    @activation
    def tanh(x):
        y = math.tanh(x)
        yield y
        yield 1 - y**2

    @activation
    def exp(x):
        y = math.exp(x)
        yield y
        yield y

    @activation
    def log(x):
        yield math.log1p(x - 1)
        yield 1 / x

    @activation
    def sigmoid(x):
        e = math.exp(x if x < 0 else -x)
        yield e / (1 + e) if x < 0 else 1 / (1 + e)
        yield e / (1 + e) ** 2

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
