# WRONG: every input is wrapped in a Value on its way to the model.
# SHOWS: M = type('M', (Line,), {'__call__': lambda s, x: s.w * x[0] + s.b}); train(M(1.0, 0.0), [[1.0]], [2.0], epochs=1, lr=0.1)  # 'TypeError', right: [1.0]
from reference.engine import Value


class Line:
    """A model to try `train` on: w * x + b."""

    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)

    def __call__(self, x):
        return self.w * x + self.b

    def parameters(self):
        return [self.w, self.b]

    def zero_grad(self):
        self.w.grad = self.b.grad = 0.0


def train(model, xs, ys, *, epochs, lr):
    def one_epoch():
        model.zero_grad()
        total = 0.0
        for x, y in zip(xs, ys):
            error = y - model(Value(x))
            square = error * error
            square.backward()  # the leaves gather the gradients of all examples
            total += square.data
        return total

    def descend():
        for p in model.parameters():
            p.data += -lr * p.grad

    losses = []
    while len(losses) < epochs:
        losses.append(one_epoch())
        descend()
    return losses
