"""Neurons, layers and multi-layer perceptrons made of Values."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

from reference.engine import Value


class Module:
    """Something with parameters."""

    def parameters(self) -> list[Value]:
        """Return the values that training changes: the same objects in the same order each time."""
        return []

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0, which `backward()` only ever adds to."""
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """relu(w . x + b), or w . x + b without `nonlin`; weights start in [-1, 1], the bias at 0."""

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        # random weights: neurons that start alike get like gradients, and stay alike for ever
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x: Iterable[Value | float]) -> Value:
        """Return the activation for `nin` inputs; another number of them raises ValueError."""
        x = list(x)
        if len(x) != len(self.w):  # zip would cut the longer one silently
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        activation = sum((w * x_i for w, x_i in zip(self.w, x, strict=True)), self.b)
        return activation.relu() if self.nonlin else activation

    def parameters(self) -> list[Value]:
        """Return the weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons that see the same `nin` inputs; `kwargs` go to each neuron."""

    def __init__(self, nin: int, nout: int, **kwargs: bool) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Iterable[Value | float]) -> Value | list[Value]:
        """Return the outputs: one Value when there is one neuron, else a list."""
        x = list(x)  # a generator would be empty for the second neuron
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Return the parameters neuron by neuron."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron of sizes `nin`, then `nouts`: relu on every layer but the last."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        # a relu at the end would keep the network from ever answering below 0
        last = len(nouts) - 1
        sizes = pairwise([nin, *nouts])
        self.layers = [Layer(*size, nonlin=i != last) for i, size in enumerate(sizes)]

    def __call__(self, x: Iterable[Value | float]) -> Value | list[Value]:
        """Return the output of the last layer for `nin` inputs, numbers or Values."""
        # lifted here once, rather than by each neuron of the first layer again
        out: Value | list[Value] = [x_i if isinstance(x_i, Value) else Value(x_i) for x_i in x]
        for layer in self.layers:
            # a layer of one neuron gives a bare Value; the next one takes a list
            out = layer([out] if isinstance(out, Value) else out)
        return out

    def parameters(self) -> list[Value]:
        """Return the parameters layer by layer."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
