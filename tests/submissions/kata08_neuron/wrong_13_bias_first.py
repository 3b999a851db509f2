# WRONG: parameters gives the bias first.
# SHOWS: n = Neuron(2); n.parameters()[0] is n.b  # True, right: False
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
        if self.nonlin:
            total = total.relu()
        return total

    def parameters(self):
        out = [self.b]
        for w in self.w:
            out.append(w)
        return out
