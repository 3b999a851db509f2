"""Where central differences tell a derivative: nothing is tiny, and no relu at its kink."""

from __future__ import annotations

from collections.abc import Iterable

TINY = 1e-3


def has_differences(numbers: Iterable[float], kinks: Iterable[float] = ()) -> bool:
    """Whether differences tell the gradients of a program with these numbers.

    `kinks` are the operands of its relus.
    """
    ordinary = all(number == 0 or abs(number) > TINY for number in numbers)
    return ordinary and 0 not in kinks
