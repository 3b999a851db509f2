# WRONG: the second moment is that of the gradient less its average, as in AdaBelief.
# SHOWS: p = Value(1.0); o = Adam([p], lr=0.1); p.grad = 1.0; o.step(); p.grad = 2.0; o.step(); round(p.data, 6)  # 0.777201, right: 0.803482
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
        v = beta2 * v + (1 - beta2) * (gradient - m) ** 2
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
