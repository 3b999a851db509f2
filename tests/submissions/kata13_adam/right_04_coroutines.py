# RIGHT: a coroutine for each parameter keeps its m, v and powers of the betas as local variables.
import math

from reference.engine import Value


def _mover(p, lr, betas, eps):
    """A coroutine that moves one parameter each time it is resumed."""
    beta1, beta2 = betas
    m = v = 0.0
    power1 = power2 = 1.0
    while True:
        yield
        gradient = p.grad
        power1 *= beta1
        power2 *= beta2
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient * gradient
        p.data -= lr * (m / (1 - power1)) / (math.sqrt(v / (1 - power2)) + eps)


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.owned = tuple(parameters)
        self.movers = [_mover(p, lr, betas, eps) for p in self.owned]
        for mover in self.movers:
            next(mover)

    def step(self):
        for mover in self.movers:
            next(mover)

    def zero_grad(self):
        for p in self.owned:
            p.grad = 0.0
