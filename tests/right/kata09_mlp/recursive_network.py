"""A network is a layer and the rest of the network; neurons have names in a dict."""

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
        self.neurons = {f"n{k}": Neuron(nin, **kwargs) for k in range(nout)}

    def __call__(self, x):
        first, *others = (self.neurons[name](x) for name in self.neurons)
        return [first, *others] if others else first

    def parameters(self):
        every = []
        for neuron in self.neurons.values():
            every += neuron.parameters()
        return every


class MLP:
    def __init__(self, nin, nouts):
        first, *others = nouts
        self.layer = Layer(nin, first, nonlin=bool(others))
        self.rest = MLP(first, others) if others else None

    def __call__(self, x):
        out = self.layer(x)
        if self.rest is None:
            return out
        return self.rest(out if type(out) is list else [out])

    def parameters(self):
        own = list(self.layer.parameters())
        return own + self.rest.parameters() if self.rest else own

    def zero_grad(self):
        for p in self.layer.parameters():
            p.grad = 0.0
        if self.rest:
            self.rest.zero_grad()
