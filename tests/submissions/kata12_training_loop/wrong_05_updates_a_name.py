# WRONG: the update makes a new Value under a local name, the model keeps the old one.
# SHOWS: model = Line(1.0, 0.0); losses = train(model, [1.0, 2.0], [1.0, 4.0], epochs=2, lr=0.05); [round(l, 4) for l in losses]  # [4.0, 4.0], right: [4.0, 1.36]
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
            p = Value(p.data - lr * p.grad)
        losses.append(loss.data)
    return losses
