"""Reverse-mode automatic differentiation on scalars.

Every operation does two things. It computes a number, and it records on the result which operands
took part and how fast the result moves with each of them: the local derivatives. `backward()`
walks these records from the root to the leaves and multiplies along the way, which is the chain
rule:

    d root / d x  =  sum over the users u of x:  (d u / d x) * (d root / d u)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial, wraps
from numbers import Complex, Number, Real

Closure = Callable[[], None]


def lifting(
    operator: Callable[[Value, Value], Value],
) -> Callable[[Value, Value | float], Value]:
    """Let a binary operator take a plain number too, as a new leaf."""

    @wraps(operator)
    def lifted(self: Value, other: Value | float) -> Value:
        if isinstance(other, Value):
            return operator(self, other)
        if isinstance(other, (int, float)):
            return operator(self, Value(other))
        if is_real(other):
            return operator(self, Value(float(other)))
        return NotImplemented  # Python then asks `other`, and raises TypeError if it declines too

    return lifted


def is_real(x: object) -> bool:
    """Whether `x` is a number on the line: a Fraction, a Decimal, a scalar of NumPy."""
    return isinstance(x, Real) or (isinstance(x, Number) and not isinstance(x, Complex))


class Unkept:
    """An attribute that a value has no room for: to set it raises AttributeError, and says so."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, value: object, given: object) -> None:
        raise AttributeError(
            f"a Value keeps no {self.name}: write it into its label, or keep a dict beside the "
            f"graph, {self.name}s = {{a: {given!r}}}"
        )

    def __get__(self, value: object, owner: type) -> None:
        raise AttributeError(f"a Value has no {self.name}")


