# WRONG: one velocity serves all parameters.
# SHOWS: a = Value(1.0); b = Value(1.0); o = SGD([a, b], lr=0.1, momentum=0.5); a.grad = 2.0; b.grad = 0.0; o.step(); b.data  # 0.9, right: 1.0
from collections import defaultdict

from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self._owned = tuple(parameters)
        self._v = defaultdict(float)
        self._options = {"lr": lr, "momentum": momentum}

    def _velocity(self, p):
        v = self._options["momentum"] * self._v[0] + p.grad
        self._v[0] = v
        return v

    def step(self):
        lr = self._options["lr"]
        moves = [(p, lr * self._velocity(p)) for p in self._owned]
        for p, move in moves:
            p.data -= move

    def zero_grad(self):
        for p in self._owned:
            p.grad = 0.0
