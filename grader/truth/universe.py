"""Every small program of a kind, in order of size and plainness.

A line is an operation on anything that is there: a leaf, an inner node, the same node twice, a
plain number on either side. Lines are put together in every way up to a bound, and each program is
run with plain numbers first, then with numbers that tell: 0, 1, -1, a tie, an int, a fraction, a
tiny and a large one. What no program of the bound shows, no verdict can promise.

Left out: programs in which a line does not lead to the root (but for the form made for that), those
that differ in the names of their inputs alone, and what `templates.forward` leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from grader.truth.program import METHODS
from grader.truth.templates import Move, Number, Template, forward

Part = tuple[str, int]  # an input, a line, a plain number or an exponent: ("input", 0)
Line = tuple[str, tuple[Part, ...]]

PLAIN = (2.0, -3.0, 5.0, -0.5, 4.0, 7.0)
LONG = 0.7071067811865476  # more digits than a label shows
SINGLES = (
    *((0.0,), (1.0,), (-1.0,), (0.5,), (-0.5,), (-2.5,), (3,), (-2,), (12.0,), (LONG,)),
    *((1e-9,), (1e-14,), (25.0,), (-25.0,)),
)
PAIRS = (
    *((3.0, 3.0), (0.0, 3.0), (3.0, 0.0), (1.0, -2.0), (-2.0, 1.0), (-1.0, 2.5), (2.0, -2.0)),
    *((3, -2), (2.5, 4), (0.0, 0.0), (1e-9, 12.0), (12.0, 1e-9), (0.5, 0.5), (-1, 1)),
    (LONG, 1 / 3),
)
TELLING = (0.0, 3.0, 3, -1.0, 0.5, 1.0, -2, 12.0, 1e-9, 3.0, -2.5)
EXPONENTS = (2, 3, -1, 0.5, 2.0, 1, -2, 1.5, 2.37, 1.0, -0.5, 4, 1 / 3)
FACTORS = (5.0, -3.0)
EXPONENT, NUMBER = ("exponent", 0), ("number", 0)


@dataclass(frozen=True)
class Kind:
    """What the programs of a kata are made of, and how they end."""

    binary: str
    functions: tuple[str, ...] = ()
    arithmetic: bool = False  # negation, powers and `sum`, and a plain number on the left as well
    end: str = "backward"  # or `local`, a `_backward` for each node, or `forward`, nothing
    largest: int = 2  # lines of a program that are put together in every way
    webs: bool = False  # four sums and products in every way


KINDS = {
    "forward": Kind("+*", end="forward"),
    "local": Kind("+*", end="local"),
    "backward": Kind("+*", largest=3, webs=True),
    "arithmetic": Kind("+-*/", arithmetic=True),
    "activations": Kind("+*", METHODS),
    "everything": Kind("+-*/", METHODS, arithmetic=True, webs=True),
}


@dataclass(frozen=True)
class Batch:
    """Programs of one template: rows of its numbers."""

    template: Template
    rows: tuple[tuple[Number, ...], ...]


def chunks(name: str, every: int = 1) -> Iterator[list[Batch]]:
    """Yield the programs of a kind: by size, and for each size the plain numbers first.

    Of those that are longer than a line, one in `every` is taken.
    """
    kind = KINDS[name]
    for size in range(1, kind.largest + 1):
        every_line = islice(_templates(kind, size), 0, None, every if size > 1 else 1)
        templates = [t for lines in every_line for t in _ended(kind, lines, size)]
        yield _filled(kind, templates, size, special=False)
        yield _filled(kind, templates, size, special=True)
    yield _filled(kind, list(_forms(kind)), 9, special=False)
    yield _filled(kind, list(_forms(kind)), 9, special=True)
    if kind.largest == 2:
        yield _filled(kind, list(_diamonds(kind))[::every], 3, special=False)
    if kind.webs:
        yield _filled(kind, list(_webs())[::every], 4, special=False)


def _lines(kind: Kind, parts: Sequence[Part], fresh: Part | None) -> Iterator[Line]:
    """Yield every line over these parts, and over a fresh input that may join them."""
    pairs = [*product(parts, parts)]
    if fresh:
        pairs += [pair for part in parts for pair in ((part, fresh), (fresh, part))]
    for name in kind.binary:
        yield from ((name, pair) for pair in pairs)
        for part in parts:
            yield name, (part, NUMBER)
            if kind.arithmetic:
                yield name, (NUMBER, part)
    for part in parts:
        yield from ((name, (part,)) for name in kind.functions)
        if kind.arithmetic:
            yield "neg", (part,)
            yield "**", (part, EXPONENT)
            yield "sum", (part,)
            yield "sum", (part, NUMBER)
    if kind.arithmetic:
        yield from (("sum", pair) for pair in pairs)
        yield from (("sum", (one, other, one)) for one, other in pairs)


def _templates(kind: Kind, size: int) -> Iterator[tuple[Line, ...]]:
    """Yield all lines of so many, in every way that leads to the last one."""
    most = 3 if size == 2 and not (kind.functions or kind.arithmetic) else 2

    def grow(lines: tuple[Line, ...], inputs: int) -> Iterator[tuple[Line, ...]]:
        if len(lines) == size:
            if _is_live(lines):
                yield lines
            return
        parts = [("input", k) for k in range(inputs)] + [("line", k) for k in range(len(lines))]
        fresh = ("input", inputs) if 0 < inputs < most else None
        for line in _lines(kind, parts, fresh):
            yield from grow((*lines, line), max(inputs, 1 + _last_input(line)))

    for first in _lines(kind, [("input", 0)], ("input", 1)):
        if first[1][0] != ("input", 1):  # `b + a` is `a + b` under other names
            yield from grow((first,), 1 + _last_input(first))


def _last_input(line: Line) -> int:
    return max([k for what, k in line[1] if what == "input"], default=0)


def _is_live(lines: Sequence[Line]) -> bool:
    live = {len(lines) - 1}
    for index in range(len(lines) - 1, -1, -1):
        if index in live:
            live |= {k for what, k in lines[index][1] if what == "line"}
    return len(live) == len(lines)


def _ended(kind: Kind, lines: tuple[Line, ...], size: int) -> Iterator[Open]:
    """Yield the lines with each end of their kind; short programs have several upstreams."""
    made = _Draft(lines)
    root = made.line(size - 1)
    if kind.end == "forward":
        yield made.template()
    elif kind.end == "local":
        walk = [("_backward", made.line(k)) for k in range(size - 1, -1, -1)]
        for upstream in (7.0, -6.0, 0.25, 0.0)[: 4 if size == 1 else 2 if size == 2 else 1]:
            yield made.template(("grad", root, upstream), *walk)
    else:
        yield made.template(("backward", root))
        if size == 1:
            yield from (
                _Draft((*lines, ("*", (("line", 0), ("factor", k))))).backward()
                for k in range(len(FACTORS))
            )


class _Draft:
    """Lines whose parts are being given slots: inputs, plain numbers, then lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.inputs = 1 + max(map(_last_input, lines))
        self.kinds: list[str] = ["input"] * self.inputs
        self.operands: list[list[int]] = []
        numbers = [part for _, parts in lines for part in parts if part[0] not in ("input", "line")]
        self.width = self.inputs + len(numbers)
        for name, parts in lines:
            self.operands.append([self._slot(name, part) for part in parts])

    def _slot(self, name: str, part: Part) -> int:
        what, k = part
        if what == "input":
            return k
        if what == "line":
            return self.line(k)
        self.kinds.append(f"{what} {k}")
        return len(self.kinds) - 1

    def line(self, k: int) -> int:
        """Return the slot of a line's Value."""
        return self.width + k

    def moves(self) -> list[Move]:
        """Return the lines as operations over slots."""
        return [(name, *slots) for (name, _), slots in zip(self.lines, self.operands, strict=True)]

    def template(self, *moves: Move, before: Sequence[Move] = ()) -> Open:
        """Return the lines as a template, between the moves before it and those it ends in."""
        whole = (*before, *self.moves(), *moves)
        return Open(self.inputs, self.width - self.inputs, whole, (*self.kinds,))

    def backward(self) -> Open:
        """Return the lines as a template that walks back from the last one."""
        return self.template(("backward", self.line(len(self.lines) - 1)))


