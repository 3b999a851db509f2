# RIGHT: a dict from parameter to velocity is all that is kept.
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.velocity = dict.fromkeys(parameters, 0.0)
        self.lr, self.momentum = lr, momentum

    def step(self):
        for p, v in self.velocity.items():
            v = v * self.momentum + p.grad
            self.velocity[p] = v
            p.data = p.data - self.lr * v

    def zero_grad(self):
        for p in self.velocity:
            p.grad = 0.0
