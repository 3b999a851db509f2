# RIGHT: one subclass of a slotted dataclass for each operation, slopes computed only in the backward pass.
import math
import random
from dataclasses import dataclass, field


def number_or_value(x):
    return x if isinstance(x, Value) else Value(x)


@dataclass(eq=False, slots=True)
class Value:
    data: float
    grad: float = field(default=0.0, init=False)

    operands = ()

    def slopes(self):
        return ()

    def __add__(self, other):
        return Add.of(self, number_or_value(other))

    def __radd__(self, other):
        return Add.of(number_or_value(other), self)

    def __mul__(self, other):
        return Mul.of(self, number_or_value(other))

    def __rmul__(self, other):
        return Mul.of(number_or_value(other), self)

    def __neg__(self):
        return Mul.of(self, Value(-1))

    def __sub__(self, other):
        return Add.of(self, -number_or_value(other))

    def __rsub__(self, other):
        return Add.of(number_or_value(other), -self)

    def __truediv__(self, other):
        return Div.of(self, number_or_value(other))

    def __rtruediv__(self, other):
        return Div.of(number_or_value(other), self)

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("only plain numbers can be exponents")
        node = Pow.of(self, k)
        return node

    def relu(self):
        return Relu.of(self)

    def tanh(self):
        return Tanh.of(self)

    def exp(self):
        return Exp.of(self)

    def log(self):
        return Log.of(self)

    def sigmoid(self):
        return Sigmoid.of(self)

    def backward(self):
        nodes = list(walk(self))
        for node in nodes:
            if node.operands:
                node.grad = 0.0
        self.grad += 1.0
        while nodes:
            node = nodes.pop()
            for operand, slope in zip(node.operands, node.slopes()):
                operand.grad += slope * node.grad


def walk(root):
    """Yield operands before their users."""
    entered, left = set(), set()
    stack = [root]
    while stack:
        node = stack[-1]
        if node not in entered:
            entered.add(node)
            stack.extend(o for o in node.operands if o not in entered)
        else:
            stack.pop()
            if node not in left:
                left.add(node)
                yield node


class Operation(Value):
    @classmethod
    def of(cls, *operands):
        node = cls(cls.compute(*(o.data if isinstance(o, Value) else o for o in operands)))
        node.inputs = operands
        return node

    @property
    def operands(self):
        return tuple(o for o in self.inputs if isinstance(o, Value))

    @property
    def numbers(self):
        return [o.data if isinstance(o, Value) else o for o in self.inputs]


class Add(Operation):
    compute = staticmethod(lambda a, b: a + b)

    def slopes(self):
        return 1.0, 1.0


class Mul(Operation):
    compute = staticmethod(lambda a, b: a * b)

    def slopes(self):
        a, b = self.numbers
        return b, a


class Div(Operation):
    compute = staticmethod(lambda a, b: a / b)

    def slopes(self):
        a, b = self.numbers
        return 1 / b, -a / b**2


class Pow(Operation):
    compute = staticmethod(lambda a, k: a**k)

    def slopes(self):
        a, k = self.numbers
        return (k * a ** (k - 1) if k else 0.0,)


class Relu(Operation):
    compute = staticmethod(lambda a: a if a > 0 else 0.0)

    def slopes(self):
        return (float(self.data > 0),)


class Tanh(Operation):
    compute = staticmethod(math.tanh)

    def slopes(self):
        return (1 - self.data**2,)


class Exp(Operation):
    compute = staticmethod(math.exp)

    def slopes(self):
        return (self.data,)


class Log(Operation):
    compute = staticmethod(math.log)

    def slopes(self):
        return (1 / self.numbers[0],)


class Sigmoid(Operation):
    @staticmethod
    def compute(a):
        return 1 / (1 + math.exp(-a)) if a > 0 else 1 - 1 / (1 + math.exp(a))

    def slopes(self):
        return (self.data * (1 - self.data),)


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
                neuron.b.grad = 0.0
