"""Longer programs drawn at random, with every graph shape that hides a mistake.

They stand beside the small ones, which are all tried: chains, ladders, deep diamonds, two losses.
A seed draws the same programs each time, and the shortest come first.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.truth.program import FLOAT_METHODS, Program

T = TypeVar("T")
Kind = str  # a key of OPERATORS
Operand = int | float  # the number of a node, or a plain number

PER_SHAPE = 2
LARGEST = 1_000.0
# None is 0 or 1.
NUMBERS = (2.0, 3.0, 5.0, -2.0, -3.0, 4.0, -5.0, 1.5, -1.5, 2.5, -0.5)
UPSTREAM = (7.0, -6.0, 0.25, 11.0)
CONSTANTS = (6.0, -4.0, 0.75)
LETTERS = "abcdefghijkmnopqrstuvwxyz"


def any_numbers(*_: float) -> bool:
    """Every number will do."""
    return True


@dataclass(frozen=True)
class Operator:
    """How a line is written and computed, and which operands are far from a kink or a pole."""

    text: str
    compute: Callable[..., float]
    takes: Callable[..., bool] = any_numbers

    @property
    def arity(self) -> int:
        return self.text.count("{}")


@dataclass(frozen=True)
class Line:
    """One line of a sketch: an operator and its operands."""

    operator: Operator
    operands: tuple[Operand, ...]


def power(k: float) -> Operator:
    """Return `x ** k` for a plain number k."""
    return Operator(
        f"{{}} ** {k}",
        lambda x: float(x**k),
        lambda x: 0.2 < (abs(x) if k % 1 == 0 else x) < 6,
    )


PLUS = Operator("{} + {}", lambda x, y: x + y)
TIMES = Operator("{} * {}", lambda x, y: x * y)
RELU = Operator("{}.relu()", FLOAT_METHODS["relu"], lambda x: abs(x) > 0.1)
PLAIN = (TIMES, PLUS)
ARITHMETIC = (
    *PLAIN,
    Operator("{} - {}", lambda x, y: x - y),
    Operator("{} / {}", lambda x, y: x / y, lambda x, y: abs(y) > 0.2),
    Operator("-{}", lambda x: -x),
    *map(power, (2, 3, -1, -2, 0.5, 1.5)),
    Operator("sum([{}, {}])", lambda x, y: x + y),
)
FUNCTIONS = (
    RELU,
    Operator("{}.tanh()", math.tanh, lambda x: abs(x) < 2.5),
    Operator("{}.exp()", math.exp, lambda x: abs(x) < 3),
    Operator("{}.log()", math.log, lambda x: x > 0.2),
    Operator("{}.sigmoid()", FLOAT_METHODS["sigmoid"], lambda x: abs(x) < 4),
)
# What the lines of each kind are made of. "forward" only builds a graph, "local" calls `_backward`
# node by node, and all others end in `backward()`.
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "forward": PLAIN,
    "local": PLAIN,
    "backward": PLAIN,
    "arithmetic": ARITHMETIC,
    "activations": (*PLAIN, *FUNCTIONS),
    "everything": (*ARITHMETIC, *FUNCTIONS),
}
REFLECTED = ("arithmetic", "everything")  # a plain number may stand on the left as well


class Seeded:
    """Who chooses: the generator of a seed, always in the same way."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def one_of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def distinct(self, options: Sequence[float], count: int) -> list[float]:
        by_size = {abs(option): option for option in self.random.sample(options, len(options))}
        return list(by_size.values())[:count]


class Sketch:
    """A graph in the making: inputs are numbered first, then one node a line.

    `hides` is set once a number would hide a mistake: 0, 1, a huge one, one that another node has,
    or a sum that equals the product of its operands.
    """

    def __init__(self, choices: Seeded, kind: Kind = "backward") -> None:
        self.choices = choices
        self.kind = kind
        self.inputs = choices.number(1, 3)
        self.values = choices.distinct(NUMBERS, self.inputs)
        self.lines: list[Line] = []
        self.hides = False

    @property
    def size(self) -> int:
        return len(self.values)

    def add(self, left: Operand | None = None, right: Operand | None = None) -> int:
        """Add a line and return its node; an operand that is not given is chosen."""
        fixed = right is not None
        left = self.any_node() if left is None else left
        if right is None and self.choices.number(0, 7) == 7:
            right = self.choices.one_of(CONSTANTS)
            if self.kind in REFLECTED and self.choices.number(0, 1):
                left, right = right, left
        right = self.any_node() if right is None else right
        both = (left, right)
        fitting = [
            operator
            for operator in OPERATORS[self.kind]
            if (operator.arity == 2 or not (fixed or isinstance(left, float)))
            and operator.takes(*self.numbers(both[: operator.arity]))
        ]
        operator = self.choices.one_of(fitting)
        self.append(operator, both[: operator.arity])
        return self.size - 1

    def append(self, operator: Operator, operands: tuple[Operand, ...]) -> None:
        """Add a line as it is given."""
        numbers = self.numbers(operands)
        value = operator.compute(*numbers)
        unusual = value in (0.0, 1.0, -1.0) or value in self.values
        alike = len(numbers) == 2 and sum(numbers) == math.prod(numbers)
        self.hides |= abs(value) > LARGEST or alike or (unusual and operator is not RELU)
        self.lines.append(Line(operator, operands))
        self.values.append(value)

    def numbers(self, operands: Sequence[Operand]) -> list[float]:
        """Return the numbers of operands: a node's value, or the plain number itself."""
        return [self.values[part] if isinstance(part, int) else part for part in operands]

    def any_node(self) -> int:
        return self.choices.number(0, self.size - 1)


