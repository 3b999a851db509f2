"""Many small programs at once, each run move by move: their text is never compiled.

A batch has a template and rows of numbers. Slots hold the inputs as Values, then the plain numbers,
then what each operation makes; `grader.truth.templates` says what the moves mean.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable
from typing import Any

from grader.sandbox.overtime import Overtime

Batch = tuple[int, int, list[list[Any]], list[float]]  # inputs, constants, moves, numbers by row

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "sum": lambda *parts: sum(parts),
    **{name: operator.methodcaller(name) for name in ("relu", "tanh", "exp", "log", "sigmoid")},
    "_backward": lambda node: node._backward(),
    "backward": lambda node: node.backward(),
}


class Sweep:
    """What came of the programs so far, in the order in which they were asked for.

    `numbers` has the data and the gradient of each Value of each program; a program that raised, or
    gave something else than plain numbers, has zeros there and its place in `unclear`.
    """

    def __init__(self, value_class: type) -> None:
        self.value_class: Any = value_class
        self.numbers = array("d")
        self.unclear: list[int] = []
        self.operands: list[list[list[int]]] = []
        self.done = 0

    def run(self, batch: Batch, with_operands: bool) -> None:
        """Run the programs of one batch."""
        inputs, constants, moves, numbers = batch
        width = inputs + constants
        steps = [(FUNCTIONS.get(name), name, *slots) for name, *slots in moves]
        made = sum(name in FUNCTIONS and "backward" not in name for name, *_ in moves)
        for begin in range(0, len(numbers), width):
            row = numbers[begin : begin + width]
            try:
                slots = self.play(inputs, row, steps)
                values = slots[:inputs] + slots[width:]
                self.read(values)
                if with_operands:
                    self.operands.append(self.operands_of(values, inputs, row))
            except Overtime:
                raise
            except BaseException:
                self.unclear.append(self.done)
                self.numbers.frombytes(bytes(16 * (inputs + made)))
                if with_operands:
                    self.operands.append([])
            self.done += 1

    def play(self, inputs: int, row: list[float], steps: list[tuple[Any, ...]]) -> list[Any]:
        """Return the slots after every move of a program."""
        value_class = self.value_class
        slots: list[Any] = [value_class(number) for number in row[:inputs]]
        slots += row[inputs:]
        for function, name, *where in steps:
            if function is None:
                setattr(slots[where[0]], name, where[1])
            elif "backward" in name:
                function(slots[where[0]])
            else:
                slots.append(function(*[slots[slot] for slot in where]))
        return slots

    def read(self, values: list[Any]) -> None:
        """Note the data and the gradient of each Value, or raise what makes the program unclear."""
        found = [number for value in values for number in (value.data, value.grad)]
        if not {type(number) for number in found} <= {float, int}:
            raise TypeError
        if not all(isinstance(value, self.value_class) for value in values):
            raise TypeError
        self.numbers.extend(array("d", found))

    def operands_of(self, values: list[Any], inputs: int, row: list[float]) -> list[list[int]]:
        """Return for each Value the slots of its operands, each once; -1 for what has no slot.

        A nameless Value of a plain number of the program has that number's slot.
        """
        places = {id(value): index for index, value in enumerate(values)}
        width, found = len(row), []
        for value in values:
            slots = set()
            if iter(value._prev) is value._prev:  # it is used up by one look
                slots.add(-1)
            for operand in value._prev:
                place = places.get(id(operand))
                if place is not None:
                    slots.add(place if place < inputs else place - inputs + width)
                elif isinstance(operand, self.value_class) and operand.data in row[inputs:]:
                    slots.add(row.index(operand.data, inputs))
                else:
                    slots.add(-1)
            found.append(sorted(slots))
        return found
