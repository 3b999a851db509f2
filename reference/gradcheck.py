"""Checking gradients against central differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Function = Callable[[list[float]], float]


def numerical_gradient(f: Function, xs: Sequence[float], h: float = 1e-6) -> list[float]:
    """Return (f(x + h) - f(x - h)) / 2h by each input, with h scaled by the input's size.

    The error is of order h ** 2 from the curve and eps / h from rounding. `xs` stays as it is.
    """
    return [slope(f, list(xs), i, h * max(1.0, abs(x))) for i, x in enumerate(xs)]


def slope(f: Function, xs: list[float], i: int, h: float) -> float:
    """Return the central difference of `f` along input `i`."""
    above, below = xs[i] + h, xs[i] - h
    f_above = f([*xs[:i], above, *xs[i + 1 :]])
    f_below = f([*xs[:i], below, *xs[i + 1 :]])
    return (f_above - f_below) / (above - below)  # the step as floats have it, not 2h


def gradients_agree(
    f: Function,
    xs: Sequence[float],
    grads: Sequence[float],
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    """Whether `grads` are the gradients of `f` at `xs`; NaN and a wrong length never are.

    |g - n| <= atol + rtol * max(|g|, |n|) must hold for each input.
    """
    if len(grads) != len(xs):
        return False
    pairs = zip(grads, numerical_gradient(f, xs), strict=True)
    # written so that NaN, for which every comparison is false, is rejected
    return all(
        math.isfinite(g) and abs(g - n) <= atol + rtol * max(abs(g), abs(n)) for g, n in pairs
    )
