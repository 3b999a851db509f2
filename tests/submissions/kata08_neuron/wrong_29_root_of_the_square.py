# WRONG: relu is (s + sqrt(s ** 2)) / 2, whose slope at 0 is not a number.
# SHOWS: n = Neuron(1); n.parameters()[0].data = 1.0; n.parameters()[1].data = -2.0; n([2.0]).backward(); str(n.b.grad)  # 'nan', right: '0.0'
import itertools
import random

from reference.engine import Value


class _Affine:
    def __init__(self, nin):
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
        return (s + (s**2) ** 0.5) / 2
