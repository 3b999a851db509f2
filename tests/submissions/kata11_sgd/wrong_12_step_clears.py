# WRONG: a step sets the gradients to 0.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1); p.grad = 2.0; o.step(); p.grad  # 0.0, right: 2.0
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
            p.grad = 0.0

    def zero_grad(self):
        for p in self.velocity:
            p.grad = 0.0
