# FOLLOW-UP: the gradients are cleared after every update, so those left over from before the call count in the first.
# SHOWS: model = Line(1.0, 0.0); model.b.grad = 10.0; train(model, [1.0], [1.0], epochs=1, lr=0.5); model.b.data  # -5.0, right: 0.0
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


def total_loss(model, xs, ys):
    return sum(((model(xs[i]) - ys[i]) ** 2 for i in range(len(xs))), Value(0.0))


def train(model, xs, ys, *, epochs, lr):
    losses = [0.0] * epochs
    for epoch in range(epochs):
        loss = total_loss(model, xs, ys)
        losses[epoch] = loss.data
        loss.backward()
        for parameter in model.parameters():
            parameter.data = parameter.data - lr * parameter.grad
        model.zero_grad()
    return losses
