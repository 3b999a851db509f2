"""A Tape: each result writes a line on the tape it shares with its operands; backward reads it in reverse."""

import math
import random


class Tape:
    """Lines of (result, operand, slope), oldest first; tapes that meet are joined."""

    def __init__(self):
        self.lines = []
        self.joined = self

    def find(self):
        tape = self
        while tape.joined is not tape:
            tape.joined = tape.joined.joined
            tape = tape.joined
        return tape

    def join(self, other):
        mine, theirs = self.find(), other.find()
        if mine is theirs:
            return mine
        if len(mine.lines) < len(theirs.lines):
            mine, theirs = theirs, mine
        mine.lines += theirs.lines
        theirs.joined, theirs.lines = mine, []
        return mine


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.tape = None

    def record(self, data, *shares):
        out = Value(data)
        tape = None
        for operand, _ in shares:
            if operand.tape is not None:
                tape = operand.tape.find() if tape is None else tape.join(operand.tape)
        out.tape = tape or Tape()
        out.tape.lines.append((out, shares))
        return out

    def __add__(self, other):
        other = lift(other)
        return self.record(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return self.record(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("can't raise to the power of a Value")
        return self.record(self.data**k, (self, k and k * self.data ** (k - 1)))

    def __neg__(self):
        return self.record(-self.data, (self, -1.0))

    def __sub__(self, other):
        return self + -lift(other)

    def __truediv__(self, other):
        return self * lift(other) ** -1

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    def relu(self):
        return self.record(*((self.data, (self, 1.0)) if self.data > 0 else (0.0, (self, 0.0))))

    def tanh(self):
        t = math.tanh(self.data)
        return self.record(t, (self, 1 - t * t))

    def exp(self):
        e = math.exp(self.data)
        return self.record(e, (self, e))

    def log(self):
        return self.record(math.log(self.data), (self, 1 / self.data))

    def sigmoid(self):
        return (self * 0.5).tanh() * 0.5 + 0.5

    def backward(self):
        if self.tape is None:
            self.grad += 1.0
            return
        lines = self.tape.find().lines
        upstream = {self: 1.0}
        for out, shares in reversed(lines):
            if out not in upstream:
                continue
            for operand, slope in shares:
                upstream[operand] = upstream.get(operand, 0.0) + slope * upstream[out]
        for value, grad in upstream.items():
            value.grad = value.grad + grad if value.tape is None else grad


def lift(x):
    return x if isinstance(x, Value) else Value(x)


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [lift(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        assert len(x) == len(self.w)
        s = sum(map(lambda w, xi: w * xi, self.w, x), start=self.b)
        if self.nonlin:
            s = s.relu()
        return s

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout, **options):
        self.neurons = []
        while len(self.neurons) < nout:
            self.neurons.append(Neuron(nin, **options))

    def __call__(self, x):
        ys = list(map(lambda neuron: neuron(x), self.neurons))
        return ys.pop() if len(ys) == 1 else ys

    def parameters(self):
        ps = []
        for neuron in self.neurons:
            ps.extend(neuron.parameters())
        return ps


class MLP(Layer):
    def __init__(self, nin, nouts):
        ends = [*nouts]
        starts = [nin, *nouts[:-1]]
        self.neurons = [Layer(a, b) for a, b in zip(starts[:-1], ends[:-1])]
        self.neurons.append(Layer(starts[-1], ends[-1], nonlin=False))

    def __call__(self, x):
        for layer in self.neurons:
            x = layer(x)
        return x

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
