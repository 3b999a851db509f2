# WRONG: the second moment is corrected by beta2 * t in place of beta2 ** t, which is the same in the first step only.
# SHOWS: p = Value(1.0); o = Adam([p], lr=0.1, betas=(0.9, 0.1)); p.grad = 1.0; o.step(); p.grad = 1.0; o.step(); p.grad = 3.0; o.step(); round(p.data, 6)  # 0.759323, right: 0.739333
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
        self.t += 1
        for i, p in enumerate(self.parameters):
            g = p.grad
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2 * self.t)
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
