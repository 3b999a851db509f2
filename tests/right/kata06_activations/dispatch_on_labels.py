"""Nodes keep a label; one `_backward` looks the rule up by it and branches."""

import math


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0
        self._prev = _children
        self._op = _op

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.wrap(other)
        return Value(self.data + other.data, [self, other], "+")

    def __mul__(self, other):
        other = Value.wrap(other)
        return Value(self.data * other.data, [self, other], "*")

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + Value.wrap(other) * -1

    def relu(self):
        return Value(self.data if self.data > 0 else 0.0, [self], "relu")

    def tanh(self):
        return Value(math.tanh(self.data), [self], "tanh")

    def exp(self):
        return Value(math.exp(self.data), [self], "exp")

    def log(self):
        if not self.data > 0:
            raise ValueError("log of a number that is not positive")
        return Value(math.log(self.data), [self], "log")

    def sigmoid(self):
        return Value((1 + math.tanh(self.data / 2)) / 2, [self], "sigmoid")

    def _backward(self):
        g, y = self.grad, self.data
        match self._op:
            case "+":
                for x in self._prev:
                    x.grad += g
            case "*":
                a, b = self._prev
                a.grad, b.grad = (
                    (a.grad + b.data * g, b.grad + a.data * g)
                    if a is not b
                    else (a.grad + 2 * a.data * g,) * 2
                )
            case "relu":
                self._prev[0].grad += g * (y > 0)
            case "tanh":
                self._prev[0].grad += g * (1 - y**2)
            case "exp":
                self._prev[0].grad += g * y
            case "log":
                self._prev[0].grad += g / self._prev[0].data
            case "sigmoid":
                self._prev[0].grad += g * y * (1 - y)

    def backward(self):
        order, marked = [], set()

        def visit(node):
            marked.add(id(node))
            for x in node._prev:
                if id(x) not in marked:
                    visit(x)
            order.insert(0, node)

        visit(self)
        self.grad = 1
        for node in order:
            node._backward()
