# WRONG: the epochs after the first take a fixed learning rate of 0.1 whatever was asked for.
# SHOWS: model = Line(1.0, 0.0); losses = train(model, [1.0, 2.0], [1.0, 4.0], epochs=2, lr=0.05); round(model.w.data, 4)  # 1.68, right: 1.54
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
    if epochs == 0:
        return []
    model.zero_grad()
    loss = Value(0.0)
    for index, x in enumerate(xs):
        residual = ys[index] - model(x)
        loss = residual * residual + loss
    loss.backward()
    before = loss.data
    del loss
    for p in model.parameters():
        p.data -= lr * p.grad
    rest = []
    for _ in range(epochs - 1):
        rest += train(model, xs, ys, epochs=1, lr=0.1)
    return [before] + rest
