"""A small optimizer class of its own, and the model called on all examples first."""

from dataclasses import dataclass


@dataclass
class Descent:
    parameters: list
    rate: float

    def zero(self):
        for p in self.parameters:
            p.grad *= 0.0

    def step(self):
        for p in self.parameters:
            p.data -= self.rate * p.grad


def train(model, xs, ys, *, epochs, lr):
    optimizer = Descent([*model.parameters()], lr)
    curve = []
    for epoch in range(1, epochs + 1):
        predictions = list(map(model, xs))
        loss = sum([(y - p) ** 2 for y, p in zip(ys, predictions)], start=0.0)
        optimizer.zero()
        loss.backward()
        curve += [loss.data]
        optimizer.step()
        assert len(curve) == epoch
    return curve
