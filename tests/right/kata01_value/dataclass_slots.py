"""A dataclass without equality, so that identity makes a node."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Value:
    data: float
    _prev: list[Value] = field(default_factory=list)
    _op: str = ""
    grad: float = 0.0

    def _combine(self, other: Value | float, do: Callable[[float, float], float], op: str) -> Value:
        match other:
            case Value():
                pass
            case int() | float():
                other = Value(other)
            case _:
                return NotImplemented
        return type(self)(do(self.data, other.data), [self, other], op)

    def __add__(self, other: Value | float) -> Value:
        return self._combine(other, operator.add, "+")

    def __mul__(self, other: Value | float) -> Value:
        return self._combine(other, operator.mul, "*")
