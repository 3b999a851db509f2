"""Seven points in a small class with slots; absolute tolerance near 0 and relative elsewhere."""

from math import isfinite


class Line:
    """The function along one input, seen from the point."""

    __slots__ = ("f", "i", "xs")

    def __init__(self, f, xs, i):
        self.f, self.xs, self.i = f, xs, i

    def __call__(self, step):
        moved = [*self.xs]
        moved[self.i] += step
        return self.f(moved)

    def slope(self, h):
        wings = ((1, 45), (2, -9), (3, 1))
        return sum(w * (self(k * h) - self(-k * h)) for k, w in wings) / (60 * h)


def numerical_gradient(f, xs, h=1e-6):
    return [Line(f, xs, i).slope(h * (1 + abs(x))) for i, x in enumerate(xs)]


def agrees(g, n, rtol, atol):
    if not (isfinite(g) and isfinite(n)):
        return False
    size = max(abs(g), abs(n))
    return abs(g - n) <= (atol if size < atol else rtol * size)


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    if len(xs) != len(grads):
        return False
    pairs = zip(grads, numerical_gradient(f, xs))
    return sum(not agrees(g, n, rtol, atol) for g, n in pairs) == 0