@dataclass(frozen=True)
class Open(Template):
    """A template that knows what kind of number goes into each slot."""

    kinds: tuple[str, ...] = ()

    def fill(self, numbers: Sequence[Number], exponent: Number) -> tuple[Number, ...]:
        """Return a row: the numbers in the order of the slots that are open."""
        left = iter(numbers)
        fixed = {"factor 0": FACTORS[0], "factor 1": FACTORS[1], "exponent 0": exponent}
        return tuple(fixed[kind] if kind in fixed else next(left) for kind in self.kinds)

    @property
    def holes(self) -> int:
        """How many numbers `fill` takes."""
        return sum(kind in ("input", "number 0") for kind in self.kinds)

    @property
    def has_power(self) -> bool:
        """Whether one of the numbers is an exponent."""
        return "exponent 0" in self.kinds


def _filled(kind: Kind, templates: Iterable[Open], size: int, special: bool) -> list[Batch]:
    """Return the templates with their rows, those left out that are not defined."""
    found = []
    for index, template in enumerate(templates):
        rows = _special(template, size, index) if special else _plain(template, size, index)
        fitting = dict.fromkeys(
            (repr(row), row) for row in rows if forward(template, row) is not None
        )
        if fitting:
            plain = Template(template.inputs, template.constants, template.moves)
            found.append(Batch(plain, tuple(row for _, row in fitting)))
    return found


