# WRONG: inputs are turned into numbers on the way in, so no gradient reaches an input that is a Value.
# SHOWS: n = Neuron(1, nonlin=False); n.w[0].data = 0.5; x = Value(2.0); n([x]).backward(); x.grad  # 0.0, right: 0.5
import math
import random
from functools import reduce
from operator import add


class Value:
    """A node of few primitives: a + b, a * b, and functions of one variable."""

    def __init__(self, data, sources=()):
        self.data = data
        self.grad = 0.0
        self.sources = sources

    def _unary(self, y, slope):
        return Value(y, ((self, slope),))

    def __add__(self, other):
        if not isinstance(other, Value):
            return self._unary(self.data + other, 1.0)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        if not isinstance(other, Value):
            return self._unary(self.data * other, other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("the exponent has to be a number")
        return self._unary(self.data**k, k * self.data ** (k - 1) if k else 0.0)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        if isinstance(other, Value):
            return self * other**-1
        return self * (1 / other)

    def __rtruediv__(self, other):
        return self**-1 * other

    def relu(self):
        return self._unary(max(self.data, 0), int(self.data > 0))

    def tanh(self):
        t = math.tanh(self.data)
        return self._unary(t, (1 - t) * (1 + t))

    def exp(self):
        e = math.exp(self.data)
        return self._unary(e, e)

    def log(self):
        return self._unary(math.log(self.data), 1 / self.data)

    def sigmoid(self):
        return (self * 0.5).tanh() * 0.5 + 0.5

    def _post_order(self):
        seen = set()
        stack = [iter([self])]
        path = []
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if path:
                    yield path.pop()
            elif node not in seen:
                seen.add(node)
                path.append(node)
                stack.append(iter([s for s, _ in node.sources]))

    def backward(self):
        arrived = {self: 1.0}
        for node in reversed(list(self._post_order())):
            g = arrived.pop(node)
            for source, slope in node.sources:
                arrived[source] = arrived.get(source, 0.0) + slope * g
            node.grad = g if node.sources else node.grad + g


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.activation = Value.relu if nonlin else (lambda v: v)

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("inputs and weights differ in number")
        return self.activation(reduce(add, map(lambda w, v: w * getattr(v, "data", v), self.w, x), self.b))

    def parameters(self):
        return list(self.w) + [self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.units = tuple(Neuron(nin, **kwargs) for _ in range(nout))

    def __call__(self, x):
        first, *others = [unit(x) for unit in self.units]
        return [first, *others] if others else first

    def parameters(self):
        return reduce(add, [unit.parameters() for unit in self.units], [])


class MLP:
    def __init__(self, nin, nouts):
        sizes = (nin, *nouts)
        last = len(nouts)
        self.layers = [Layer(sizes[i - 1], sizes[i], nonlin=i < last) for i in range(1, last + 1)]

    def __call__(self, x):
        def feed(signal, layer):
            return layer(signal if isinstance(signal, (list, tuple)) else [signal])

        return reduce(feed, self.layers, x)

    def parameters(self):
        return reduce(add, [layer.parameters() for layer in self.layers], [])

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
