# WRONG: the velocities are a list of the class, which a second optimizer finds as the first one left it.
# SHOWS: p = Value(1.0); q = Value(1.0); p.grad = q.grad = 2.0; SGD([p], lr=0.1, momentum=0.5).step(); SGD([q], lr=0.1, momentum=0.5).step(); q.data  # 0.7, right: 0.8
from reference.engine import Value


class SGD:
    velocities = []

    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        while len(self.velocities) < len(self.parameters):
            self.velocities.append(0.0)

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data -= self.lr * self.velocities[i]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
