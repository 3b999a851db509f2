"""Five points with a quarter of h, on one working copy; one verdict for all, and the smaller size counts."""

import math


def numerical_gradient(f, xs, h=1e-6):
    point, step = xs[:], h / 4
    slopes = []
    for i, x in enumerate(xs):
        total = 0
        for k, weight in zip((2, 1, -1, -2), (-1, 8, -8, 1)):
            point[i] = x + k * step
            total += weight * f(point)
        point[i] = x
        slopes += (total / (12 * step),)
    return slopes


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    verdict = len(xs) == len(grads)
    for g, n in zip(grads, numerical_gradient(f, xs), strict=False):
        near = abs(g - n) <= max(atol, rtol * min(abs(g), abs(n)))
        verdict &= near and math.isfinite(n)
    return verdict
