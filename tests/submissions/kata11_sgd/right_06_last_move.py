# RIGHT: what is remembered is the last move, -lr times the velocity.
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        # -lr * v is what is remembered: it is the last move of the parameter
        self.moves = [[p, 0.0] for p in parameters]
        self.lr = lr
        self.momentum = momentum

    def step(self):
        for pair in self.moves:
            p, last = pair
            pair[1] = self.momentum * last - self.lr * p.grad
            p.data += pair[1]

    def zero_grad(self):
        for p, _ in self.moves:
            p.grad = 0.0