def _plain(template: Open, size: int, index: int) -> Iterator[tuple[Number, ...]]:
    for numbers in (PLAIN[: template.holes], _positive(PLAIN[: template.holes])):
        exponents = EXPONENTS if size == 1 else EXPONENTS[index % 4 : index % 4 + 1]
        yield from (template.fill(numbers, k) for k in (exponents if template.has_power else (0,)))
        if forward(template, template.fill(numbers, exponents[0])) is not None:
            return


def _positive(numbers: Sequence[Number]) -> tuple[Number, ...]:
    return tuple(map(abs, numbers))


def _special(template: Open, size: int, index: int) -> Iterator[tuple[Number, ...]]:
    """Yield rows of telling numbers: all of them for one line, one in turn for what is longer."""
    holes = template.holes
    table = SINGLES if holes == 1 else PAIRS if holes == 2 else _rotations(holes)
    if size == 1:
        exponents: Sequence[Number] = EXPONENTS if template.has_power else (0,)
        for numbers, k in product(table, exponents):
            yield template.fill(numbers, k)
        return
    for k in range(index, index + len(table)):
        row = template.fill(table[k % len(table)], EXPONENTS[k % len(EXPONENTS)])
        if forward(template, row) is not None:
            yield row
            return


def _rotations(holes: int) -> tuple[tuple[Number, ...], ...]:
    around = TELLING + TELLING
    return tuple(
        tuple(around[(start + k) % len(TELLING)] for k in range(holes))
        for start in range(len(TELLING))
    )


def _webs() -> Iterator[Open]:
    """Yield four lines over one input, each over any two Values before it."""
    for index, pairs in enumerate(product(*(product(range(k), repeat=2) for k in (1, 2, 3, 4)))):
        parts = [tuple(("line", k - 1) if k else ("input", 0) for k in pair) for pair in pairs]
        lines = [("+" if (index >> k) % 2 else "*", pair) for k, pair in enumerate(parts)]
        if _is_live(lines):
            yield _Draft(lines).backward()


def _forms(kind: Kind) -> Iterator[Open]:
    """Yield, for each line, what else is done to a graph than walking it once."""
    for line in _first_lines(kind):
        yield from {
            "forward": _forward_forms,
            "local": _local_forms,
            "backward": _backward_forms,
        }[kind.end](line)
        if kind.end == "backward" and not _may_be_composed(line):
            yield from _second_walks(line)


def _first_lines(kind: Kind) -> list[Line]:
    return [lines[0] for lines in _templates(kind, 1)]


def _forward_forms(line: Line) -> Iterator[Open]:
    """Yield: operands that hold a gradient, which is neither changed nor handed on."""
    draft = _Draft([line])
    yield draft.template(before=[("grad", slot, 4.0) for slot in range(draft.inputs)])


