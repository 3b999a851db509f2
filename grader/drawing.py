"""Programs drawn at random, with every graph shape that hides a mistake, and the smallest failure.

One recipe builds a program from choices. A seeded generator makes the choices for the programs of
a verdict, so they cost nothing and repeat; hypothesis makes them to shrink a failing program, and
is imported for that alone.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from grader.attempt import Ended, NotRun
from grader.checking import CheckFailed
from grader.program import Program

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from grader.oracle import Oracle

T = TypeVar("T")
Kind = str  # "forward", "local" or "backward"
Operand = int | float
Line = tuple[str, Operand, Operand]

PER_SHAPE = 4
SHRINK_SECONDS = 0.8
LARGEST = 1e5
# The first are the ones a failing program shrinks to. None is 0 or 1.
NUMBERS = (2.0, 3.0, 5.0, -2.0, -3.0, 4.0, -5.0, 1.5, -1.5, 2.5, -0.5)
UPSTREAM = (7.0, -6.0, 0.25, 11.0)
CONSTANTS = (6.0, -4.0, 0.75)
LETTERS = "abcdefghijkmnopqrstuvwxyz"


class Choices(Protocol):
    """Who chooses: the generator of a seed, or hypothesis."""

    def number(self, least: int, most: int) -> int:
        """Return a whole number between two, both possible."""

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options."""

    def distinct(self, options: Sequence[float], count: int) -> list[float]:
        """Return as many of the options, no two of equal size."""


class Seeded:
    """Choices that are the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def one_of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def distinct(self, options: Sequence[float], count: int) -> list[float]:
        by_size = {abs(option): option for option in self.random.sample(options, len(options))}
        return list(by_size.values())[:count]


class Drawn:
    """Choices of hypothesis, which can shrink them."""

    def __init__(self, draw: DrawFn) -> None:
        from hypothesis import strategies

        self.draw, self.strategies = draw, strategies

    def number(self, least: int, most: int) -> int:
        return self.draw(self.strategies.integers(least, most))

    def one_of(self, options: Sequence[T]) -> T:
        return self.draw(self.strategies.sampled_from(options))

    def distinct(self, options: Sequence[float], count: int) -> list[float]:
        any_option = self.strategies.sampled_from(options)
        return self.draw(
            self.strategies.lists(any_option, min_size=count, max_size=count, unique_by=abs)
        )


class Sketch:
    """A graph in the making: inputs are numbered first, then one node a line."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.inputs = choices.number(1, 3)
        self.lines: list[Line] = []

    @property
    def size(self) -> int:
        return self.inputs + len(self.lines)

    def add(self, left: Operand | None = None, right: Operand | None = None) -> int:
        """Add a line and return its node; an operand that is not given is chosen."""
        operator = self.choices.one_of(("*", "+"))
        left = self.any_node() if left is None else left
        if right is None and self.choices.number(0, 7) == 7:
            right = self.choices.one_of(CONSTANTS)
        right = self.any_node() if right is None else right
        self.lines.append((operator, left, right))
        return self.size - 1

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
    """Return the shapes that a kind of program can have; a failing one shrinks to the first."""
    return (*ONE_ROOT, two_losses) if kind == "backward" else ONE_ROOT


def build(kind: Kind, shape: Callable[[Sketch], None], choices: Choices) -> Program | None:
    """Return a program of this kind and shape, or None if its numbers would hide a mistake."""
    sketch = Sketch(choices)
    shape(sketch)
    numbers = choices.distinct(NUMBERS, sketch.inputs)
    if not tells(sketch, numbers):
        return None
    roots = [sketch.size - 2, sketch.size - 1] if shape is two_losses else [sketch.size - 1]
    upstream = choices.one_of(UPSTREAM) if kind == "local" else 0.0
    return _write(sketch, numbers, roots, kind, upstream)


