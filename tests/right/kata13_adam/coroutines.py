"""A generator for each parameter keeps its moments between the steps."""

import itertools
import math


def rule(lr, beta1, beta2, eps):
    m = v = 0.0
    move = 0.0
    for t in itertools.count(1):
        grad = yield move
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        move = lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.rules = {}
        self.parameters = tuple(parameters)
        for p in self.parameters:
            self.rules[id(p)] = rule(lr, *betas, eps)
            next(self.rules[id(p)])

    def step(self):
        for p in self.parameters:
            p.data -= self.rules[id(p)].send(p.grad)

    def zero_grad(self):
        any(setattr(p, "grad", 0.0) for p in self.parameters)
