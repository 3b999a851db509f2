# WRONG: a hundredth of the parameter is added to its gradient.
# SHOWS: p = Value(1.0); o = Adam([p], lr=0.1); p.grad = 0.01; o.step(); p.grad = -0.01; o.step(); round(p.data, 6)  # 0.836796, right: 0.905263
import math

from reference.engine import Value


class _Slot:
    __slots__ = ("p", "m", "v")

    def __init__(self, p):
        self.p, self.m, self.v = p, 0.0, 0.0

    def move(self, lr, beta1, beta2, eps, t):
        g = self.p.grad + 0.01 * self.p.data
        self.m = sum((beta1 * self.m, (1 - beta1) * g))
        self.v = sum((beta2 * self.v, (1 - beta2) * g * g))
        mean, square = self.m / (1 - pow(beta1, t)), self.v / (1 - pow(beta2, t))
        self.p.data -= lr * mean / (eps + square**0.5)


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.slots = set(map(_Slot, parameters))
        self.options = lr, betas[0], betas[1], eps
        self.done = 0

    def step(self):
        t = self.done + 1
        for slot in self.slots:
            slot.move(*self.options, t)
        self.done = t

    def zero_grad(self):
        for slot in self.slots:
            slot.p.grad = 0.0
