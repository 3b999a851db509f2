"""The step follows the input's size, the width is the one that floats really made."""

import math


def numerical_gradient(f, xs, h=1e-6):
    return [slope(f, tuple(xs), i, h * (abs(xs[i]) or 1.0)) for i in range(len(xs))]


def slope(f, point, i, step):
    high = [*point[:i], point[i] + step, *point[i + 1 :]]
    low = [*point[:i], point[i] - step, *point[i + 1 :]]
    return (f(high) - f(low)) / (high[i] - low[i])


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    if len(grads) != len(xs):
        return False
    worst = 0.0
    for analytic, numeric in zip(grads, numerical_gradient(f, xs)):
        if not math.isfinite(analytic + numeric):
            return False
        if abs(analytic - numeric) > atol:
            worst = max(worst, abs(analytic - numeric) / max(abs(analytic), abs(numeric)))
    return worst <= rtol
