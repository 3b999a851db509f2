# WRONG: the state belongs to the class, so a second optimizer over the same parameter does not start from 0.
# SHOWS: p = Value(0.0); p.grad = 1.0; Adam([p], lr=0.1).step(); p.grad = -1.0; Adam([p], lr=0.1).step(); round(p.data, 6)  # -0.092927, right: 0.0
import math

from reference.engine import Value


class Adam:
    state = {}  # of each parameter: [m, v]

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(parameters)
        for p in self.params:
            self.state.setdefault(p, [0.0, 0.0])
        self.settings = (lr, *betas, eps)
        self.steps = 0

    def step(self):
        lr, b1, b2, eps = self.settings
        self.steps += 1
        correct1 = 1 - b1**self.steps
        correct2 = 1 - b2**self.steps
        for p in self.params:
            mv = self.state[p]
            mv[0] = b1 * mv[0] + (1 - b1) * p.grad
            mv[1] = b2 * mv[1] + (1 - b2) * p.grad * p.grad
            root = math.sqrt(mv[1] / correct2)
            p.data = p.data - lr * (mv[0] / correct1) / (root + eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = 0.0
