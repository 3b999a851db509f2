# WRONG: the bias is added only where there is a relu.
# SHOWS: n = Neuron(1, nonlin=False); n.parameters()[0].data = 1.0; n.parameters()[1].data = 0.5; n([2.0]).data  # 2.0, right: 2.5
import random
from functools import reduce

from reference.engine import Value


def _as_value(x):
    return x if isinstance(x, Value) else Value(float(x))


def _dot(ws, xs):
    products = (w * x for w, x in zip(ws, xs, strict=True))
    return reduce(lambda a, b: a + b, products, Value(0.0))


class Neuron:
    __slots__ = ("w", "b", "_activation")

    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self._activation = Value.relu if nonlin else _as_value

    def __call__(self, x):
        inputs = [_as_value(x_i) for x_i in x]
        s = _dot(self.w, inputs)
        return self._activation(s + self.b if self._activation is Value.relu else s)

    def parameters(self):
        return [*self.w, self.b]
