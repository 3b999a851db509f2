# WRONG: the parameters move after every example, not after all of them.
# SHOWS: model = Line(1.0, 0.0); losses = train(model, [1.0, 2.0], [1.0, 4.0], epochs=2, lr=0.05); [round(l, 4) for l in losses]  # [4.0, 1.7524], right: [4.0, 1.36]
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
            error = y - model(x)
            square = error * error
            square.backward()  # the leaves gather the gradients of all examples
            total += square.data
            descend()
            model.zero_grad()
        return total

    def descend():
        for p in model.parameters():
            p.data += -lr * p.grad

    losses = []
    while len(losses) < epochs:
        losses.append(one_epoch())
    return losses
