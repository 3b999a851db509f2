"""A small neural-net library on scalars: Module, Neuron, Layer, MLP."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from reference.engine import Value

Number = Value | float


class Module:
    """Something with parameters."""

    def parameters(self) -> list[Value]:
        """Return the values that training changes, always the same objects in the same order."""
        return []

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """relu(w . x + b), or w . x + b where `nonlin` is false; `nin` weights from [-1, 1]."""

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x: Sequence[Number]) -> Value:
        """Return the activation of `nin` inputs; another number of them raises ValueError."""
        if len(x) != len(self.w):
            raise ValueError(f"a neuron of {len(self.w)} inputs was given {len(x)}")
        out = self.b
        for w, x_i in zip(self.w, x, strict=True):
            out = out + w * x_i
        return out.relu() if self.nonlin else out

    def parameters(self) -> list[Value]:
        """Return the weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons over the same `nin` inputs; `kwargs` go to each neuron."""

    def __init__(self, nin: int, nout: int, **kwargs: bool) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Sequence[Number]) -> Value | list[Value]:
        """Return the outputs: one Value where there is one neuron, else a list."""
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Return the parameters of all neurons, neuron by neuron."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """Layers of sizes `nin`, then `nouts`: all with relu but the last, which is linear."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(*pair, nonlin=i != last) for i, pair in enumerate(pairwise(sizes))]

    def __call__(self, x: Sequence[Number]) -> Value | list[Value]:
        """Return the output of the last layer for `nin` inputs, floats or Values."""
        out: Value | list[Value] = [x_i if isinstance(x_i, Value) else Value(x_i) for x_i in x]
        for layer in self.layers:
            # a layer of one neuron gives a bare Value; the next one needs a list again
            out = layer([out] if isinstance(out, Value) else out)
        return out

    def parameters(self) -> list[Value]:
        """Return the parameters of all layers, first layer first."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
