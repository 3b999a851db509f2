# WRONG: the methods are made in a loop and each backward closure looks up the loop variable late, so every derivative is that of the last function.
# SHOWS: a = Value(0.5); a.exp().backward(); a.grad  # -1.06956, right: 1.64872
import math


def _logistic(x):
    """Only ever asks for the exponential of a number below 0."""
    e = math.exp(-abs(x))
    return (1 if x >= 0 else e) / (1 + e)


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


def _make(name, function, get_slope):
    def method(self):
        out = Value(function(self.data), (self,), name)

        def _backward():
            self.grad += get_slope()(self.data, out.data) * out.grad

        out._backward = _backward
        return out

    method.__name__ = name
    return method


for _name, _function, _slope in [
    ("relu", lambda x: max(0.0, x), lambda x, y: float(x > 0)),
    ("tanh", math.tanh, lambda x, y: 1 - y * y),
    ("exp", math.exp, lambda x, y: y),
    ("log", math.log, lambda x, y: 1 / x),
    ("sigmoid", _logistic, lambda x, y: y * (1 - y)),
]:
    setattr(Value, _name, _make(_name, _function, lambda: _slope))
