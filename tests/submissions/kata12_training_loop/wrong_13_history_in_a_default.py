# WRONG: the losses are kept in a default argument, so a second call returns those of the first too.
# SHOWS: model = Line(1.0, 0.0); train(model, [1.0], [3.0], epochs=2, lr=0.1); len(train(model, [1.0], [3.0], epochs=2, lr=0.1))  # 4, right: 2
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


def train(model, xs, ys, *, epochs, lr, losses=[]):
    for epoch in range(epochs):
        model.zero_grad()
        loss = total_loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        for parameter in model.parameters():
            parameter.data = parameter.data - lr * parameter.grad
    return losses
