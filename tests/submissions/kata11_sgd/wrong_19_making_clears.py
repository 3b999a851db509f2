# WRONG: making an optimizer sets the gradients to 0.
# SHOWS: p = Value(1.0); p.grad = 2.0; o = SGD([p], lr=0.1); p.grad  # 0.0, right: 2.0
from collections import defaultdict

from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self._owned = tuple(parameters)
        self._v = defaultdict(float)
        self._options = {"lr": lr, "momentum": momentum}
        self.zero_grad()

    def _velocity(self, p):
        v = self._options["momentum"] * self._v[p] + p.grad
        self._v[p] = v
        return v

    def step(self):
        lr = self._options["lr"]
        moves = [(p, lr * self._velocity(p)) for p in self._owned]
        for p, move in moves:
            p.data -= move

    def zero_grad(self):
        for p in self._owned:
            p.grad = 0.0