def _write(
    sketch: Sketch, numbers: list[float], roots: list[int], kind: Kind, upstream: float
) -> Program:
    """Return the sketch as a program without dead lines, named a, b, c, ..."""
    live = _live(sketch, roots)
    names = {node: LETTERS[rank] for rank, node in enumerate(live)}

    def text(operand: Operand) -> str:
        return names[operand] if isinstance(operand, int) else repr(operand)

    made = [node for node in live if node >= sketch.inputs]
    code = []
    for node in made:
        operator, left, right = sketch.lines[node - sketch.inputs]
        code.append(f"{names[node]} = {text(left)} {operator} {text(right)}")
    if kind == "backward":
        code += [f"{names[root]}.backward()" for root in roots]
    elif kind == "local":
        code.append(f"{names[roots[0]]}.grad = {upstream!r}")
        code += [f"{names[node]}._backward()" for node in reversed(made)]
    inputs = {names[node]: numbers[node] for node in live if node < sketch.inputs}
    return Program("\n".join(code), inputs)


def _live(sketch: Sketch, roots: list[int]) -> list[int]:
    found, todo = set(roots), list(roots)
    while todo:
        node = todo.pop()
        operands = sketch.lines[node - sketch.inputs][1:] if node >= sketch.inputs else ()
        for operand in operands:
            if isinstance(operand, int) and operand not in found:
                found.add(operand)
                todo.append(operand)
    return sorted(found)


def tells(sketch: Sketch, numbers: list[float]) -> bool:
    """Whether the numbers can't hide a mistake.

    None is 0, 1 or huge, no two are equal, and no sum equals the product of its operands.
    """
    values = list(numbers)
    for operator, left, right in sketch.lines:
        x, y = (values[part] if isinstance(part, int) else part for part in (left, right))
        value = x + y if operator == "+" else x * y
        if x + y == x * y or abs(value) > LARGEST or value in values:
            return False
        values.append(value)
    return not {0.0, 1.0, -1.0} & set(values)


def drawn(kind: Kind, seed: int) -> list[Program]:
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


def free_of(lines: int) -> Callable[[Sketch], None]:
    """Return the shape of exactly so many lines over anything that is there."""

    def shape(sketch: Sketch) -> None:
        for _ in range(lines):
            sketch.add()

    return shape


def programs(
    kind: Kind, shapes: Sequence[Callable[[Sketch], None]] = ()
) -> SearchStrategy[Program]:
    """Return a hypothesis strategy for the programs of a kind, of every shape or of these."""
    from hypothesis import assume
    from hypothesis import strategies as st

    @st.composite
    def program(draw: DrawFn) -> Program:
        choices = Drawn(draw)
        made = build(kind, choices.one_of(shapes or shapes_of(kind)), choices)
        assume(made)
        assert made
        return made

    return program()


def shrink(
    oracle: Oracle, kind: Kind, check: Callable[[Program], None], failure: CheckFailed
) -> CheckFailed:
    """Return the failure of the smallest program found, or the given one if none is smaller.

    Programs of one line are searched first, then of two and three, then of every shape.
    """
    if failure.unwritten or failure.blocked:
        return failure
    until = time.monotonic() + SHRINK_SECONDS
    tried: dict[str, CheckFailed | None] = {}

    def fails(made: Program) -> bool:
        if made.key not in tried and time.monotonic() < until:
            tried[made.key] = _failure_on(made, check)
        return tried.get(made.key) is not None

    with _aside(oracle):
        for shapes in ([free_of(1)], [free_of(2)], [free_of(3)], shapes_of(kind)):
            found = _find(programs(kind, shapes), fails)
            if found:
                return tried[found.key] or failure
    return failure


def _find(strategy: SearchStrategy[Program], fails: Callable[[Program], bool]) -> Program | None:
    """Let hypothesis look for a program that fails, and shrink it."""
    import hypothesis
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(tempfile.gettempdir() + "/kata-hypothesis")
    settings = hypothesis.settings(
        max_examples=150,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        return hypothesis.find(strategy, fails, settings=settings, random=random.Random(0))
    except (hypothesis.errors.NoSuchExample, hypothesis.errors.Unsatisfiable):
        return None


def _failure_on(made: Program, check: Callable[[Program], None]) -> CheckFailed | None:
    try:
        check(made)
    except CheckFailed as found:
        return found
    except (Ended, NotRun):  # the candidate died: no smaller program can be tried on it
        return None
    return None


@contextmanager
def _aside(oracle: Oracle) -> Iterator[None]:
    """Let the oracle forget what it is asked meanwhile: these programs are tried once."""
    answers, used = dict(oracle.answers), dict(oracle.used)
    try:
        yield
    finally:
        oracle.answers, oracle.used = answers, used
