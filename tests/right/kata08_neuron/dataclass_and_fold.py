"""A dataclass; parameters are chained, the sum is folded, randomness from an own source."""

from dataclasses import dataclass, field
from functools import reduce
from itertools import chain
from random import Random

from reference.engine import Value

source = Random()


@dataclass
class Neuron:
    nin: int
    nonlin: bool = True
    w: list = field(init=False)
    b: Value = field(init=False)

    def __post_init__(self):
        self.w = []
        while len(self.w) < self.nin:
            self.w.append(Value(source.uniform(-1.0, 1.0)))
        self.b = Value(0.0)

    def __call__(self, x):
        if not self.nin == len(x):
            raise ValueError("inputs")
        pairs = zip(x, self.w, strict=True)
        total = reduce(lambda s, pair: s + pair[1] * pair[0], pairs, self.b * 1)
        return total if not self.nonlin else total.relu()

    def parameters(self):
        return list(chain(self.w, [self.b]))
