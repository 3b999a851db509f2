"""Templates: small programs as moves over numbered slots, with their numbers left open.

    ("+", 0, 1) ("*", 3, 2) ("backward", 4)      with 2.0, -3.0, 5.0
    c = a + b;  d = c * 5.0;  d.backward()       of a = 2.0, b = -3.0

Thousands of programs share a few hundred templates, so that none of them has to be written and
compiled as text before one is to be shown. Slots hold the inputs first, then the plain numbers,
then what each operation makes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.truth.program import FLOAT_METHODS, METHODS, Program

Number = int | float
Move = tuple[Any, ...]  # an operation and its slots; or `grad`, `data`, `_backward`, `backward`
Functions = dict[str, Callable[..., Any]]

LETTERS = "abcdefghijkmnopqrstuvwxyz"
LARGEST = 1e18


def total(*parts: Any) -> Any:
    """Return `sum([...])`, which begins with the int 0."""
    return sum(parts)


ARITHMETIC: Functions = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "sum": total,
}
ON_FLOATS: Functions = {**ARITHMETIC, **FLOAT_METHODS}
ON_VALUES: Functions = {**ARITHMETIC, **{name: operator.methodcaller(name) for name in METHODS}}


@dataclass(frozen=True)
class Template:
    """Moves over slots: so many inputs, so many plain numbers, then a slot for each operation."""

    inputs: int
    constants: int
    moves: tuple[Move, ...]

    @cached_property
    def operations(self) -> dict[int, Move]:
        """Return the operation that fills each slot after the numbers."""
        made = [move for move in self.moves if move[0] in ON_FLOATS]
        return dict(enumerate(made, self.inputs + self.constants))

    @cached_property
    def values(self) -> tuple[int, ...]:
        """Return the slots that hold Values: the inputs, and what operations make."""
        return (*range(self.inputs), *self.operations)

    @cached_property
    def names(self) -> dict[int, str]:
        """Return the name of each Value in the program's text."""
        return dict(zip(self.values, LETTERS, strict=False))

    def operands(self, slot: int) -> list[int]:
        """Return the slots that a Value is made of, each as often as it is used."""
        return list(self.operations[slot][1:]) if slot in self.operations else []

    def ancestors(self, root: int) -> list[int]:
        """Return the Values that the root depends on, itself included, operands first."""
        found, todo = {root}, [root]
        while todo:
            for operand in self.operands(todo.pop()):
                if operand not in found and operand in self.names:
                    found.add(operand)
                    todo.append(operand)
        return sorted(found)

    def program(self, numbers: Sequence[Number]) -> Program:
        """Return the program that these numbers make of the template, as text."""
        inputs = {self.names[slot]: numbers[slot] for slot in range(self.inputs)}
        return Program("\n".join(self._lines(numbers)), inputs)

    def _lines(self, numbers: Sequence[Number]) -> Iterator[str]:
        texts = dict(enumerate(map(repr, numbers))) | self.names
        slot, seeds = self.inputs + self.constants, ""
        for name, *slots in self.moves:
            if name == "grad":  # several at once stand in one line
                holder, number = slots
                same = seeds.endswith(f" = {number!r}")
                if seeds and not same:
                    yield seeds
                seeds = f"{texts[holder]}.grad = " + (seeds if same else repr(number))
                continue
            if seeds:
                yield seeds
                seeds = ""
            if name in ON_FLOATS:
                yield f"{texts[slot]} = {_expression(name, [texts[part] for part in slots])}"
                slot += 1
            elif name == "data":
                yield f"{texts[slots[0]]}.data = {slots[1]!r}"
            else:
                yield f"{texts[slots[0]]}.{name}()"
        if seeds:
            yield seeds


def _expression(name: str, parts: list[str]) -> str:
    if name == "neg":
        return f"-{parts[0]}"
    if name == "sum":
        return f"sum([{', '.join(parts)}])"
    return f"{parts[0]}.{name}()" if name in METHODS else f" {name} ".join(parts)


def forward(template: Template, numbers: Sequence[Number]) -> list[Number] | None:
    """Return what every slot holds, None where an operation is outside its domain.

    Left out are: a base of 0 under any exponent (a follow-up of its own); tanh beyond 6 and sigmoid
    beyond 14, where one of the right ways to write them has lost its digits; tanh of what is tiny,
    for the same reason; exp beyond 30; numbers above 1e18.
    """
    slots: list[Any] = list(numbers)
    for name, *parts in template.moves:
        if name == "data":
            slots[parts[0]] = parts[1]
        elif name in ON_FLOATS:
            operands = [slots[part] for part in parts]
            if not _is_defined(name, operands):
                return None
            slots.append(ON_FLOATS[name](*operands))
            if abs(slots[-1]) > LARGEST:
                return None
    return slots


def _is_defined(name: str, operands: list[Number]) -> bool:
    x = operands[0]
    match name:
        case "/":
            return operands[1] != 0
        case "**":
            whole = operands[1] % 1 == 0
            small = abs(operands[1]) * abs(math.log(abs(x))) < 80 if x else False
            return small and (x > 0 or whole)
        case "log":
            return x > 0
        case "tanh":
            return x == 0 or 1e-3 < abs(x) <= 6
        case "exp":
            return abs(x) <= 30
        case "sigmoid":
            return abs(x) <= 14
    return True
