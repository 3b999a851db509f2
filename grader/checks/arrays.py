"""How two arrays differ: the worst entry, its neighbours, and the pattern of the error.

An error in a backward pass seldom hits one entry. A missing mean makes all of them N times too
large, a missing sum has a shape of its own; said in one sentence, it tells more than the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from grader.checks.failure import describe, is_number, wrong_sentence
from grader.core.model import Row, clip, show_number
from grader.truth.arrays import Array, Index, wrong_places
from grader.truth.tolerances import RTOL

SHOWN = 12  # entries of an array that are shown
ZERO, OPPOSITE = "Every entry is 0.", "Every entry has the opposite sign."
TRANSPOSED = "It is transposed."
NO_CHANCE = (ZERO, OPPOSITE, TRANSPOSED)  # patterns that one array alone can show
NAMED = ", and that is "
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Difference:
    """What is wrong with an array: a sentence, some entries, and the pattern of the error."""

    sentence: str
    rows: tuple[Row, ...] = ()
    pattern: str = ""


@dataclass(frozen=True)
class Compared:
    """An array of the attempt beside what the authorities say of it, as all of them travel."""

    name: str
    got: Any
    right: str
    asked: str | None = None
    differences: str | None = None
    rtol: float = RTOL

    def difference(self, sizes: Sizes) -> Difference | None:
        """Return how it differs, None if it does not; `sizes` are the axes' lengths by name."""
        right, got = Array.of(self.right), as_array(self.got)
        if got is None:
            belongs = f"an array of shape {shape_text(right.shape)}"
            return Difference(f"{self.name} should be {belongs} and is {kind_of(self.got)}.")
        if got.shape != right.shape:
            return Difference(_shape_sentence(self.name, got, right))
        if got.dtype != "float64":
            return Difference(f"{self.name} should be float64 and is {got.dtype}.")
        wrong = wrong_places(got, right, self.rtol)
        if not wrong:
            return None
        worst = max(wrong, key=lambda place: _error(got, right, place))
        rows = self._rows(got, right, {*wrong}, worst)
        told = next(row for row in rows if row.name == entry_name(self.name, right.index(worst)))
        said = f"{wrong_sentence(told)} {_count(len(wrong), got)}".rstrip()
        return Difference(said, rows, pattern(got, right, sizes))

    def _rows(self, got: Array, right: Array, wrong: set[int], worst: int) -> tuple[Row, ...]:
        """Return the worst entry with those around it, in order."""
        begin = max(0, min(worst - SHOWN // 2, len(right.numbers) - SHOWN))
        asked, found = self.asked and Array.of(self.asked), self.differences
        moved = found and Array.of(found)
        return tuple(
            Row(
                entry_name(self.name, right.index(place)),
                _shown(got.numbers[place]),
                right.numbers[place],
                reference=right.numbers[place],
                pytorch=asked.numbers[place] if asked else None,
                finite_difference=moved.numbers[place] if moved else None,
                agrees=place not in wrong,
            )
            for place in range(begin, min(begin + SHOWN, len(right.numbers)))
        )


def entry_name(name: str, index: Index) -> str:
    """Return how Python names an entry of an array."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def entries_of(name: str, content: Any) -> dict[str, Any]:
    """Return what was read entry by entry, if it is an array; a number as it is."""
    found = Array.parse(content) if isinstance(content, str) else None
    if found is None:
        return {name: content}
    return {entry_name(name, found.index(k)): x for k, x in enumerate(found.numbers)}


def as_array(got: Any) -> Array | None:
    """Return what the attempt gave as an array, None for what is none; a float has no axes."""
    if isinstance(got, str):
        return Array.parse(got)
    if is_number(got):
        return Array((), [float(got)])
    return Array((), [math.nan]) if got == {"odd": "nan", "type": "float"} else None


def as_number(got: Any) -> Any:
    """Return an array without axes as the number in it, any other as what a sentence can name."""
    found = Array.parse(got) if isinstance(got, str) else None
    if found is None:
        return got
    if found.shape or found.dtype != "float64":
        what = f"an array of shape {shape_text(found.shape)}" if found.shape else "a number"
        return {"odd": what, "type": found.dtype}
    number = float(found.numbers[0])
    return number if math.isfinite(number) else {"odd": str(number), "type": "float"}


def kind_of(got: Any) -> str:
    """Return what stands where an array or a number belongs, as a sentence has it."""
    if isinstance(got, list):
        return f"a list of {len(got)}"
    found = Array.parse(got) if isinstance(got, str) else None
    if found:
        return f"{found.dtype} of shape {shape_text(found.shape)}"
    return f"the number {show_number(got)}" if is_number(got) else clip(describe(got), 100)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as Python writes it."""
    return repr(tuple(shape))


def _shown(number: float) -> Any:
    return number if math.isfinite(number) else str(number)


def _error(got: Array, right: Array, place: int) -> float:
    error = abs(got.numbers[place] - right.numbers[place])
    return error if math.isfinite(error) else math.inf


def _count(wrong: int, got: Array) -> str:
    size = len(got.numbers)
    return f"{wrong} of {size} entries are wrong." if size > 1 else ""


def _shape_sentence(name: str, got: Array, right: Array) -> str:
    belongs, has = shape_text(right.shape), shape_text(got.shape)
    why = _why_that_shape(got, right)
    return f"{name} should have the shape {belongs} and has {has}. {why}".rstrip()


def _why_that_shape(got: Array, right: Array) -> str:
    if got.shape == right.shape[::-1] and _same(got.transposed(), right):
        return "It is the transpose of what it should be."
    if len(got.numbers) == len(right.numbers) and _same(Array(right.shape, got.numbers), right):
        return "Its numbers are right."
    for axis in range(len(got.shape)):
        if _same(got.summed(axis), right):
            return f"The sum over axis {axis} is missing."
    return ""


def _same(got: Array, right: Array) -> bool:
    return got.shape == right.shape and not wrong_places(got, right)


def pattern(got: Array, right: Array, sizes: Sizes) -> str:
    """Return a sentence about how all wrong entries are related to the right ones, or ""."""
    if len(right.numbers) < 2 or not all(map(math.isfinite, got.numbers)):
        return ""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: ZERO if not any(got.numbers) else "",
        lambda: _scaled(got, right, sizes),
        lambda: TRANSPOSED if _same(got.transposed(), right) else "",
        lambda: _off_along(got, right),
    )
    return next(filter(None, (kind() for kind in kinds)), "")


def _scaled(got: Array, right: Array, sizes: Sizes) -> str:
    """Say by which factor every entry is off, and which size it is."""
    pairs = zip(got.numbers, right.numbers, strict=True)
    ratios = [one / other if other else math.nan for one, other in pairs if one or other]
    factor = ratios[0]
    if not all(math.isclose(ratio, factor, rel_tol=RTOL) for ratio in ratios):
        return ""
    if f"{factor:.6g}" == "1":  # the digits that are shown would not show it
        return ""
    if math.isclose(factor, -1, rel_tol=RTOL):
        return OPPOSITE
    if factor < 0:
        return f"Every entry is {factor:.6g} times what it should be."
    times, way = (factor, "large") if factor > 1 else (1 / factor, "small")
    return f"Every entry is exactly {times:.6g} times too {way}{_named(times, sizes)}."


def _named(factor: float, sizes: Sizes) -> str:
    """Say what a factor is, if one size, a root of one or one product of two is that number."""
    products = {f"{one} * {two}": sizes[one] * sizes[two] for one, two in combinations(sizes, 2)}
    roots = {f"the square root of {name}": math.sqrt(size) for name, size in sizes.items()}
    for known in (dict(sizes), roots, products):
        fitting = [name for name, size in known.items() if math.isclose(size, factor)]
        if len(fitting) == 1:
            return NAMED + fitting[0]
    return ""


def _off_along(got: Array, right: Array) -> str:
    """Say that entries of a row, or of a column, are all off by one number."""
    if len(right.shape) < 2:
        return ""
    size = right.shape[-1]
    errors = [one - other for one, other in zip(got.numbers, right.numbers, strict=True)]
    rows = [errors[begin : begin + size] for begin in range(0, len(errors), size)]
    atol = 1e-9 * max(map(abs, errors))
    if size > 1 and all(_constant(row, atol) for row in rows):
        return "In each row, all entries are off by one and the same number."
    if len(rows) > 1 and all(_constant(list(column), atol) for column in zip(*rows, strict=True)):
        return "In each column, all entries are off by one and the same number."
    return ""


def _constant(numbers: list[float], atol: float) -> bool:
    return max(numbers) - min(numbers) <= atol


def literal(shape: tuple[int, ...], numbers: list[Any], dtype: str = "") -> str:
    """Return an array as Python writes it, such as `np.array([[1.0, 2.0]])`."""
    kind = f", dtype={dtype}" if dtype else ""
    if 0 in shape:
        return f"np.zeros({shape!r}{kind})"
    return f"np.array({_nested(shape, iter(numbers))}{kind})"


def _nested(shape: tuple[int, ...], numbers: Iterator[Any]) -> str:
    if not shape:
        return repr(next(numbers))
    return f"[{', '.join(_nested(shape[1:], numbers) for _ in range(shape[0]))}]"
