"""kata02 · The backward of * · 8 minutes

out = a * b        d out / d a = b        d out / d b = a

Every operation leaves a `_backward` on its result. Called without arguments, it hands each operand
its share: the local derivative times `out.grad`, the upstream gradient. `__add__` shows how.

>>> a, b = Value(2.0), Value(3.0)
>>> out = a * b
>>> out.grad = 5.0
>>> out._backward()
>>> a.grad, b.grad
(15.0, 10.0)

A value can be used many times, even twice in one product (`a * a`), and a share must never erase
what arrived before it. `_backward` changes nothing but its operands' `grad`.
"""


class Value:
    """A number that remembers how it was made."""

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
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        raise NotImplementedError("kata02: give out its _backward and return out")

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"