class Value:
    """A number that remembers how it was made.

    `data` is the number as given, int or float. `grad` is the derivative by this number of the
    roots that `backward()` was called on. `_prev` holds the operands, `_local` the derivative of
    this value by each of them (or a closure that was assigned to `_backward`); `_op` and `label`
    are for drawings.
    """

    # a graph has a node for every operation: slots take a fraction of the memory of a dict
    __slots__ = ("_local", "_op", "_prev", "data", "grad", "label")
    color, name = Unkept(), Unkept()

    def __init__(
        self,
        data: float,
        _children: Iterable[Value] = (),
        _op: str = "",
        _local: tuple[float, ...] = (),
        label: str = "",
    ) -> None:
        self.data = data
        self.grad = 0.0
        self._prev = tuple(_children)  # not a set: a * a has two operands, and a share for each
        self._op = _op
        self._local: tuple[float, ...] | Closure = _local
        self.label = label

    # Arithmetic. Each line ends with the local derivatives, in the order of the operands.

    @lifting
    def __add__(self, other: Value) -> Value:
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    @lifting
    def __sub__(self, other: Value) -> Value:
        return Value(self.data - other.data, (self, other), "-", (1.0, -1.0))

    @lifting
    def __mul__(self, other: Value) -> Value:
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    @lifting
    def __truediv__(self, other: Value) -> Value:
        ratio = self.data / other.data
        # d(a/b)/da = 1/b,  d(a/b)/db = -a/b**2
        return Value(ratio, (self, other), "/", (1 / other.data, -ratio / other.data))

    def __pow__(self, k: float) -> Value:
        """Return this value to the power of a plain number.

        A Value as exponent raises TypeError, a root of a negative number ValueError.
        """
        if isinstance(k, Value):
            raise TypeError(f"{k!r} can't be an exponent: for a ** b, write (a.log() * b).exp()")
        if not isinstance(k, (int, float)):
            if not is_real(k):
                return NotImplemented
            k = float(k)
        power = self.data**k
        if isinstance(power, complex):
            raise ValueError(f"{self.data:.6g} ** {k:.6g} is not a real number")
        return Value(power, (self,), f"**{k}", (power_slope(self.data, k),))

    def __neg__(self) -> Value:
        return Value(-self.data, (self,), "neg", (-1.0,))

    # Python asks the right operand when the left one is a plain number: 2 - a is a.__rsub__(2).

    __radd__ = __add__
    __rmul__ = __mul__

    @lifting
    def __rsub__(self, other: Value) -> Value:
        return other - self

    @lifting
    def __rtruediv__(self, other: Value) -> Value:
        return other / self

    def __abs__(self) -> Value:
        return self.relu() + (-self).relu()

    # Functions. Several derivatives are cheapest from the output: tanh' = 1 - tanh**2.

    def relu(self) -> Value:
        """Return max(0, x); its derivative at 0 is 0, as in PyTorch."""
        x = self.data
        if x <= 0:
            return Value(type(x)(0), (self,), "relu", (0.0,))
        return Value(x, (self,), "relu", (1.0,))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent."""
        t = math.tanh(self.data)
        return Value(t, (self,), "tanh", (1.0 - t * t,))

    def exp(self) -> Value:
        """Return e**x; above about 709 it raises OverflowError."""
        e = math.exp(self.data)
        return Value(e, (self,), "exp", (e,))

    def log(self) -> Value:
        """Return the natural logarithm; 0 and less raise ValueError."""
        if self.data <= 0:
            raise ValueError(f"log needs a number above 0, not {self.data:.6g}")
        return Value(math.log(self.data), (self,), "log", (1 / self.data,))

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e**-x), finite for every x."""
        e = math.exp(-abs(self.data))  # in [0, 1], so it can't overflow
        # with e = e**-|x| the sigmoid is 1 / (1 + e) right of 0, and e / (1 + e) left of it
        s = (1.0 if self.data >= 0 else e) / (1.0 + e)
        return Value(s, (self,), "sigmoid", (s * (1.0 - s),))

    # The reverse pass.

    @property
    def _backward(self) -> Closure:
        """What adds to each operand its share; a closure assigned here does it instead."""
        local = self._local
        return local if callable(local) else partial(self._pass_on, local)

    @_backward.setter
    def _backward(self, closure: Closure) -> None:
        self._local = closure

    def _pass_on(self, local: tuple[float, ...] | Closure) -> None:
        """Add to each operand its share: local derivative times upstream gradient."""
        if callable(local):
            local()
            return
        upstream = self.grad
        for i, operand in enumerate(self._prev):
            # += and not =: an operand with several users gets a share from each
            operand.grad += local[i] * upstream

    def backward(self) -> None:
        """Fill in `grad` of every value that this one depends on.

        Leaves add to what they hold, so the gradients of several losses sum up in them; all other
        nodes start afresh. A second call on one graph therefore does to the leaves what PyTorch's
        `backward(retain_graph=True)` does.
        """
        order = topological_order(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad += 1.0  # d root / d root
        # users before operands: a node passes its gradient on once all its users have added to it
        for node in reversed(order):
            if node._prev or node._local:  # a leaf has none to pass its gradient on to
                node._pass_on(node._local)

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def power_slope(x: float, k: float) -> float:
    """Return d(x**k)/dx = k * x**(k - 1), with PyTorch's answers at x = 0."""
    if k == 0:
        return 0.0  # x**0 is 1 everywhere, though the formula has 0 * 0**-1 at 0
    if x == 0 and k < 1:
        return math.inf  # a root leaves 0 vertically
    slope: float = k * x ** (k - 1)
    return slope


def topological_order(root: Value) -> list[Value]:
    """Return every value the root depends on once, operands before users, the root last.

    Depth-first search in post-order. The stack is a list, since graphs are deeper than Python
    recurses; time and memory are linear in nodes and edges.
    """
    order: list[Value] = []
    visited: set[Value] = set()
    path: list[Value] = []  # from the root down: visited, but not yet in order
    stack: list[Value | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # the mark below: every operand of the last node on the path is done
            order.append(path.pop())
        elif node not in visited:
            visited.add(node)
            path.append(node)
            stack.append(None)
            stack += node._prev
    return order
