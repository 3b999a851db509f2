"""Keeps the last displacement instead of the velocity: d = momentum * d - lr * grad."""

import operator


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.pairs = [[p, 0.0] for p in parameters]
        self.lr = lr
        self.momentum = momentum

    def step(self):
        for pair in self.pairs:
            p, moved = pair
            pair[1] = self.momentum * moved - self.lr * p.grad
            p.data = operator.add(p.data, pair[1])

    def zero_grad(self):
        for p, _ in self.pairs:
            p.grad = 0.0
