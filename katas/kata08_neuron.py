"""kata08 · A neuron · 8 minutes

neuron(x) = relu(w . x + b) = relu(w_1 x_1 + ... + w_n x_n + b)        without relu if nonlin=False

>>> neuron = Neuron(2)
>>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 3.0
>>> neuron([4.0, 1.0]).data
3.0
>>> len(neuron.parameters())
3

`w` holds `nin` Values, each drawn uniformly from [-1, 1]; `b` is a Value that starts at 0. They are
made once, for this neuron alone, and `parameters()` gives a list of the very same objects, the
weights first and then the bias, because training changes them in place.

The inputs are a list of ints, floats and Values, mixed in any order. Gradients reach weights, bias
and inputs: `Value` has + - * / ** and `relu()`, whose slope is 0 where its input is 0 or less. A
call builds a new graph from what parameters and inputs hold at that time. It changes neither the
list nor any `data` or `grad`.

Follow-up: another number of inputs than `nin` raises ValueError; `zip` would cut it silently.
"""

import random

from reference.engine import Value


class Neuron:
    """One unit of a network: `nin` weights and a bias."""

    def __init__(self, nin, nonlin=True):
        raise NotImplementedError("kata08: make w, b and what else a neuron has to remember")

    def __call__(self, x):
        """Return the output for `nin` inputs, floats or Values."""
        raise NotImplementedError("kata08: write __call__ here")

    def parameters(self):
        """Return the weights, then the bias."""
        raise NotImplementedError("kata08: write parameters here")
