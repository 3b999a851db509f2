# WRONG: the velocities are found by the number of a parameter at the start, so parameters of equal data share one.
# SHOWS: a = Value(1.0); b = Value(1.0); o = SGD([a, b], lr=0.1, momentum=0.5); a.grad = 2.0; o.step(); b.data  # 0.9, right: 1.0
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.velocity = {}
        self.names = {p: p.data for p in parameters}
        self.lr, self.momentum = lr, momentum

    def step(self):
        for p, name in self.names.items():
            v = self.velocity.get(name, 0.0) * self.momentum + p.grad
            self.velocity[name] = v
            p.data = p.data - self.lr * v

    def zero_grad(self):
        for p in self.names:
            p.grad = 0.0
