# WRONG: the corrections are drawn out of the root without eps, which then weighs more in the first steps.
# SHOWS: p = Value(1.0); o = Adam([p], lr=0.1); p.grad = 1e-8; o.step(); round(p.data, 6)  # 0.996935, right: 0.95
import math

from reference.engine import Value


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = [*parameters]
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.t = 0
        self.moments = {}

    def _update(self, p):
        (b1, b2), t = self.betas, self.t
        m, v = self.moments.get(p, (0.0, 0.0))
        m = m * b1 + p.grad * (1 - b1)
        v = v * b2 + p.grad * p.grad * (1 - b2)
        self.moments[p] = m, v
        # both corrections and eps, multiplied by the root of 1 - b2**t
        c = math.sqrt(1 - b2**t)
        return -self.lr * c / (1 - b1**t) * m / (math.sqrt(v) + self.eps)

    def step(self):
        self.t = self.t + 1
        moves = [self._update(p) for p in self.params]
        for p, move in zip(self.params, moves):
            p.data += move

    def zero_grad(self):
        for p in self.params:
            p.grad = 0.0
