# WRONG: a generator is counted first and then found empty.
# SHOWS: p = Value(1.0); o = SGD((q for q in [p]), lr=0.1); p.grad = 2.0; o.step(); p.data  # 1.0, right: 0.8
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.lr = lr
        self.momentum = momentum
        self.velocities = [0.0 for _ in parameters]
        self.parameters = list(parameters)

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data -= self.lr * self.velocities[i]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
