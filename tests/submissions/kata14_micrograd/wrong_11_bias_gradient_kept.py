# WRONG: zero_grad clears the weights and forgets the biases.
# SHOWS: m = MLP(1, [1]); m([2.0]).backward(); m.zero_grad(); [p.grad for p in m.parameters()]  # [0.0, 1.0], right: [0.0, 0.0]
import math
import random


def _lift(x):
    return x if isinstance(x, Value) else Value(x)


class Value:
    __slots__ = ("data", "grad", "_parents")

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self._parents = parents  # pairs (operand, local derivative)

    def __add__(self, o):
        o = _lift(o)
        return Value(self.data + o.data, [(self, 1.0), (o, 1.0)])

    def __sub__(self, o):
        o = _lift(o)
        return Value(self.data - o.data, [(self, 1.0), (o, -1.0)])

    def __mul__(self, o):
        o = _lift(o)
        return Value(self.data * o.data, [(self, o.data), (o, self.data)])

    def __truediv__(self, o):
        o = _lift(o)
        q = self.data / o.data
        return Value(q, [(self, 1 / o.data), (o, -q / o.data)])

    def __neg__(self):
        return Value(-self.data, [(self, -1.0)])

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("no Value as exponent")
        slope = k * self.data ** (k - 1) if k else 0.0
        return Value(self.data**k, [(self, slope)])

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return Value(o) - self

    def __rtruediv__(self, o):
        return Value(o) / self

    def relu(self):
        on = self.data > 0
        return Value(self.data if on else 0.0, [(self, 1.0 if on else 0.0)])

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, [(self, 1 - t**2)])

    def exp(self):
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def log(self):
        return Value(math.log(self.data), [(self, 1 / self.data)])

    def sigmoid(self):
        s = 0.5 * (1 + math.tanh(0.5 * self.data))
        return Value(s, [(self, s * (1 - s))])

    def backward(self):
        # count the uses of every node, then release a node when its last user is done
        uses = {self: 0}
        todo = [self]
        while todo:
            node = todo.pop()
            if node._parents:
                node.grad = 0.0
            for p, _ in node._parents:
                if p not in uses:
                    uses[p] = 0
                    todo.append(p)
                uses[p] += 1
        self.grad += 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for p, local in node._parents:
                p.grad += local * node.grad
                uses[p] -= 1
                if uses[p] == 0:
                    ready.append(p)


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = []
        for _ in range(nin):
            self.w.append(Value(2 * random.random() - 1))
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        inputs = list(x)
        if len(inputs) != len(self.w):
            raise ValueError(f"expected {len(self.w)} inputs")
        total = self.b
        for i in range(len(inputs)):
            total = total + inputs[i] * self.w[i]
        if self.nonlin:
            total = total.relu()
        return total

    def parameters(self):
        params = []
        params.extend(self.w)
        params.append(self.b)
        return params


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin, **kwargs))

    def __call__(self, x):
        if len(self.neurons) == 1:
            return self.neurons[0](x)
        result = []
        for neuron in self.neurons:
            result.append(neuron(x))
        return result

    def parameters(self):
        params = []
        for neuron in self.neurons:
            params.extend(neuron.parameters())
        return params


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        fan_in = nin
        for k, nout in enumerate(nouts, 1):
            self.layers.append(Layer(fan_in, nout, nonlin=k < len(nouts)))
            fan_in = nout

    def __call__(self, x):
        signal = x
        for layer in self.layers:
            if isinstance(signal, Value):
                signal = [signal]
            signal = layer(signal)
        return signal

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params

    def zero_grad(self):
        for layer in self.layers:
            for neuron in layer.neurons:
                for weight in neuron.w:
                    weight.grad = 0.0
