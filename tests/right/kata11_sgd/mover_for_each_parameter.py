"""One small object for each parameter, and a base class that loops over them."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Mover:
    parameter: Any
    speed: float = 0.0

    def move(self, lr, momentum):
        self.speed *= momentum
        self.speed += self.parameter.grad
        self.parameter.data -= lr * self.speed


class Optimizer:
    def __init__(self, parameters):
        self.movers = [Mover(p) for p in parameters]

    def zero_grad(self):
        for mover in self.movers:
            mover.parameter.grad = 0.0


class SGD(Optimizer):
    def __init__(self, parameters, lr, momentum=0.0):
        super().__init__(parameters)
        self.options = {"lr": lr, "momentum": momentum}

    def step(self):
        for mover in self.movers:
            mover.move(**self.options)
