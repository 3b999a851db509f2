# WRONG: an int among the inputs is refused.
# SHOWS: n = Neuron(1); n.parameters()[0].data = 0.5; n.parameters()[1].data = 0.0; (n([4]) * 1).data  # 'TypeError', right: 2.0
import random
from functools import reduce

from reference.engine import Value


def _as_value(x):
    if not isinstance(x, (float, Value)):
        raise TypeError("inputs are floats or Values")
    return x if isinstance(x, Value) else Value(x)


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
        return self._activation(_dot(self.w, inputs) + self.b)

    def parameters(self):
        return [*self.w, self.b]
