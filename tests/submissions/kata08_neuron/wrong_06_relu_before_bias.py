# WRONG: relu is taken before the bias is added.
# SHOWS: n = Neuron(1); n.parameters()[0].data = -1.0; n.parameters()[1].data = 2.0; n([1.0]).data  # 2.0, right: 1.0
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
        act = sum(wi * xi for wi, xi in zip(self.w, x))
        return (act.relu() if self.nonlin else act) + self.b

    def parameters(self):
        return self.w + [self.b]
