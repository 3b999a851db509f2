"""Slots and stored derivatives; nodes are numbered as they are made, so no sorting of ways is needed."""

import heapq
import itertools
import math
import random

serial = itertools.count()


class Value:
    __slots__ = ("data", "grad", "made_from", "rank")

    def __init__(self, data, made_from=()):
        self.data = data
        self.grad = 0.0
        self.made_from = made_from
        self.rank = next(serial)

    def __lt__(self, other):
        return self.rank > other.rank

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, ((self, 1.0),))
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, ((self, other),))
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, k):
        if type(k) not in (int, float):
            raise TypeError(f"unsupported exponent {k!r}")
        return Value(self.data**k, ((self, k * self.data ** (k - 1) if k else 0.0),))

    def __rpow__(self, base):
        return (self * math.log(base)).exp()

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * (other**-1 if isinstance(other, Value) else 1 / other)

    def __rtruediv__(self, other):
        return self**-1 * other

    def _map(self, y, slope):
        return Value(y, ((self, slope),))

    def relu(self):
        return self._map(self.data, 1.0) if self.data > 0 else self._map(0.0, 0.0)

    def tanh(self):
        t = math.tanh(self.data)
        return self._map(t, 1 - t**2)

    def exp(self):
        y = math.exp(self.data)
        return self._map(y, y)

    def log(self):
        return self._map(math.log(self.data), 1 / self.data)

    def sigmoid(self):
        y = 0.5 * (1 + math.tanh(0.5 * self.data))
        return self._map(y, y * (1 - y))

    def backward(self):
        """Fire nodes youngest first: every user is younger than its operands."""
        self.grad = self.grad + 1.0 if not self.made_from else 1.0
        heap, seen = [self], {self}
        while heap:
            node = heapq.heappop(heap)
            for operand, slope in node.made_from:
                if operand not in seen:
                    seen.add(operand)
                    heapq.heappush(heap, operand)
                    if operand.made_from:
                        operand.grad = 0.0
                operand.grad += slope * node.grad


def dot(ws, xs):
    if len(ws) != len(xs):
        raise ValueError(f"{len(ws)} weights for {len(xs)} inputs")
    return sum(w * x for w, x in zip(ws, xs))


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(2 * random.random() - 1) for _ in range(nin)]
        self.b = Value(0.0)
        self.squash = Value.relu if nonlin else lambda v: v

    def __call__(self, x):
        return self.squash(dot(self.w, x) + self.b)

    def parameters(self):
        return list((*self.w, self.b))


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.units = tuple(Neuron(nin, **kwargs) for _ in range(nout))

    def outputs(self, x):
        return [unit(x) for unit in self.units]

    def __call__(self, x):
        first, *rest = self.outputs(x)
        return [first, *rest] if rest else first

    def parameters(self):
        every = []
        for unit in self.units:
            every.extend(unit.parameters())
        return every


class MLP:
    def __init__(self, nin, nouts):
        *hidden, last = nouts
        self.stack = []
        for nout in hidden:
            self.stack.append(Layer(nin, nout))
            nin = nout
        self.last = Layer(nin, last, nonlin=False)

    def __call__(self, x):
        for layer in self.stack:
            x = layer.outputs(x)
        return self.last(x)

    def parameters(self):
        return [p for layer in (*self.stack, self.last) for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
