"""Checking gradients against central differences, which know nothing of the chain rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Function = Callable[[list[float]], float]


def numerical_gradient(f: Function, xs: Sequence[float], h: float = 1e-6) -> list[float]:
    """Return df/dx for each input x, as (f(x + step) - f(x - step)) / (2 step).

    The step is h * max(1, |x|): beside an input of 1e12, a step of 1e-6 would be rounded away.
    """
    return [central_difference(f, xs, i, h * max(1.0, abs(x))) for i, x in enumerate(xs)]


def central_difference(f: Function, xs: Sequence[float], i: int, step: float) -> float:
    """Return the slope of `f` along input `i`, the others held still.

    Its error is of order step**2 from the curve and eps / step from rounding. A difference to one
    side only would have an error of order step from the curve.
    """
    above, below = list(xs), list(xs)  # copies: f may change what it is given, and xs stays
    above[i] += step
    below[i] -= step
    width = above[i] - below[i]  # the step that floats really made, not quite 2 * step
    return (f(above) - f(below)) / width


def gradients_agree(
    f: Function,
    xs: Sequence[float],
    grads: Sequence[float],
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    """Return whether `grads` are the gradient of `f` at `xs`, one number for each input.

    Each must have |g - n| <= atol + rtol * max(|g|, |n|), where n is the numerical gradient. NaN,
    infinity and another number of gradients than inputs never agree.
    """
    if len(grads) != len(xs):
        return False
    return all(
        # inf would allow itself any difference; NaN fails every comparison
        math.isfinite(g) and math.isfinite(n) and abs(g - n) <= atol + rtol * max(abs(g), abs(n))
        for g, n in zip(grads, numerical_gradient(f, xs), strict=True)
    )
