# WRONG: the generator is seeded for every neuron, so all of them start alike.
# SHOWS: Neuron(2).w[0].data == Neuron(2).w[0].data  # True, right: False
import itertools
import random

from reference.engine import Value


class _Affine:
    def __init__(self, nin):
        random.seed(42)
        self.w = list(map(Value, (random.uniform(-1, 1) for _ in range(nin))))
        self.b = Value(0.0)

    def __call__(self, x):
        missing = object()
        s = self.b
        for w, x_i in itertools.zip_longest(self.w, x, fillvalue=missing):
            if w is missing or x_i is missing:
                raise ValueError("too few or too many inputs")
            s = w * x_i + s
        return s

    def parameters(self):
        return list(itertools.chain(self.w, [self.b]))


class Neuron(_Affine):
    def __init__(self, nin, nonlin=True):
        super().__init__(nin)
        self.nonlin = nonlin

    def __call__(self, x):
        s = super().__call__(x)
        if not self.nonlin:
            return s
        if s.data > 0:
            return s * 1.0
        return s * 0.0
