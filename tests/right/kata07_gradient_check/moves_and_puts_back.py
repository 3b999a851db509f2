"""Moves each entry in place and puts the very number back; a fixed step; math.isclose."""

from math import isclose, isfinite


def numerical_gradient(f, xs, h=1e-6):
    result = []
    for i in range(len(xs)):
        kept = xs[i]
        try:
            xs[i] = kept + h
            above = f(xs)
            xs[i] = kept - h
            below = f(xs)
        finally:
            xs[i] = kept
        result.append((above - below) / (2.0 * h))
    return result


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    if len(xs) != len(grads) or not all(map(isfinite, grads)):
        return False
    numerical = numerical_gradient(f, xs)
    return all(
        isfinite(n) and isclose(g, n, rel_tol=rtol, abs_tol=atol) for g, n in zip(grads, numerical)
    )
