# WRONG: t goes up with every parameter instead of every step.
# SHOWS: a = Value(1.0); b = Value(1.0); o = Adam([a, b], lr=0.1); a.grad = b.grad = 2.0; o.step(); (round(a.data, 6), round(b.data, 6))  # (0.9, 0.925586), right: (0.9, 0.9)
import math

from reference.engine import Value


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.parameters = list(parameters)
        self.lr = lr
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.t = 0
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)

    def step(self):
        for i, p in enumerate(self.parameters):
            self.t += 1
            g = p.grad
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
