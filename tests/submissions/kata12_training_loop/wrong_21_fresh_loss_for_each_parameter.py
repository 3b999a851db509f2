# WRONG: each parameter takes the gradient of a loss in which those before it have already moved.
# SHOWS: model = Line(1.0, 0.0); losses = train(model, [1.0, 2.0], [1.0, 4.0], epochs=2, lr=0.05); (round(model.w.data, 4), round(model.b.data, 4))  # (1.576, 0.0912), right: (1.54, 0.24)
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


class Descent:
    def __init__(self, model, lr):
        self.model = model
        self.lr = lr

    def gradients(self, loss):
        self.model.zero_grad()
        loss.backward()
        return [p.grad for p in self.model.parameters()]

    def step(self, loss):
        gradients = self.gradients(loss)
        for p, g in zip(self.model.parameters(), gradients):
            p.data = p.data - self.lr * g


def train(model, xs, ys, *, epochs, lr):
    descent = Descent(model, lr)
    history = []
    for _ in range(epochs):
        squares = [(model(x) - y) ** 2 for x, y in zip(xs, ys)]
        loss = sum(squares, Value(0.0))
        history.append(float(loss.data))
        for k, p in enumerate(model.parameters()):
            loss = sum([(model(x) - y) ** 2 for x, y in zip(xs, ys)], Value(0.0))
            p.data -= lr * descent.gradients(loss)[k]
    return history