def _local_forms(line: Line) -> Iterator[Open]:
    """Yield: a gradient there before, or of 0; no call, two calls; other nodes left alone."""
    alone = _Draft([line])
    root = alone.line(0)
    for slot in range(alone.inputs):
        yield alone.template(("grad", slot, 4.0), ("grad", root, 7.0), ("_backward", root))
        yield alone.template(("grad", slot, 4.0), ("grad", root, 0.0), ("_backward", root))
    yield alone.template(("grad", root, 7.0))
    once_more = (("grad", root, -6.0), ("_backward", root))
    yield alone.template(("grad", root, 7.0), ("_backward", root), *once_more)
    above = _Draft([line, ("*", (("line", 0), ("factor", 0)))])
    low, high = above.line(0), above.line(1)
    yield above.template(("grad", high, 7.0), ("_backward", high))
    yield above.template(("grad", low, 7.0), ("grad", high, -6.0), ("_backward", low))


def _backward_forms(line: Line) -> Iterator[Open]:
    """Yield the ways to use a graph that PyTorch and micrograd answer alike."""
    a, low = ("input", 0), ("line", 0)
    up, down = ("factor", 0), ("factor", 1)
    one = _Draft([line, ("*", (low, up))])
    inner, root = one.line(0), one.line(1)
    yield one.template(("backward", inner))  # what lies above the root is left alone
    yield one.template(("grad", 0, 4.0), ("backward", root))
    yield one.template(("backward", root), before=[("grad", 0, 4.0)])
    dead = _Draft([line, ("*", (a, down)), ("*", (low, up))])
    yield dead.template(("backward", dead.line(2)))
    losses = _Draft([line, ("*", (low, up)), line, ("*", (("line", 2), down))])
    yield losses.template(("backward", losses.line(1)), ("backward", losses.line(3)))
    yield _twice(line)


def _may_be_composed(line: Line) -> bool:
    """Whether an engine may make more than one node of it, some of them without a name."""
    name, parts = line
    return name not in ("+", "*", "relu", "exp", "log") or parts[0] == NUMBER


def _second_walks(line: Line) -> Iterator[Open]:
    """Yield: all gradients cleared, then the same root again, or another over a shared node."""
    low, up, down = ("line", 0), ("factor", 0), ("factor", 1)
    two = _Draft([line, ("*", (low, up)), ("*", (low, down))])
    one = _Draft(two.lines[:2])
    for draft, last in ((one, 1), (two, 2)):
        clear = [("grad", slot, 0.0) for slot in (*range(draft.inputs), *map(draft.line, (0, 1)))]
        yield draft.template(("backward", draft.line(1)), *clear, ("backward", draft.line(last)))


def _twice(line: Line) -> Open:
    """Return: build, walk, clear the leaves, change them, build and walk again."""
    draft = _Draft([line, ("*", (("line", 0), ("factor", 0)))])
    again = [
        (name, *(slot + 2 if slot >= draft.width else slot for slot in slots))
        for name, *slots in draft.moves()
    ]
    leaves = [*range(draft.inputs)]
    between = [
        ("backward", draft.line(1)),
        *(("grad", slot, 0.0) for slot in leaves),
        *(("data", slot, 3.0 + slot) for slot in leaves),
    ]
    return draft.template(*between, *again, ("backward", draft.line(3)))


def _diamonds(kind: Kind) -> Iterator[Open]:
    """Yield every two lines over one input, put together; and a line over two, with each twice."""
    a = ("input", 0)
    alone = [line for line in _first_lines(kind) if all(part != ("input", 1) for part in line[1])]
    for index, (one, other) in enumerate(product(alone, alone)):
        top = "*" if index % 2 else "+"
        yield from _ended(kind, (one, other, (top, (("line", 0), ("line", 1)))), 3)
    b = ("input", 1)
    for index, (name, parts) in enumerate(alone):
        other = (name, tuple(b if part == a else part for part in parts))
        top = "+" if index % 2 else "*"
        yield from _ended(kind, ((name, parts), other, (top, (("line", 0), ("line", 1)))), 3)
