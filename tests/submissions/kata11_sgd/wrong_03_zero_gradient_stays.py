# FOLLOW-UP: a parameter whose gradient is 0 is skipped and does not move on.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1, momentum=0.9); p.grad = 2.0; o.step(); p.grad = 0.0; o.step(); round(p.data, 6)  # 0.8, right: 0.62
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocities = [0.0 for _ in self.parameters]

    def step(self):
        for i, p in enumerate(self.parameters):
            if not p.grad:
                continue
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data -= self.lr * self.velocities[i]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
