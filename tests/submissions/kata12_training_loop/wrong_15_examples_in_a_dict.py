# WRONG: the examples go into a dict by their input, so of two with equal inputs one is lost.
# SHOWS: train(Line(0.0, 0.0), [1.0, 1.0], [2.0, 3.0], epochs=1, lr=0.1)  # [9.0], right: [13.0]
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
        for x, y in dict(zip(xs, ys)).items():
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
