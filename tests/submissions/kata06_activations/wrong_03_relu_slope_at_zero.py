# WRONG: the derivative of relu at exactly 0 is 1 instead of 0.
# SHOWS: a = Value(0.0); (a.relu() * 3).backward(); a.grad  # 3.0, right: 0.0
import math


def _logistic(x):
    """Only ever asks for the exponential of a number below 0."""
    e = math.exp(-abs(x))
    return (1 if x >= 0 else e) / (1 + e)


FUNCTIONS = {
    "relu": lambda x: max(0.0, x),
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sigmoid": _logistic,
}
SLOPES = {
    "relu": lambda x, y: float(x >= 0),
    "tanh": lambda x, y: 1 - y * y,
    "exp": lambda x, y: y,
    "log": lambda x, y: 1 / x,
    "sigmoid": lambda x, y: y * (1 - y),
}


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

    def _apply(self, op):
        out = Value(FUNCTIONS[op](self.data), (self,), op)

        def _backward():
            self.grad += SLOPES[op](self.data, out.data) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        return self._apply("relu")

    def tanh(self):
        return self._apply("tanh")

    def exp(self):
        return self._apply("exp")

    def log(self):
        return self._apply("log")

    def sigmoid(self):
        return self._apply("sigmoid")

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
