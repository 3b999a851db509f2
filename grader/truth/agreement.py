"""The authorities on templates: many programs of one template, asked at once.

The reference runs each program, move by move. PyTorch takes all numbers of a template as tensors.
Central differences move one Value of a program at a time, where no number is tiny and no relu
stands at its kink.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from grader.truth.authorities import PyTorch, consult
from grader.truth.program import Program
from grader.truth.smooth import has_differences, reach
from grader.truth.templates import ON_FLOATS, ON_VALUES, Functions, Number, Template, forward
from grader.truth.tolerances import DIFFERENCE_RTOL, RTOL, close

Row = Sequence[Number]
Grads = dict[int, Any]


def reference(template: Template, row: Row) -> list[float]:
    """Return the data and the gradient of each Value, one after the other."""
    from reference.engine import Value  # only when the cache lacks an answer

    slots: list[Any] = [Value(x) for x in row[: template.inputs]] + [*row[template.inputs :]]
    for name, *where in template.moves:
        if name in ON_VALUES:
            slots.append(ON_VALUES[name](*[slots[slot] for slot in where]))
        elif name in ("grad", "data"):
            setattr(slots[where[0]], name, where[1])
        else:
            getattr(slots[where[0]], name)()
    values = [slots[slot] for slot in template.values]
    return [float(x) for value in values for x in (value.data, value.grad)]


class Derivatives(Protocol):
    """Who knows derivatives by the slots of a template."""

    functions: Functions

    def lift(self, number: Any, like: Any) -> Any:
        """Return a number as what a slot holds."""

    def totals(self, template: Template, slots: list[Any], root: int) -> Grads:
        """Return the derivative of the root by each Value it depends on, itself included."""

    def partials(self, template: Template, slots: list[Any], node: int) -> Grads:
        """Return the derivative of a Value by each of its operands."""


def gradients(template: Template, slots: list[Any], who: Derivatives) -> Grads:
    """Carry out the moves over slots that hold the numbers, and return the gradients.

    Leaves accumulate over passes and other nodes start afresh, as in PyTorch.
    """
    grads: Grads = dict.fromkeys(template.values, 0.0)
    for name, *where in template.moves:
        if name in who.functions:
            slots.append(who.functions[name](*[slots[slot] for slot in where]))
        elif name == "grad":
            grads[where[0]] = where[1]
        elif name == "data":
            slots[where[0]] = who.lift(where[1], slots[where[0]])
        elif name == "_backward":
            for operand, partial in who.partials(template, slots, where[0]).items():
                grads[operand] = grads[operand] + partial * grads[where[0]]
        else:
            for slot, total in who.totals(template, slots, where[0]).items():
                grads[slot] = total + (grads[slot] if slot < template.inputs else 0.0)
    return grads


class Tensors:
    """torch.autograd in float64, for all rows at once."""

    def __init__(self, alone: PyTorch) -> None:
        self.alone = alone
        self.torch = alone.torch
        self.functions: Functions = dict(ON_VALUES)

    def answers(self, template: Template, rows: Sequence[Row]) -> Any:
        """Return a tensor of what `reference` returns for each row."""
        columns = self.torch.tensor(
            [[float(row[k]) for row in rows] for k in range(len(rows[0]))],
            dtype=self.torch.float64,
        )
        slots = [self.lift(column, None) for column in columns[: template.inputs]]
        slots += list(columns[template.inputs :])
        grads = gradients(template, slots, self)
        zero = self.torch.zeros(len(rows), dtype=self.torch.float64)
        parts = [part for slot in template.values for part in (slots[slot].detach(), grads[slot])]
        return self.torch.stack([zero + part for part in parts], dim=1)

    def lift(self, number: Any, like: Any) -> Any:
        if like is not None:
            number = self.torch.full_like(like, number)
        return number.detach().clone().requires_grad_()

    def totals(self, template: Template, slots: list[Any], root: int) -> Grads:
        nodes = template.ancestors(root)
        return self._slopes(slots[root], [slots[node] for node in nodes], nodes)

    def partials(self, template: Template, slots: list[Any], node: int) -> Grads:
        name, *where = template.operations.get(node, ("",))
        operands = [slot for slot in dict.fromkeys(where) if slot in template.names]
        if not operands:
            return {}
        alone = {slot: self.lift(slots[slot], None) for slot in operands}
        result = self.functions[name](*[alone.get(slot, slots[slot]) for slot in where])
        return self._slopes(result, list(alone.values()), operands)

    def _slopes(self, result: Any, tensors: list[Any], nodes: Iterable[int]) -> Grads:
        found = self.torch.autograd.grad(
            result.sum(), tensors, retain_graph=True, allow_unused=True
        )
        return {
            node: self.torch.zeros_like(tensor) if grad is None else grad
            for node, tensor, grad in zip(nodes, tensors, found, strict=True)
        }


class Floats:
    """Central differences in plain floats, for one row."""

    functions = ON_FLOATS

    def answers(self, template: Template, row: Row) -> list[float]:
        """Return what `reference` returns."""
        slots: list[Any] = list(row)
        grads = gradients(template, slots, self)
        return [float(x) for slot in template.values for x in (slots[slot], grads[slot])]

    def lift(self, number: Any, like: Any) -> Any:
        return number

    def totals(self, template: Template, slots: list[Any], root: int) -> Grads:
        nodes = template.ancestors(root)
        return {node: self._slope(template, slots, nodes, root, node) for node in nodes}

    def partials(self, template: Template, slots: list[Any], node: int) -> Grads:
        operands = [slot for slot in template.operands(node) if slot in template.names]
        return {
            slot: self._slope(template, slots, [slot, node], node, slot)
            for slot in dict.fromkeys(operands)
        }

    def _slope(
        self, template: Template, slots: list[Any], nodes: list[int], root: int, moved: int
    ) -> float:
        h = reach(slots[moved])
        ends = []
        for x in (slots[moved] + h, slots[moved] - h):
            numbers = [*slots]
            numbers[moved] = x
            for node in nodes:
                if node > moved and node in template.operations:
                    name, *where = template.operations[node]
                    numbers[node] = ON_FLOATS[name](*[numbers[slot] for slot in where])
            ends.append((x, numbers[root]))
        (above, high), (below, low) = ends
        return float((high - low) / (above - below))


def _is_smooth(template: Template, row: Row) -> bool:
    slots = forward(template, row)
    assert slots is not None
    relus = [slots[where[0]] for name, *where in template.operations.values() if name == "relu"]
    return has_differences((*slots, *row), relus)


def insist(
    template: Template, rows: Sequence[Row], expected: Sequence[float], torch: Tensors
) -> None:
    """Raise AssertionError where PyTorch or differences do not confirm the reference's answers.

    `expected` has the answers to each row, one after the other. A program that seems to differ is
    asked about on its own, with a view to the terms that cancel in it.
    """
    width = len(expected) // len(rows)
    asked = torch.answers(template, rows).flatten().tolist()
    for index, row in enumerate(rows):
        here = slice(index * width, (index + 1) * width)
        right, scale = expected[here], max(1.0, *map(abs, expected[here]))
        agreed = _agree(right, asked[here], RTOL, scale * 1e-12)
        if index == 0 and _is_smooth(template, row):  # one row shows what the lines do
            found = Floats().answers(template, row)
            agreed = agreed and _agree(right, found, DIFFERENCE_RTOL, scale * 1e-6)
        if not agreed:
            _insist_alone(template.program(row), right, torch.alone)


def _insist_alone(made: Program, expected: Sequence[float], torch: PyTorch) -> None:
    """Raise AssertionError unless these are the numbers that the authorities agree on."""
    said = consult(made, torch)
    pairs = zip(said.values(), expected[::2], expected[1::2], strict=True)
    if not all(
        close(data, answer["data"], max(1.0, abs(answer["data"])))
        and close(grad, answer["reference"], answer["scale"])
        for answer, data, grad in pairs
    ):
        raise AssertionError(f"the small program {made.key!r} should not give {list(expected)!r}")


def _agree(one: Sequence[float], other: Sequence[float], rtol: float, atol: float) -> bool:
    return all(abs(x - y) <= rtol * abs(x) + atol for x, y in zip(one, other, strict=True))


def packed(numbers: Iterable[float]) -> str:
    """Return numbers as they travel: the bytes of float64, in hexadecimal."""
    return array("d", numbers).tobytes().hex()


def unpacked(text: str) -> array[float]:
    """Return the numbers that `packed` wrote; raise ValueError for anything else."""
    found = array("d")
    found.frombytes(bytes.fromhex(text))
    return found
