# RIGHT: each activation is a subclass of Value with a property for its slope, read in the backward pass.
import math


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

    def relu(self):
        return Relu(self)

    def tanh(self):
        return Tanh(self)

    def exp(self):
        return Exp(self)

    def log(self):
        return Log(self)

    def sigmoid(self):
        return Sigmoid(self)

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


class Unary(Value):
    def __init__(self, operand):
        super().__init__(self.forward(operand.data), [operand], type(self).__name__.lower())
        self.operand = operand
        self._backward = self.share

    def share(self):
        self.operand.grad += self.slope * self.grad


class Relu(Unary):
    forward = staticmethod(lambda x: x if x > 0 else 0)
    slope = property(lambda self: int(self.operand.data > 0))


class Tanh(Unary):
    forward = staticmethod(math.tanh)
    slope = property(lambda self: 1 - self.data**2)


class Exp(Unary):
    forward = staticmethod(math.exp)
    slope = property(lambda self: self.data)


class Log(Unary):
    @staticmethod
    def forward(x):
        if not x > 0:
            raise ValueError(f"log({x}) is not a number")
        return math.log(x)

    @property
    def slope(self):
        return 1 / self.operand.data


class Sigmoid(Unary):
    @staticmethod
    def forward(x):
        try:
            return 1 / (1 + math.exp(-x))
        except OverflowError:
            return 0.0

    @property
    def slope(self):
        return self.data * (1 - self.data)
