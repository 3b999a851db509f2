"""Weights in a tuple, sum() from 0, inputs on the left of the product, the activation stored."""

import random
from operator import mul

from reference.engine import Value


class Neuron:
    __slots__ = ("activation", "b", "w")

    def __init__(self, nin, nonlin=True):
        self.w = tuple(map(Value, (2 * random.random() - 1 for _ in range(nin))))
        self.b = Value(0.0)
        self.activation = Value.relu if nonlin else (lambda v: v)

    def __call__(self, x):
        xs = list(x)
        assert len(xs) == len(self.w), "wrong number of inputs"
        return self.activation(sum(map(mul, xs, self.w)) + self.b)

    def parameters(self):
        return list(self.w + (self.b,))
