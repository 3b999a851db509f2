# WRONG: the velocities live in a default argument and outlast their optimizer.
# SHOWS: p = Value(1.0); p.grad = 2.0; SGD([p], lr=0.1, momentum=0.5).step(); SGD([p], lr=0.1, momentum=0.5).step(); round(p.data, 6)  # 0.5, right: 0.6
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0, _known={}):
        self.parameters = list(parameters)
        self.velocity = _known
        self.lr, self.momentum = lr, momentum

    def step(self):
        for p in self.parameters:
            v = self.velocity.get(p, 0.0) * self.momentum + p.grad
            self.velocity[p] = v
            p.data = p.data - self.lr * v

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0
