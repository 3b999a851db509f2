# WRONG: a call clears the gradients of the parameters.
# SHOWS: m = MLP(1, [1]); m([1.0]).backward(); m([1.0]); m.parameters()[1].grad  # 0.0, right: 1.0
import random

from reference.engine import Value


class Neuron:
    """One unit of a network: `nin` weights and a bias."""

    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, not {len(x)}")
        out = self.b
        for w_i, x_i in zip(self.w, x):
            out = out + w_i * x_i
        return out.relu() if self.nonlin else out

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin, **kwargs))

    def outputs(self, x):
        result = []
        for neuron in self.neurons:
            result.append(neuron(x))
        return result

    def __call__(self, x):
        result = self.outputs(x)
        if len(result) == 1:
            return result[0]
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
        last = len(nouts) - 1
        for index, nout in enumerate(nouts):
            self.layers.append(Layer(fan_in, nout, nonlin=index < last))
            fan_in = nout

    def __call__(self, x):
        self.zero_grad()
        signal = x
        for layer in self.layers[:-1]:
            signal = layer.outputs(signal)
        return self.layers[-1](signal)

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params

    def zero_grad(self):
        for layer in self.layers:
            for neuron in layer.neurons:
                for w in neuron.w:
                    w.grad = 0.0
                neuron.b.grad = 0.0
