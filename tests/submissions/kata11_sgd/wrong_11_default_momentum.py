# WRONG: momentum is 0.9 where none is asked for.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1); p.grad = 2.0; o.step(); o.step(); round(p.data, 6)  # 0.42, right: 0.6
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.9):
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
