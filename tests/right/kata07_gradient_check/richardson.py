"""Two step sizes combined as Richardson does it; error over the sum of sizes, guarded by atol."""

from math import inf


def central(f, xs, i, h):
    moved = xs.copy()
    moved[i] = xs[i] + h
    above = f(moved)
    moved[i] = xs[i] - h
    return (above - f(moved)) / (2 * h)


def numerical_gradient(f, xs, h=1e-6):
    xs = list(map(float, xs))
    return [(4 * central(f, xs, i, h) - central(f, xs, i, 2 * h)) / 3 for i, _ in enumerate(xs)]


def agree(a, n, rtol, atol):
    if a != a or n != n or abs(a) == inf or abs(n) == inf:
        return False
    error = abs(a - n)
    return error <= atol or error / (abs(a) + abs(n)) <= rtol


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    numerical = numerical_gradient(f, xs)
    same_length = len(numerical) == len(grads)
    return same_length and not any(not agree(a, n, rtol, atol) for a, n in zip(grads, numerical))
