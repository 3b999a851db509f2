# WRONG: the last move is stored on the parameter itself, which has no room for it.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1); p.grad = 2.0; o.step(); p.data  # 'AttributeError', right: 0.8
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        # -lr * v is what is remembered: it is the last move of the parameter
        self.moves = [[p, 0.0] for p in parameters]
        self.lr = lr
        self.momentum = momentum

    def step(self):
        for pair in self.moves:
            p, _ = pair
            p.move = self.momentum * getattr(p, "move", 0.0) - self.lr * p.grad
            p.data += p.move

    def zero_grad(self):
        for p, _ in self.moves:
            p.grad = 0.0