def free(sketch: Sketch) -> None:
    """One to five lines over anything that is there."""
    for _ in range(sketch.choices.number(1, 5)):
        sketch.add()


def reused_leaf(sketch: Sketch) -> None:
    """A leaf is an operand of two nodes."""
    sketch.add(sketch.add(0), 0)


def reused_inner_node(sketch: Sketch) -> None:
    """An inner node is an operand of two nodes, one of them deep."""
    inner = sketch.add()
    sketch.add(sketch.add(sketch.add(inner)), inner)


def same_operand_twice(sketch: Sketch) -> None:
    """Both operands are one node."""
    node = sketch.add()
    sketch.add(node, node)


def diamond(sketch: Sketch) -> None:
    """Two equally long ways lead from a node to the root."""
    top = sketch.add()
    sketch.add(sketch.add(top), sketch.add(top))


def uneven_diamond(sketch: Sketch) -> None:
    """A short and a long way lead from a node to the root, the short one on the left."""
    top = sketch.add()
    sketch.add(top, sketch.add(sketch.add(top)))


def ladder(sketch: Sketch) -> None:
    """Diamonds on top of each other."""
    node = sketch.add()
    for _ in range(3):
        node = sketch.add(node, node)


def chain(sketch: Sketch) -> None:
    """A long way without a branch."""
    node = sketch.add()
    for _ in range(7):
        node = sketch.add(node)


def two_losses(sketch: Sketch) -> None:
    """Two results share a leaf and nothing else; both are walked."""
    for _ in range(2):
        sketch.add(0, sketch.choices.number(0, sketch.inputs - 1))


ONE_ROOT: tuple[Callable[[Sketch], None], ...] = (
    free,
    reused_leaf,
    reused_inner_node,
    same_operand_twice,
    diamond,
    uneven_diamond,
    ladder,
    chain,
)


def shapes_of(kind: Kind) -> tuple[Callable[[Sketch], None], ...]:
    """Return the shapes that a kind of program can have."""
    return ONE_ROOT if kind in ("forward", "local") else (*ONE_ROOT, two_losses)


def build(kind: Kind, shape: Callable[[Sketch], None], choices: Seeded) -> Program | None:
    """Return a program of this kind and shape, or None if its numbers would hide a mistake."""
    sketch = Sketch(choices, kind)
    shape(sketch)
    if sketch.hides:
        return None
    roots = [sketch.size - 2, sketch.size - 1] if shape is two_losses else [sketch.size - 1]
    upstream = choices.one_of(UPSTREAM) if kind == "local" else 0.0
    return _write(sketch, roots, upstream)


def _write(sketch: Sketch, roots: list[int], upstream: float) -> Program:
    """Return the sketch as a program without dead lines, named a, b, c, ..."""
    live = _live(sketch, roots)
    names = {node: LETTERS[rank] for rank, node in enumerate(live)}

    def text(operand: Operand) -> str:
        return names[operand] if isinstance(operand, int) else repr(operand)

    made = [node for node in live if node >= sketch.inputs]
    code = []
    for node in made:
        line = sketch.lines[node - sketch.inputs]
        code.append(f"{names[node]} = {line.operator.text.format(*map(text, line.operands))}")
    if sketch.kind == "local":
        code.append(f"{names[roots[0]]}.grad = {upstream!r}")
        code += [f"{names[node]}._backward()" for node in reversed(made)]
    elif sketch.kind != "forward":
        code += [f"{names[root]}.backward()" for root in roots]
    inputs = {names[node]: sketch.values[node] for node in live if node < sketch.inputs}
    return Program("\n".join(code), inputs)


def _live(sketch: Sketch, roots: list[int]) -> list[int]:
    found, todo = set(roots), list(roots)
    while todo:
        node = todo.pop()
        operands = sketch.lines[node - sketch.inputs].operands if node >= sketch.inputs else ()
        for operand in operands:
            if isinstance(operand, int) and operand not in found:
                found.add(operand)
                todo.append(operand)
    return sorted(found)


def sampled(kind: Kind, seed: int) -> list[Program]:
    """Return the programs of a kind for a seed, some of every shape, the shortest first."""
    found: dict[str, Program] = {}
    for shape in shapes_of(kind):
        choices = Seeded(f"{seed} {kind} {shape.__name__}")
        wanted = len(found) + PER_SHAPE
        while len(found) < wanted:
            made = build(kind, shape, choices)
            if made:
                found[made.key] = made
    return sorted(found.values(), key=lambda made: (made.code.count("\n"), len(made.key)))
