# WRONG: a layer lists copies of its parameters.
# SHOWS: m = MLP(1, [1]); m.parameters()[1].data = 7.0; m.parameters()[0].data = 0.0; m([0.0]).data  # 0.0, right: 7.0
import random

from reference.engine import Value


class Neuron:
    """One unit of a network: `nin` weights and a bias."""

    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        out = self.b
        for w_i, x_i in zip(self.w, x):
            out = out + w_i * x_i
        return out.relu() if self.nonlin else out

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.size = nout
        self.neuron = {k: Neuron(nin, **kwargs) for k in range(nout)}
        self._params = [p for k in range(nout) for p in self.neuron[k].parameters()]

    def __call__(self, x):
        out = [self.neuron[k](x) for k in range(self.size)]
        if self.size == 1:
            return out[0]
        return out

    def parameters(self):
        return [Value(p.data) for p in self._params]


class MLP:
    """A linked list of layers: each stage knows the one after it."""

    def __init__(self, nin, nouts):
        self.layer = Layer(nin, nouts[0], nonlin=len(nouts) > 1)
        self.rest = MLP(nouts[0], nouts[1:]) if len(nouts) > 1 else None

    def __call__(self, x):
        out = self.layer(x)
        if self.rest is None:
            return out
        return self.rest([out] if self.layer.size == 1 else out)

    def parameters(self):
        own = self.layer.parameters()
        return own if self.rest is None else own + self.rest.parameters()

    def zero_grad(self):
        for p in self.layer.parameters():
            p.grad = 0.0
        if self.rest is not None:
            self.rest.zero_grad()
