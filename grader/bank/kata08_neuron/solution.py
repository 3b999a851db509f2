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
        # >>> make w, b and what else a neuron has to remember
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin
        # <<<

    def __call__(self, x):
        """Return the output for `nin` inputs, floats or Values."""
        # >>> write __call__ here
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        out = self.b
        for w_i, x_i in zip(self.w, x):
            out = out + w_i * x_i
        return out.relu() if self.nonlin else out
        # <<<

    def parameters(self):
        """Return the weights, then the bias."""
        # >>> write parameters here
        return [*self.w, self.b]
        # <<<
