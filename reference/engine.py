"""Reverse-mode automatic differentiation on scalars.

Every operation does two things. It computes a number, and it records on the result which operands
took part and how fast the result moves with each of them: the local derivatives. `backward()`
walks these records from the root to the leaves and multiplies along the way, which is the chain
rule:

    d root / d x  =  sum over the users u of x:  (d u / d x) * (d root / d u)
"""

from __future__ import annotations

import math
from collections.abc import Iterable


class Value:
    """A number, its gradient, and how it was made.

    `data` is the number as given, int or float. `grad` is the derivative of whatever `backward()`
    was called on by this number. `_prev` holds the operands, `_local` the derivative of this value
    by each of them, and `_op` a label for drawings.
    """

    __slots__ = ("_local", "_op", "_prev", "data", "grad")

    def __init__(
        self,
        data: float,
        _children: Iterable[Value] = (),
        _op: str = "",
        _local: tuple[float, ...] = (),
    ) -> None:
        self.data = data
        self.grad = 0.0
        self._prev = tuple(_children)
        self._op = _op
        self._local = _local

    # Arithmetic. Each line ends with the local derivatives, in the order of the operands.

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else lift(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __sub__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else lift(other)
        return Value(self.data - other.data, (self, other), "-", (1.0, -1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else lift(other)
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    def __truediv__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else lift(other)
        ratio = self.data / other.data
        return Value(ratio, (self, other), "/", (1.0 / other.data, -ratio / other.data))

    def __pow__(self, k: float) -> Value:
        """Return this value to the power of a plain number; a Value there raises TypeError."""
        if not isinstance(k, int | float):
            raise TypeError(f"the exponent is a plain number here, not {k!r}")
        if self.data < 0 and k != int(k):
            raise ValueError(f"{self.data!r} ** {k!r} is not a real number")
        return Value(self.data**k, (self,), f"**{k}", (power_slope(self.data, k),))

    def __neg__(self) -> Value:
        return Value(-self.data, (self,), "neg", (-1.0,))

    # Python asks the right operand when the left one is a plain number: 2 - a is a.__rsub__(2).

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rsub__(self, other: float) -> Value:
        return lift(other) - self

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rtruediv__(self, other: float) -> Value:
        return lift(other) / self

    # Functions. Several derivatives are cheapest from the output: tanh' = 1 - tanh ** 2.

    def relu(self) -> Value:
        """Return max(0, x). At 0 the derivative is 0, as in PyTorch."""
        if self.data <= 0:
            return Value(0.0, (self,), "relu", (0.0,))
        return Value(self.data, (self,), "relu", (1.0,))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent."""
        t = math.tanh(self.data)
        return Value(t, (self,), "tanh", (1.0 - t * t,))

    def exp(self) -> Value:
        """Return e ** x; beyond about 709 it raises OverflowError."""
        e = math.exp(self.data)
        return Value(e, (self,), "exp", (e,))

    def log(self) -> Value:
        """Return the natural logarithm; 0 and less raise ValueError."""
        if self.data <= 0:
            raise ValueError(f"log needs a number above 0, not {self.data!r}")
        return Value(math.log(self.data), (self,), "log", (1.0 / self.data,))

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e ** -x), finite for every x."""
        e = math.exp(-abs(self.data))  # at most 1: it can't overflow
        s = (1.0 if self.data >= 0 else e) / (1.0 + e)
        return Value(s, (self,), "sigmoid", (s * (1.0 - s),))

    # The reverse pass.

    def _backward(self) -> None:
        """Hand each operand its share: local derivative times the gradient that arrived here."""
        grad = self.grad
        for operand, local in zip(self._prev, self._local, strict=True):
            operand.grad += local * grad

    def backward(self) -> None:
        """Fill in `grad` of every value that this one depends on.

        Leaves add to what they hold, so the gradients of several losses sum up in them; all other
        nodes start afresh. A second call on the same graph therefore does what PyTorch does.
        """
        order = topological_order(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad += 1.0  # d root / d root
        for node in reversed(order):
            node._backward()

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def lift(number: float) -> Value:
    """Return a plain number as a leaf; anything else raises TypeError."""
    if not isinstance(number, int | float):
        raise TypeError(f"a Value computes with numbers, not with {number!r}")
    return Value(number)


def power_slope(x: float, k: float) -> float:
    """Return d (x ** k) / d x = k * x ** (k - 1), with the limits at 0 that PyTorch uses."""
    if k == 0:
        return 0.0
    if x == 0 and k < 1:
        return math.inf
    return float(k * x ** (k - 1))


def topological_order(root: Value) -> list[Value]:
    """Return every value the root depends on, operands before users, the root last.

    This is depth-first search in post-order, on a stack of its own: a graph may be far deeper than
    Python recurses. `None` on the stack says that the operands of the node below it are listed.
    """
    order: list[Value] = []
    visited: set[Value] = set()
    stack: list[Value | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in visited:
            visited.add(node)
            if node._prev:
                stack += (node, None)
                stack += node._prev
            else:
                order.append(node)
    return order
