"""Layers folded with reduce, parameters summed as lists, sizes paired by zip, the last made apart."""

import functools
import itertools
import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        out = sum((w_i * x_i for w_i, x_i in zip(self.w, x)), self.b)
        return out.relu() if self.nonlin else out

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.units = tuple(Neuron(nin, **kwargs) for _ in range(nout))

    def outputs(self, x):
        return list(map(lambda unit: unit(x), self.units))

    def __call__(self, x):
        ys = self.outputs(x)
        return ys if len(ys) > 1 else ys.pop()

    def parameters(self):
        return sum((unit.parameters() for unit in self.units), [])


class MLP:
    def __init__(self, nin, nouts):
        *hidden, last = nouts
        self.hidden = [Layer(m, n) for m, n in zip([nin, *hidden], hidden)]
        self.last = Layer((hidden or [nin])[-1], last, nonlin=False)

    def __call__(self, x):
        return self.last(functools.reduce(lambda h, layer: layer.outputs(h), self.hidden, x))

    def parameters(self):
        return list(itertools.chain(*(layer.parameters() for layer in [*self.hidden, self.last])))

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
