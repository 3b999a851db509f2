"""Parameters are gathered once in the constructor; a Layer subclasses list."""

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


class Layer(list):
    def __init__(self, nin, nout, nonlin=True):
        super().__init__()
        self.kept = []
        for _ in range(nout):
            self.append(Neuron(nin, nonlin))
            self.kept += self[-1].parameters()

    def __call__(self, x):
        if len(self) == 1:
            return self[0](x)
        return [neuron(x) for neuron in self]

    def parameters(self):
        return self.kept


class MLP:
    def __init__(self, nin, nouts):
        self.layers, self.kept = [], []
        for depth, nout in enumerate(nouts, start=1):
            self.layers += [Layer(nin, nout, nonlin=depth < len(nouts))]
            self.kept += self.layers[-1].kept
            nin = nout

    def __call__(self, x):
        out = x
        for layer in self.layers:
            out = layer(out if isinstance(out, (list, tuple)) else [out])
        return out

    def parameters(self):
        return self.kept

    def zero_grad(self):
        for p in self.kept:
            p.grad = 0
