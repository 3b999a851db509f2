# WRONG: the losses come as a generator, and nothing is trained before it is read.
# SHOWS: model = Line(0.0, 0.0); losses = train(model, [1.0], [1.0], epochs=1, lr=0.25); model.w.data  # 0.0, right: 0.5
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


def _epochs(model, pairs, lr):
    """Yield the loss of one epoch after another, each before its update."""
    while True:
        loss = Value(0.0)
        for x, y in pairs:
            loss += (y + -1 * model(x)) ** 2
        before = loss.data
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= p.grad * lr
        yield before


def train(model, xs, ys, *, epochs, lr):
    return (loss for _, loss in zip(range(epochs), _epochs(model, list(zip(xs, ys)), lr)))
