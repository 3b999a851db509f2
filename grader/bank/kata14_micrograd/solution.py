"""kata14 · micrograd from memory · 45 minutes

d root / d x  =  sum over the users u of x:  (d u / d x) * (d root / d u)

Write `Value`, `Neuron`, `Layer` and `MLP` from a blank file, with the standard library alone.

`Value(data)` has `data`, `grad` (0 at first) and `backward()`; the operators + - * / and -a, and
** with a plain number as exponent; plain numbers on either side, `sum([...])` too; and the methods
relu (slope 0 at 0), tanh, exp, log and sigmoid. After `backward()` every node below the root holds
its gradient. Leaves add up over several calls.

`Neuron(nin, nonlin=True)` is relu(w . x + b), or w . x + b without `nonlin`: `w` holds Values drawn
uniformly from [-1, 1], `b` a Value of 0; x is a list of ints, floats and Values in any order.
`Layer(nin, nout, **kwargs)` hands kwargs to its neurons and gives one Value when nout is 1, else a
list. `MLP(nin, nouts)` has relu on every layer but the last. Each has `parameters()`, a list of the
same objects each time: layer by layer, neuron by neuron, w then b. `MLP.zero_grad()` sets their
gradients to 0. Nothing else changes a parameter, a list that was handed in, or a gradient, and no
two networks share anything.

>>> a = Value(2.0); b = Value(3.0); c = a * b + b ** 2; c.backward()
>>> c.data, a.grad, b.grad
(15.0, 3.0, 8.0)
>>> len(MLP(2, [16, 16, 1]).parameters())
337

It has to train, as it stands, with `data` a list of pairs (x, y_true):

    model = MLP(2, [16, 16, 1])
    for step in range(100):
        loss = sum((y_true - model(x)) ** 2 for x, y_true in data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad

How a Value remembers its operands is up to you. A node can be shared by many others, on short and
on long ways. Follow-ups: those of the katas before this one.
"""

# >>> write Value, Neuron, Layer and MLP here
import math
import random
from itertools import pairwise


class Value:
    """A number that remembers its operands, and its derivative by each of them."""

    def __init__(self, data, _prev=(), _slopes=()):
        self.data = data
        self.grad = 0.0
        self._prev = _prev
        self._slopes = _slopes

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("the exponent must be a plain number, not a Value")
        slope = k * self.data ** (k - 1) if k else 0.0
        return Value(self.data**k, (self,), (slope,))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1 * other

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def log(self):
        if self.data <= 0:
            raise ValueError(f"log needs a number above 0, not {self.data}")
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def sigmoid(self):
        e = math.exp(-abs(self.data))
        s = (1 if self.data >= 0 else e) / (1 + e)
        return Value(s, (self,), (s * (1 - s),))

    def backward(self):
        """Fill in the gradient of every value that this one depends on."""
        order = topological_order(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for operand, slope in zip(node._prev, node._slopes):
                operand.grad += slope * node.grad

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"


def lift(x):
    """Return a plain number as a Value."""
    return x if isinstance(x, Value) else Value(x)


def topological_order(root):
    """Return every node once, operands before users, without recursion."""
    order = []
    visited = set()
    stack = [(root, False)]
    while stack:
        node, operands_are_listed = stack.pop()
        if operands_are_listed:
            order.append(node)
        elif node not in visited:
            visited.add(node)
            stack.append((node, True))
            for operand in node._prev:
                stack.append((operand, False))
    return order


class Neuron:
    """relu(w . x + b), or w . x + b without `nonlin`."""

    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        out = sum((w_i * x_i for w_i, x_i in zip(self.w, x)), self.b)
        return out.relu() if self.nonlin else out

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    """`nout` neurons that see the same inputs."""

    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    """Layers one after another, relu on all but the last."""

    def __init__(self, nin, nouts):
        last = len(nouts) - 1
        sizes = pairwise([nin, *nouts])
        self.layers = [Layer(*size, nonlin=i != last) for i, size in enumerate(sizes)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x if isinstance(x, (list, tuple)) else [x])
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


# <<<
