"""Nodes hold a label and their operands; `backward` looks the rule up by label. No `_backward`."""

import math
import random
from dataclasses import dataclass, field


@dataclass(eq=False)
class Value:
    data: float
    op: str = "leaf"
    args: tuple = ()
    grad: float = field(default=0, init=False)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, "add", (self, other))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, "mul", (self, other))

    def __truediv__(self, other):
        other = as_value(other)
        return Value(self.data / other.data, "div", (self, other))

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("only plain numbers as exponents")
        return Value(self.data**k, "pow", (self, Value(k)))

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * as_value(other)

    def __radd__(self, other):
        return as_value(other) + self

    def __rsub__(self, other):
        return as_value(other) - self

    def __rmul__(self, other):
        return as_value(other) * self

    def __rtruediv__(self, other):
        return as_value(other) / self

    def relu(self):
        return Value(max(self.data, 0.0), "relu", (self,))

    def tanh(self):
        return Value(math.tanh(self.data), "tanh", (self,))

    def exp(self):
        return Value(math.exp(self.data), "exp", (self,))

    def log(self):
        return Value(math.log(self.data), "log", (self,))

    def sigmoid(self):
        x = self.data
        y = 1 / (1 + math.exp(-x)) if x > -500 else math.exp(x)
        return Value(y, "sigmoid", (self,))

    def backward(self):
        users, todo, seen = {}, [self], {id(self)}
        while todo:
            node = todo.pop()
            for arg in node.args:
                users[id(arg)] = users.get(id(arg), 0) + 1
                if id(arg) not in seen:
                    seen.add(id(arg))
                    todo.append(arg)
                    if arg.args:
                        arg.grad = 0
        self.grad = 1
        ready = [self]
        while ready:
            node = ready.pop()
            if not node.args:
                continue
            slopes = RULES[node.op](node.data, *(arg.data for arg in node.args))
            for arg, slope in zip(node.args, slopes):
                arg.grad += slope * node.grad
                users[id(arg)] -= 1
                if users[id(arg)] == 0:
                    ready.append(arg)


RULES = {
    "add": lambda y, a, b: (1, 1),
    "mul": lambda y, a, b: (b, a),
    "div": lambda y, a, b: (1 / b, -y / b),
    "pow": lambda y, a, k: (0 if k == 0 else k * a ** (k - 1), 0),
    "relu": lambda y, x: (1 if x > 0 else 0,),
    "tanh": lambda y, x: (1 - y * y,),
    "exp": lambda y, x: (y,),
    "log": lambda y, x: (1 / x,),
    "sigmoid": lambda y, x: (y * (1 - y),),
}


def as_value(x):
    return x if isinstance(x, Value) else Value(x)


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1.0, 1.0)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin
        self.all = (*self.w, self.b)

    def __call__(self, x):
        total = self.b
        for i in range(len(self.w)):
            total = total + x[i] * self.w[i]
        return total.relu() if self.nonlin else total

    def parameters(self):
        return list(self.all)


class Layer:
    def __init__(self, nin, nout, nonlin=True):
        self.row = [Neuron(nin, nonlin) for _ in range(nout)]

    def __call__(self, x):
        if len(self.row) == 1:
            return self.row[0](x)
        return [n(x) for n in self.row]

    def parameters(self):
        return sum((list(n.parameters()) for n in self.row), [])


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for depth, nout in enumerate(nouts, 1):
            self.layers.append(Layer(nin, nout, depth < len(nouts)))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x if isinstance(x, list) else [x])
        return x

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0
