# WRONG: the parameter moves by the velocity of the step before, which is 0 in the first.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1, momentum=0.9); p.grad = 2.0; o.step(); round(p.data, 6)  # 1.0, right: 0.8
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocities = [0.0 for _ in self.parameters]

    def step(self):
        for i, p in enumerate(self.parameters):
            p.data -= self.lr * self.velocities[i]
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
