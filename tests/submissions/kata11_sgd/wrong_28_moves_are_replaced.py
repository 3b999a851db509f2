# WRONG: the new move is bound to the loop variable and never put back into the list, so the velocity stays 0.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1, momentum=0.9); p.grad = 2.0; o.step(); p.grad = 0.0; o.step(); round(p.data, 6)  # 0.8, right: 0.62
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
            move = self.momentum * last - self.lr * p.grad
            p.data += move
            pair = [p, move]

    def zero_grad(self):
        for p, _ in self.moves:
            p.grad = 0.0
