"""Gradients are swept in a list of floats beside the nodes; b is the weight of an input of 1."""

import math
import random


class Value:
    def __init__(self, data, _children=(), _op="", slopes=()):
        self.data = data
        self.grad = 0.0
        self._children = _children  # keeps the operands alive
        self.slopes = slopes

    def _node(self, data, *pairs):
        return Value(data, [p[0] for p in pairs], "", [p[1] for p in pairs])

    def __add__(self, other):
        other = wrap(other)
        return self._node(self.data + other.data, (self, 1), (other, 1))

    def __sub__(self, other):
        other = wrap(other)
        return self._node(self.data - other.data, (self, 1), (other, -1))

    def __mul__(self, other):
        other = wrap(other)
        return self._node(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = wrap(other)
        a, b = self.data, other.data
        return self._node(a / b, (self, 1 / b), (other, -a / (b * b)))

    def __pow__(self, k):
        return self._node(self.data**k, (self, k * self.data ** (k - 1)))

    def __neg__(self):
        return self._node(-self.data, (self, -1))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return wrap(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return wrap(other) / self

    def relu(self):
        on = self.data > 0
        return self._node(self.data if on else 0.0, (self, int(on)))

    def tanh(self):
        e = math.exp(-2 * abs(self.data))
        t = math.copysign((1 - e) / (1 + e), self.data)
        return self._node(t, (self, 4 * e / (1 + e) ** 2))

    def exp(self):
        return self._node(math.exp(self.data), (self, math.exp(self.data)))

    def log(self):
        return self._node(math.log(self.data), (self, self.data**-1))

    def sigmoid(self):
        return (1 + (-self).exp()) ** -1

    def backward(self):
        """Number the nodes by a depth-first walk with iterators, then sweep two lists of floats."""
        place, nodes, path = {}, [], [(self, iter(self._children))]
        place[self] = None
        while path:
            node, rest = path[-1]
            for child in rest:
                if child not in place:
                    place[child] = None
                    path.append((child, iter(child._children)))
                    break
            else:
                path.pop()
                place[node] = len(nodes)
                nodes.append(node)
        totals = [0.0] * len(nodes)
        totals[-1] = 1.0
        for i in range(len(nodes) - 1, -1, -1):
            for child, slope in zip(nodes[i]._children, nodes[i].slopes):
                totals[place[child]] += slope * totals[i]
        for node, total in zip(nodes, totals):
            node.grad = total if node._children else node.grad + total


def wrap(x):
    return x if isinstance(x, Value) else Value(x)


class Neuron:
    def __init__(self, nin, nonlin=True):
        values = [Value(random.uniform(-1, 1)) for _ in range(nin)] + [Value(0.0)]
        self.values, self.nonlin = values, nonlin

    @property
    def w(self):
        return self.values[:-1]

    @property
    def b(self):
        return self.values[-1]

    def __call__(self, x):
        out = sum(p * q for p, q in zip(self.values, [*x, 1.0], strict=True))
        return out.relu() if self.nonlin else out

    def parameters(self):
        return list(self.values)


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.neurons = {i: Neuron(nin, **kwargs) for i in range(nout)}

    def __call__(self, x):
        out = tuple(neuron(x) for neuron in self.neurons.values())
        return list(out) if len(out) > 1 else out[0]

    def parameters(self):
        return [p for neuron in self.neurons.values() for p in neuron.values]


class MLP:
    def __init__(self, nin, nouts):
        self.sizes = (nin, *nouts)
        pairs = zip(self.sizes, self.sizes[1:])
        self.layers = [Layer(m, n, nonlin=True) for m, n in pairs]
        for neuron in self.layers[-1].neurons.values():
            neuron.nonlin = False

    def __call__(self, x):
        out = x
        for layer in self.layers:
            out = layer(out)
        return out

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
