# WRONG: inputs and weights are paired in a dict, so of two equal inputs one is lost.
# SHOWS: n = Neuron(2); n.parameters()[0].data = 0.5; n.parameters()[1].data = 0.25; n.parameters()[2].data = 0.0; n([2.0, 2.0]).data  # 0.5, right: 1.5
import random

from reference.engine import Value


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("wrong number of inputs")
        act = sum((wi * xi for xi, wi in dict(zip(x, self.w)).items()), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]
