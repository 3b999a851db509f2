# WRONG: a copy of the model is trained, and whoever holds the model sees nothing of it.
# SHOWS: model = Line(0.0, 0.0); train(model, [1.0], [1.0], epochs=1, lr=0.25); model.w.data  # 0.0, right: 0.5
import copy

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
    model = copy.deepcopy(model)
    descent = Descent(model, lr)
    history = []
    for _ in range(epochs):
        squares = [(model(x) - y) ** 2 for x, y in zip(xs, ys)]
        loss = sum(squares, Value(0.0))
        history.append(float(loss.data))
        descent.step(loss)
    return history
