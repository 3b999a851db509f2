# WRONG: a hundredth of a negative sum is let through.
# SHOWS: n = Neuron(1); n.parameters()[0].data = -1.0; n.parameters()[1].data = 0.0; n([2.0]).data  # -0.02, right: 0.0
import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        # the bias is the weight of an input that is always 1
        self._all = [Value(random.uniform(-1, 1)) for _ in range(nin)] + [Value(0.0)]
        self.nonlin = nonlin

    @property
    def w(self):
        return self._all[:-1]

    @property
    def b(self):
        return self._all[-1]

    def _linear(self, x):
        if len(x) + 1 != len(self._all):
            raise ValueError("inputs do not match weights")
        inputs = [*x, 1.0]
        return sum(self._all[i] * inputs[i] for i in range(len(inputs)))

    def __call__(self, x):
        s = self._linear(x)
        return s if not self.nonlin else s * (1.0 if s.data > 0 else 0.01)

    def parameters(self):
        return list(self._all)
