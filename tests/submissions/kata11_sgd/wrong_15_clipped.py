# WRONG: velocities are clipped to [-10, 10].
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1, momentum=0.9); p.grad = 8.0; o.step(); p.grad = 8.0; o.step(); round(p.data, 6)  # -0.8, right: -1.32
from dataclasses import dataclass
from typing import Any

from reference.engine import Value


@dataclass
class Mover:
    parameter: Any
    velocity: float = 0.0

    def move(self, lr, momentum):
        self.velocity *= momentum
        self.velocity += self.parameter.grad
        self.velocity = max(-10.0, min(10.0, self.velocity))
        self.parameter.data -= lr * self.velocity


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.lr = lr
        self.momentum = momentum
        self.movers = [Mover(p) for p in parameters]

    def step(self):
        for mover in self.movers:
            mover.move(self.lr, self.momentum)

    def zero_grad(self):
        for mover in self.movers:
            mover.parameter.grad = 0.0
