# WRONG: the gradient is taken when the optimizer is made.
# SHOWS: p = Value(1.0); p.grad = 1.0; o = SGD([p], lr=0.1); p.grad = 2.0; o.step(); p.data  # 0.9, right: 0.8
from dataclasses import dataclass
from typing import Any

from reference.engine import Value


@dataclass
class Mover:
    parameter: Any
    grad: float
    velocity: float = 0.0

    def move(self, lr, momentum):
        self.velocity *= momentum
        self.velocity += self.grad
        self.parameter.data -= lr * self.velocity


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.lr = lr
        self.momentum = momentum
        self.movers = [Mover(p, p.grad) for p in parameters]

    def step(self):
        for mover in self.movers:
            mover.move(self.lr, self.momentum)

    def zero_grad(self):
        for mover in self.movers:
            mover.parameter.grad = 0.0
