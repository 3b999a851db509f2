# WRONG: the sum is gathered in the data of the bias.
# SHOWS: n = Neuron(1, nonlin=False); n.parameters()[0].data = 1.0; n.parameters()[1].data = 0.5; n([1.0]); n.b.data  # 1.5, right: 0.5
import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.nin = nin
        self.nonlin = nonlin
        self.w = []
        while len(self.w) < nin:
            self.w.append(Value(2.0 * random.random() - 1.0))
        self.b = Value(0)

    def __call__(self, x):
        n = len(x)
        if n != self.nin:
            raise ValueError(f"{n} inputs for {self.nin} weights")
        total = 0.0 + self.b
        for i in range(n):
            total = total + x[i] * self.w[i]
        self.b.data = total.data
        if self.nonlin:
            total = total.relu()
        return total

    def parameters(self):
        out = []
        for w in self.w:
            out.append(w)
        out.append(self.b)
        return out
