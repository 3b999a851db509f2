# WRONG: the parameters are walked by index, which a generator does not allow.
# SHOWS: p = Value(1.0); o = SGD((q for q in [p]), lr=0.1); p.grad = 2.0; o.step(); p.data  # 'TypeError', right: 0.8
from reference.engine import Value


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        # -lr * v is what is remembered: it is the last move of the parameter
        self.moves = [[parameters[i], 0.0] for i in range(len(parameters))]
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
