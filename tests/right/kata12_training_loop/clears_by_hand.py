"""Sets every gradient by hand, lists the parameters once, sums from a Value with the sign turned."""

from reference.engine import Value


def train(model, xs, ys, *, epochs, lr):
    parameters = list(model.parameters())
    history = []
    while len(history) < epochs:
        total = Value(0.0)
        for i in range(len(xs)):
            error = model(xs[i]) - ys[i]
            total = total + error * error
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data = p.data - p.grad * lr
        history.append(float(total.data))
    return history
