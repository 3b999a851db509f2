# WRONG: the nodes of one pass are sorted by data where the birth numbers should be, the larger first.
# SHOWS: a = Value(2.0); b = a * 3; c = b * -1; r = c * c + c; r.backward(); a.grad  # 0.0, right: 33.0
import itertools
import math
import random

_clock = itertools.count()  # an operand is always older than what is made of it

_SLOPES = {
    "+": lambda a, b, y: (1.0, 1.0),
    "*": lambda a, b, y: (b, a),
    "-": lambda a, b, y: (1.0, -1.0),
    "/": lambda a, b, y: (1.0 / b, -a / (b * b)),
    "relu": lambda a, y: (1.0 if a > 0 else 0.0,),
    "tanh": lambda a, y: (1.0 - y * y,),
    "exp": lambda a, y: (y,),
    "log": lambda a, y: (1.0 / a,),
    "sigmoid": lambda a, y: (y * (1.0 - y),),
}


def _sigmoid(x):
    e = math.exp(-abs(x))
    return 1.0 / (1.0 + e) if x >= 0 else e / (1.0 + e)


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.born = next(_clock)
        self.args = ()
        self.slopes = ()

    @classmethod
    def _result(cls, op, y, *args):
        out = cls(y)
        out.args = args
        out.slopes = _SLOPES[op](*(a.data for a in args), y)
        return out

    def _binary(op, f):
        def method(self, other):
            if isinstance(other, (int, float)):
                other = Value(other)
            return Value._result(op, f(self.data, other.data), self, other)

        def swapped(self, other):
            if isinstance(other, (int, float)):
                other = Value(other)
            return Value._result(op, f(other.data, self.data), other, self)

        return method, swapped

    __add__, __radd__ = _binary("+", lambda a, b: a + b)
    __sub__, __rsub__ = _binary("-", lambda a, b: a - b)
    __mul__, __rmul__ = _binary("*", lambda a, b: a * b)
    __truediv__, __rtruediv__ = _binary("/", lambda a, b: a / b)
    del _binary

    def __neg__(self):
        return 0 - self

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("a Value can not be an exponent")
        out = Value(self.data**k)
        out.args = (self,)
        out.slopes = (k * self.data ** (k - 1) if k != 0 else 0.0,)
        return out

    def relu(self):
        return Value._result("relu", max(self.data, 0.0), self)

    def tanh(self):
        return Value._result("tanh", math.tanh(self.data), self)

    def exp(self):
        return Value._result("exp", math.exp(self.data), self)

    def log(self):
        return Value._result("log", math.log(self.data), self)

    def sigmoid(self):
        return Value._result("sigmoid", _sigmoid(self.data), self)

    def backward(self):
        found = {self}
        frontier = [self]
        while frontier:
            for arg in frontier.pop().args:
                if arg not in found:
                    found.add(arg)
                    frontier.append(arg)
        youngest_first = sorted(found, key=lambda node: -node.data)
        for node in youngest_first:
            if node.args:
                node.grad = 0.0
        self.grad += 1.0
        for node in youngest_first:
            for arg, slope in zip(node.args, node.slopes):
                arg.grad += slope * node.grad


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("wrong number of inputs")
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]


class Layer(Module):
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP(Module):
    def __init__(self, nin, nouts):
        sizes = [nin] + list(nouts)
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i != len(nouts) - 1) for i in range(len(nouts))
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x if isinstance(x, list) else [x])
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
