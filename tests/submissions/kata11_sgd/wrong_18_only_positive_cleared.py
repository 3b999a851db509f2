# WRONG: zero_grad leaves negative gradients as they are.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1); p.grad = -2.0; o.zero_grad(); p.grad  # -2.0, right: 0.0
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
            if mover.parameter.grad > 0:
                mover.parameter.grad = 0.0
