# WRONG: the second moment never falls, as in AMSGrad.
# SHOWS: p = Value(1.0); o = Adam([p], lr=0.1, betas=(0.5, 0.5)); p.grad = 10.0; o.step(); p.grad = 0.1; o.step(); p.grad = 0.1; o.step(); round(p.data, 6)  # 0.850857, right: 0.801064
import math
from dataclasses import dataclass

from reference.engine import Value


@dataclass
class Average:
    """An exponential average and the weight that it has gathered."""

    beta: float
    value: float = 0.0
    weight: float = 0.0

    def add(self, x):
        self.value = self.beta * self.value + (1 - self.beta) * x
        self.weight = self.beta * self.weight + (1 - self.beta)

    def corrected(self):
        return self.value / self.weight


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.eps = lr, eps
        self.slots = []
        for p in parameters:
            self.slots.append((p, Average(betas[0]), Average(betas[1])))

    def step(self):
        for p, first, second in self.slots:
            first.add(p.grad)
            before = second.corrected() if second.weight else 0.0
            second.add(p.grad**2)
            second.value = max(second.value, before * second.weight)
            p.data -= self.lr * first.corrected() / (second.corrected() ** 0.5 + self.eps)

    def zero_grad(self):
        for p, _, _ in self.slots:
            p.grad = 0.0
