# WRONG: the parameters are gathered in a list that the class keeps, and every call adds to it.
# SHOWS: l = Layer(1, 1); l.parameters(); len(l.parameters())  # 4, right: 2
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


class Module:
    """Something made of parts that have parameters."""

    parts = ()
    gathered = []

    def parameters(self):
        for part in self.parts:
            self.gathered += part.parameters()
        return self.gathered

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


class Layer(Module):
    def __init__(self, nin, nout, **kwargs):
        self.parts = tuple(Neuron(nin, **kwargs) for _ in range(nout))

    def __call__(self, x):
        if len(self.parts) == 1:
            (only,) = self.parts
            return only(x)
        return list(map(lambda neuron: neuron(x), self.parts))


class MLP(Module):
    def __init__(self, nin, nouts):
        nout, *later = nouts
        self.parts = (Layer(nin, nout, nonlin=bool(later)),)
        if later:
            self.parts += MLP(nout, later).parts

    def __call__(self, x):
        out = x
        for part in self.parts:
            inputs = [out] if isinstance(out, Value) else out
            out = part(inputs)
        return out
