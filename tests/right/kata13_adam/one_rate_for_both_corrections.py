"""Both corrections folded into the step length and eps, as section 2 of the paper suggests."""


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.ps = [p for p in parameters]
        self.lr, (self.b1, self.b2), self.eps = lr, betas, eps
        self.state = [(0.0, 0.0) for _ in self.ps]
        self.power1 = self.power2 = 1.0

    def zero_grad(self):
        for p in self.ps:
            p.grad = 0

    def step(self):
        self.power1 *= self.b1
        self.power2 *= self.b2
        root = (1 - self.power2) ** 0.5
        rate = self.lr * root / (1 - self.power1)
        for i, p in enumerate(self.ps):
            m, v = self.state[i]
            m = m + (1 - self.b1) * (p.grad - m)
            v = v + (1 - self.b2) * (p.grad * p.grad - v)
            self.state[i] = m, v
            p.data = p.data - rate * m / (v**0.5 + self.eps * root)
