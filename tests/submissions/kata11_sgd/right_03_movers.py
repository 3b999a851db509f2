# RIGHT: a dataclass for each parameter and its velocity, changed in place.
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
            mover.parameter.grad = 0.0
