# WRONG: examples whose target is 0 are skipped as if there were none.
# SHOWS: train(Line(1.0, 0.0), [2.0], [0], epochs=1, lr=0.1)  # [0.0], right: [4.0]
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
            if y:
                loss = loss + (y - model(x)) ** 2
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses
