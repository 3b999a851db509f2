# WRONG: the weights are drawn from [0, 1].
# SHOWS: any(w.data < 0 for w in Neuron(100).w)  # False, right: True
import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.random()) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("wrong number of inputs")
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]
