"""One epoch, and then itself for the rest; the square is a product."""


def train(model, xs, ys, *, epochs, lr):
    if epochs == 0:
        return []
    errors = [y + -model(x) for x, y in zip(xs, ys)]
    loss = sum([error * error for error in errors])
    for p in model.parameters():
        p.grad = 0
    loss.backward()
    for p in model.parameters():
        p.data += -lr * p.grad
    return [loss.data, *train(model, xs, ys, epochs=epochs - 1, lr=lr)]
