# RIGHT: the averages know the weight they have gathered, so no t is counted.
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
            second.add(p.grad**2)
            p.data -= self.lr * first.corrected() / (second.corrected() ** 0.5 + self.eps)

    def zero_grad(self):
        for p, _, _ in self.slots:
            p.grad = 0.0
