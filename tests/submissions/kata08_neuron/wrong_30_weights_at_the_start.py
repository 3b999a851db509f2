# WRONG: the sum uses copies of the weights that were made with the neuron, so the weights get no gradient and their changes do not count.
# SHOWS: n = Neuron(1, nonlin=False); n.parameters()[0].data = 0.5; n.parameters()[1].data = 0.0; n([2.0]).backward(); n.w[0].grad  # 0.0, right: 2.0
import itertools
import random

from reference.engine import Value


class _Affine:
    def __init__(self, nin):
        self.w = list(map(Value, (random.uniform(-1, 1) for _ in range(nin))))
        self.b = Value(0.0)
        self.frozen = [Value(w.data) for w in self.w]

    def __call__(self, x):
        missing = object()
        s = self.b
        for w, x_i in itertools.zip_longest(self.frozen, x, fillvalue=missing):
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
