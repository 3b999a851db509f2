"""kata09 · Layer and MLP · 12 minutes

layer(x) = [neuron_1(x), ..., neuron_nout(x)]        mlp(x) = layer_k( ... layer_2(layer_1(x)))

`Layer(nin, nout, **kwargs)` has `nout` neurons of `nin` inputs and hands `kwargs` to each. It gives
one Value when nout is 1, else a list. `MLP(nin, nouts)` has a layer for each size in the list
`nouts`; relu on every layer but the last, which is linear. Inputs are what `Neuron` takes.

>>> mlp = MLP(2, [16, 16, 1])
>>> len(mlp.parameters())
337
>>> len(Layer(3, 4)([1.0, 2.0, 3.0]))
4
>>> mlp([1.0, -2.0]).data == mlp([1.0, -2.0]).data
True

`parameters()` of both gives a list of the objects themselves: layer by layer, neuron by neuron,
each with its weights and then its bias, as `Neuron` made them. `mlp.zero_grad()` sets their
gradients to 0 and changes nothing else: `backward()` only ever adds. No two networks share
anything. Making or calling one changes neither `nouts` nor the inputs nor any `data` or `grad`.

Follow-ups: a hidden layer of one neuron; every parameter gets a gradient when no neuron is dead.
"""

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
    """`nout` neurons that see the same inputs."""

    def __init__(self, nin, nout, **kwargs):
        # >>> make the neurons
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]
        # <<<

    def __call__(self, x):
        """Return one Value when there is one neuron, else a list."""
        # >>> write Layer.__call__ here
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out
        # <<<

    def parameters(self):
        """Return the parameters, neuron by neuron."""
        # >>> write Layer.parameters here
        return [p for neuron in self.neurons for p in neuron.parameters()]
        # <<<


class MLP:
    """Layers one after another: relu on every layer but the last."""

    def __init__(self, nin, nouts):
        # >>> make the layers
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(len(nouts))]
        # <<<

    def __call__(self, x):
        """Return the output of the last layer."""
        # >>> write MLP.__call__ here
        for layer in self.layers:
            x = layer([x] if isinstance(x, Value) else x)
        return x
        # <<<

    def parameters(self):
        """Return the parameters, layer by layer."""
        # >>> write MLP.parameters here
        return [p for layer in self.layers for p in layer.parameters()]
        # <<<

    def zero_grad(self):
        """Set the gradient of every parameter to 0."""
        # >>> write zero_grad here
        for p in self.parameters():
            p.grad = 0.0
        # <<<
