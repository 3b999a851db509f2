"""kata04 · backward() · 12 minutes

d root / d root = 1        d root / d x = sum over users u of x:  (d u / d x) * (d root / d u)

`root.backward()` fills in the gradient of every node below the root. Each node's `_backward` hands
shares to its operands, and is right only when all shares of the node itself have arrived.

>>> a, b = Value(2.0), Value(3.0)
>>> c = a * b
>>> root = c + c * a
>>> root.backward()
>>> root.grad, c.grad, a.grad, b.grad
(1.0, 3.0, 15.0, 6.0)

A node can be reached by a short and by a long path. `root.grad` becomes 1. Leaves keep what they
hold and new shares are added to it: two losses that share a leaf add up there.

Follow-ups: a chain of 100,000 nodes; a second call on the same graph as PyTorch does it, where
leaves add up and every other node starts from 0.
"""


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

    def backward(self):
        """Fill in the gradient of this value by every node it depends on."""
        raise NotImplementedError("kata04: write backward here")

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"
