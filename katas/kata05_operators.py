"""kata05 · The other operators · 12 minutes

d(-a)/da = -1                       d(a / b)/da = 1 / b
d(a - b)/db = -1                    d(a / b)/db = -a / b ** 2
d(a ** k)/da = k * a ** (k - 1)

`+`, `*` and `backward()` are given. Write `-a`, `a - b`, `a ** k` for a plain int or float k of any
sign, and `a / b`; then what Python calls when a plain number stands on the left: `2 + a`, `2 - a`,
`2 * a` and `2 / a`. Each operation may have a `_backward` of its own or be made of others, and
returns a new Value: so do `a ** 1` and `0 + a`.

>>> a, b = Value(2.0), Value(4.0)
>>> c = 3 - a / b + b ** 2
>>> c.backward()
>>> c.data, a.grad, b.grad
(18.5, -0.25, 8.125)

`2 - a` is `a.__rsub__(2)`: the operands arrive in reverse. `sum([a, b])` begins with the int 0, so
it needs `0 + a`. In `a - a` and `a / a` one value stands on both sides.

Follow-ups: `a ** 0` and `a ** 2` where a is 0; a Value as exponent raises TypeError and says so.
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

    def __neg__(self):
        """Return -self."""
        raise NotImplementedError("kata05: write __neg__ here")

    def __sub__(self, other):
        """Return self - other."""
        raise NotImplementedError("kata05: write __sub__ here")

    def __pow__(self, k):
        """Return self ** k for a plain number k."""
        raise NotImplementedError("kata05: write __pow__ here")

    def __truediv__(self, other):
        """Return self / other."""
        raise NotImplementedError("kata05: write __truediv__ here")

    def __radd__(self, other):
        """Return other + self, where other is a plain number."""
        raise NotImplementedError("kata05: write __radd__ here")

    def __rsub__(self, other):
        """Return other - self, where other is a plain number."""
        raise NotImplementedError("kata05: write __rsub__ here")

    def __rmul__(self, other):
        """Return other * self, where other is a plain number."""
        raise NotImplementedError("kata05: write __rmul__ here")

    def __rtruediv__(self, other):
        """Return other / self, where other is a plain number."""
        raise NotImplementedError("kata05: write __rtruediv__ here")

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
