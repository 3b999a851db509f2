"""kata06 · Activations · 12 minutes

relu(x) = max(0, x)         relu' = 1 where x > 0, else 0 (at 0 too, as in PyTorch)
tanh(x)                     tanh' = 1 - tanh(x) ** 2
exp(x)                      exp' = exp(x)
log(x)                      log' = 1 / x
sigmoid(x) = 1 / (1 + exp(-x))      sigmoid' = sigmoid(x) * (1 - sigmoid(x))

Each is a method without arguments that returns a new Value. The operators and `backward()` are
given, and `math` is at hand.

>>> a = Value(0.5)
>>> b = a.tanh() * 4.0
>>> b.backward()
>>> round(b.data, 4), round(a.grad, 4)
(1.8485, 3.1458)

Some derivatives are said in terms of the input x, some in terms of the output. A value is often
used beside its own activation, as in `a.exp() + a`: shares add up.

Follow-ups: tanh and sigmoid at 1000 and -1000; log of 0 or less raises ValueError.
"""

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
        """Return max(0, self)."""
        # >>> write relu here
        out = Value(max(0.0, self.data), (self,), "relu")

        def _backward():
            if self.data > 0:
                self.grad += out.grad

        out._backward = _backward
        return out
        # <<<

    def tanh(self):
        """Return the hyperbolic tangent of self."""
        # >>> write tanh here
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t * t) * out.grad

        out._backward = _backward
        return out
        # <<<

    def exp(self):
        """Return e to the power of self."""
        # >>> write exp here
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out
        # <<<

    def log(self):
        """Return the natural logarithm of self."""
        # >>> write log here
        if self.data <= 0:
            raise ValueError(f"log needs a number above 0, not {self.data}")
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += 1 / self.data * out.grad

        out._backward = _backward
        return out
        # <<<

    def sigmoid(self):
        """Return 1 / (1 + exp(-self))."""
        # >>> write sigmoid here
        e = math.exp(-abs(self.data))
        s = (1 if self.data >= 0 else e) / (1 + e)
        out = Value(s, (self,), "sigmoid")

        def _backward():
            self.grad += s * (1 - s) * out.grad

        out._backward = _backward
        return out
        # <<<

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
