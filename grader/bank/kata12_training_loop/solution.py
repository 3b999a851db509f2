"""kata12 · The training loop · 12 minutes

loss = sum over all examples of (y - model(x))^2        p = p - lr * d loss / d p

`train(model, xs, ys, *, epochs, lr)` does `epochs` steps of full-batch gradient descent, whether
the loss falls, rises, stays or is 0, and returns the loss of each epoch as a list of floats, each
taken before that epoch's update.

>>> model = Line(1.0, 0.0)
>>> losses = train(model, [1.0, 2.0], [1.0, 4.0], epochs=2, lr=0.05)
>>> [round(loss, 4) for loss in losses]
[4.0, 1.36]
>>> round(model.w.data, 4), round(model.b.data, 4)
(1.54, 0.24)

`model(x)` gives a Value, `model.parameters()` a list of its parameters, and `model.zero_grad()`
sets their gradients to 0. `xs` and `ys` are lists of one length; they stay as they are, and `train`
hands each x on as the object that it is. Gradients add up until they are cleared. Parameters, and
nothing else, are changed in place, by their `data`: whoever holds the model sees it learn, and a
second call goes on from there.

Follow-ups: gradients left over from before do not count; 0 epochs give []; memory does not grow
with the epochs.
"""

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
    """Return the loss of each epoch, before its update."""
    # >>> write train here
    losses = []
    for _ in range(epochs):
        loss = sum((y - model(x)) ** 2 for x, y in zip(xs, ys))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses
    # <<<
