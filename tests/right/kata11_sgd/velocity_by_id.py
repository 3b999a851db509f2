"""Velocities in a dictionary by identity, filled when a parameter is first met."""


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.params = tuple(parameters)
        self.lr, self.mu = lr, momentum
        self.v = {}

    def step(self):
        for p in self.params:
            v = p.grad if id(p) not in self.v else self.mu * self.v[id(p)] + p.grad
            self.v[id(p)] = v
            p.data = p.data - self.lr * v

    def zero_grad(self):
        for p in self.params:
            p.grad = 0
