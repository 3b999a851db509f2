# RIGHT: one if-chain on the name of the operation does the whole backward pass; a stack of iterators finds the order.
import math
from random import uniform


class Value:
    def __init__(self, data, op=None, args=(), extra=None):
        self.data, self.grad = data, 0.0
        self.op, self.args, self.extra = op, args, extra

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = self.wrap(other)
        return Value(self.data + other.data, "add", (self, other))

    def __sub__(self, other):
        other = self.wrap(other)
        return Value(self.data - other.data, "sub", (self, other))

    def __mul__(self, other):
        other = self.wrap(other)
        return Value(self.data * other.data, "mul", (self, other))

    def __truediv__(self, other):
        other = self.wrap(other)
        return Value(self.data / other.data, "div", (self, other))

    def __pow__(self, k):
        if not isinstance(k, (int, float)):
            raise TypeError("exponent must be an int or a float")
        return Value(self.data**k, "pow", (self,), k)

    def __neg__(self):
        return Value(-self.data, "neg", (self,))

    def __radd__(self, other):
        return self.wrap(other) + self

    def __rsub__(self, other):
        return self.wrap(other) - self

    def __rmul__(self, other):
        return self.wrap(other) * self

    def __rtruediv__(self, other):
        return self.wrap(other) / self

    def relu(self):
        return Value(self.data if self.data > 0 else 0.0, "relu", (self,))

    def tanh(self):
        return Value(math.tanh(self.data), "tanh", (self,))

    def exp(self):
        return Value(math.exp(self.data), "exp", (self,))

    def log(self):
        return Value(math.log(self.data), "log", (self,))

    def sigmoid(self):
        if self.data < 0:
            z = math.exp(self.data)
            return Value(z / (1 + z), "sigmoid", (self,))
        return Value(1 / (1 + math.exp(-self.data)), "sigmoid", (self,))

    def _propagate(self):
        g = self.grad
        if self.op in ("add", "sub", "mul", "div"):
            a, b = self.args
            if self.op == "add":
                a.grad += g
                b.grad += g
            elif self.op == "sub":
                a.grad += g
                b.grad -= g
            elif self.op == "mul":
                a.grad += b.data * g
                b.grad += a.data * g
            else:
                a.grad += g / b.data
                b.grad -= g * a.data / b.data**2
            return
        (a,) = self.args
        y = self.data
        if self.op == "neg":
            a.grad -= g
        elif self.op == "pow":
            k = self.extra
            a.grad += 0.0 if k == 0 else g * k * a.data ** (k - 1)
        elif self.op == "relu":
            if y > 0:
                a.grad += g
        elif self.op == "tanh":
            a.grad += g * (1 - y * y)
        elif self.op == "exp":
            a.grad += g * y
        elif self.op == "log":
            a.grad += g / a.data
        elif self.op == "sigmoid":
            a.grad += g * y * (1 - y)

    def backward(self):
        order, seen = [], {id(self)}
        path = [(self, iter(self.args))]
        while path:
            node, rest = path[-1]
            for child in rest:
                if id(child) not in seen:
                    seen.add(id(child))
                    path.append((child, iter(child.args)))
                    break
            else:
                order.append(node)
                path.pop()
        inner = [node for node in reversed(order) if node.args]
        for node in inner:
            node.grad = 0.0
        self.grad += 1.0
        for node in inner:
            node._propagate()


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [Value(uniform(-1.0, 1.0)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("wrong size of input")
        s = self.b
        for w, v in zip(self.w, x):
            s = s + w * v
        return s.relu() if self.nonlin else s

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        if len(out) == 1:
            return out[0]
        return out

    def parameters(self):
        return sum((n.parameters() for n in self.neurons), [])


class MLP:
    def __init__(self, nin, nouts):
        ins = [nin, *nouts[:-1]]
        self.layers = [Layer(i, o) for i, o in zip(ins[:-1], nouts[:-1])]
        self.layers.append(Layer(ins[-1], nouts[-1], nonlin=False))

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
            if isinstance(x, Value) and layer is not self.layers[-1]:
                x = [x]
        return x

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
