# WRONG: inputs that are Values are taken by their data, so no gradient reaches them.
# SHOWS: m = MLP(1, [1]); ps = m.parameters(); ps[0].data = 0.5; ps[1].data = 0.0; x = Value(2.0); m([x]).backward(); x.grad  # 0.0, right: 0.5
from dataclasses import dataclass, field
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
        def generate():
            for _ in range(nout):
                yield Neuron(nin, **kwargs)

        self.neurons = list(generate())

    def __call__(self, x):
        match [neuron(x) for neuron in self.neurons]:
            case [out]:
                return out
            case outs:
                return outs

    def _walk(self):
        for neuron in self.neurons:
            yield from neuron.w
            yield neuron.b

    def parameters(self):
        return list(self._walk())


@dataclass(eq=False)
class MLP:
    nin: int
    nouts: list
    layers: list = field(init=False, repr=False)

    def __post_init__(self):
        self.nouts = tuple(self.nouts)
        fan_ins = (self.nin,) + self.nouts[:-1]
        self.layers = []
        for depth, (fan_in, fan_out) in enumerate(zip(fan_ins, self.nouts), start=1):
            self.layers.append(Layer(fan_in, fan_out, nonlin=depth < len(self.nouts)))

    def __call__(self, x):
        x = [getattr(x_i, "data", x_i) for x_i in x]
        for layer in self.layers:
            out = layer(x)
            x = out if isinstance(out, list) else [out]
        return out

    def parameters(self):
        return [p for layer in self.layers for p in layer._walk()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
