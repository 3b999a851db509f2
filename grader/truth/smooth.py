"""Where central differences tell a derivative, and the step they take."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from grader.truth.tolerances import DIFFERENCE_RTOL

STEP: float = sys.float_info.epsilon ** (1 / 3)
TINY = 1e-3


def reach(x: float) -> float:
    """Return by how much a number is moved to either side."""
    return STEP * (abs(x) if 0 < abs(x) < TINY else max(1.0, abs(x)))


def has_differences(numbers: Iterable[float], kinks: Iterable[float] = ()) -> bool:
    """Whether differences tell the gradients of a program with these numbers.

    `kinks` are the operands of its relus.
    """
    ordinary = all(number == 0 or abs(number) > TINY for number in numbers)
    return ordinary and 0 not in kinks


def outweighs_rounding(scale: float, x: float, largest: float) -> bool:
    """Whether a gradient of this size shows beside the rounding of the program's largest number."""
    rounding = largest * sys.float_info.epsilon / reach(x)
    return rounding < DIFFERENCE_RTOL * max(scale, 1.0)
