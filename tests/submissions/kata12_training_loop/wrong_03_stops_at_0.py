# WRONG: training ends as soon as the loss is 0, with fewer losses than epochs.
# SHOWS: train(Line(2.0, 0.0), [1.0], [2.0], epochs=3, lr=0.1)  # [0.0], right: [0.0, 0.0, 0.0]
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
    losses = []
    for _ in range(epochs):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (y - model(x)) ** 2
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
        if loss.data == 0:
            break
    return losses
