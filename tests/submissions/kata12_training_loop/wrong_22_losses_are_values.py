# WRONG: the list holds Values and not floats.
# SHOWS: type(train(Line(1.0, 0.0), [1.0], [2.0], epochs=1, lr=0.1)[0]).__name__  # 'Value', right: 'float'
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
        history.append(loss)
        descent.step(loss)
    return history
