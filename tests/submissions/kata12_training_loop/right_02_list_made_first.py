# RIGHT: the list of losses is made first and filled in; gradients are cleared before the forward pass.
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
        model.zero_grad()
        loss = total_loss(model, xs, ys)
        losses[epoch] = loss.data
        loss.backward()
        for parameter in model.parameters():
            parameter.data = parameter.data - lr * parameter.grad
    return losses
