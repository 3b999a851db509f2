"""The dot product and the bias are one node with stored local derivatives; relu by a mask."""

import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.all = [Value(random.uniform(-1, 1)) for _ in range(nin)] + [Value(0.0)]
        self.nonlin = nonlin

    w = property(lambda self: self.all[:-1])
    b = property(lambda self: self.all[-1])

    def __call__(self, x):
        xs = [xi if isinstance(xi, Value) else Value(xi) for xi in x]
        if len(xs) + 1 != len(self.all):
            raise ValueError(f"{len(xs)} inputs")
        s = self.b.data + sum(w.data * xi.data for w, xi in zip(self.w, xs))
        on = 1.0 if s > 0 or not self.nonlin else 0.0
        slopes = [xi.data * on for xi in xs] + [on] + [w.data * on for w in self.w]
        return Value(s * on, self.all + xs, "neuron", tuple(slopes))

    def parameters(self):
        return self.all
