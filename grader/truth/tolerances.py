"""When two numbers are the same, for each pair that the kit compares. All of it is float64."""

from __future__ import annotations

import math

RTOL, ATOL = 1e-9, 1e-12  # a result against an authority: rounding, and no more
DIFFERENCE_RTOL, DIFFERENCE_ATOL = 1e-5, 1e-7  # a result against a central difference
BLAME_TOL = 1e-6  # a share of a gradient, worked out by a difference


def close(got: float, expected: float, scale: float = 1.0) -> bool:
    """Whether a result is right; `scale` is the size of the terms that cancel in it.

    False for NaN and infinities, as in every comparison here.
    """
    return math.isfinite(got) and abs(got - expected) <= RTOL * abs(expected) + ATOL * scale


def near(got: float, expected: float, rtol: float) -> bool:
    """Whether what was read after a script is right, as exactly as the script asks."""
    return math.isfinite(got) and abs(got - expected) <= rtol * abs(expected) + ATOL


def close_to_difference(got: float, difference: float, scale: float = 1.0) -> bool:
    """Whether a result agrees with a central difference."""
    allowed = DIFFERENCE_RTOL * abs(difference) + DIFFERENCE_ATOL * max(scale, 1.0)
    return math.isfinite(got) and abs(got - difference) <= allowed


def alike(one: float, other: float) -> bool:
    """Whether two candidates gave the same number, but for the order of a sum."""
    return math.isclose(one, other, rel_tol=RTOL, abs_tol=ATOL)


def roughly(got: float, expected: float) -> bool:
    """Whether a gradient is what a difference makes of the one before it."""
    return math.isclose(got, expected, rel_tol=BLAME_TOL, abs_tol=BLAME_TOL)
