# FOLLOW-UP: a layer is linear when it has one neuron, wherever it stands.
# SHOWS: m = MLP(1, [1, 1]); ps = m.parameters(); ps[0].data = -1.0; ps[1].data = 0.0; ps[2].data = 1.0; ps[3].data = 0.0; m([2.0]).data  # -2.0, right: 0.0
from functools import reduce
from itertools import chain, pairwise
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


class Layer(tuple):
    """A tuple of neurons."""

    def __new__(cls, nin, nout, **kwargs):
        return super().__new__(cls, (Neuron(nin, **kwargs) for _ in range(nout)))

    def __init__(self, nin, nout, **kwargs):
        pass

    def __call__(self, x):
        first, *others = (neuron(x) for neuron in self)
        return [first, *others] if others else first

    def parameters(self):
        return list(chain.from_iterable(neuron.parameters() for neuron in self))


class MLP:
    def __init__(self, nin, nouts):
        *hidden, last = pairwise((nin, *nouts))
        self.layers = [Layer(*size, nonlin=size[1] > 1) for size in hidden]
        self.layers.append(Layer(*last, nonlin=False))

    def __call__(self, x):
        return reduce(lambda signal, layer: layer(_as_list(signal)), self.layers, x)

    def parameters(self):
        return list(chain.from_iterable(layer.parameters() for layer in self.layers))

    def zero_grad(self):
        for p in chain.from_iterable(layer.parameters() for layer in self.layers):
            p.grad = 0.0


def _as_list(signal):
    return [signal] if isinstance(signal, Value) else signal
