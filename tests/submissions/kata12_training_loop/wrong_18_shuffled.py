# WRONG: the examples are shuffled in the lists that were handed in.
# SHOWS: xs = list(range(8)); random.seed(1); train(Line(0.0, 0.0), xs, [0] * 8, epochs=1, lr=0.0); xs  # [2, 4, 0, 7, 5, 1, 6, 3], right: [0, 1, 2, 3, 4, 5, 6, 7]
import random

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
        order = random.sample(range(len(xs)), len(xs))
        xs[:] = [xs[i] for i in order]
        ys[:] = [ys[i] for i in order]
        total = 0.0
        for x, y in zip(xs, ys):
            error = y - model(x)
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
