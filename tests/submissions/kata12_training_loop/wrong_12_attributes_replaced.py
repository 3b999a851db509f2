# WRONG: the model is given new Values for its attributes instead of new data for its parameters.
# SHOWS: model = Line(1.0, 0.0); w = model.w; train(model, [1.0], [3.0], epochs=1, lr=0.25); (w.data, model.w is w)  # (1.0, False), right: (2.0, True)
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
        for name, parameter in list(vars(model).items()):
            if isinstance(parameter, Value):
                setattr(model, name, Value(parameter.data - lr * parameter.grad))
    return losses
