"""Never clears a gradient: takes off what stood there before `backward()`."""


def train(model, xs, ys, *, epochs, lr):
    losses = []
    for _ in range(epochs):
        before = [p.grad for p in model.parameters()]
        loss = sum((y - model(x)) ** 2 for x, y in zip(xs, ys))
        loss.backward()
        for p, old in zip(model.parameters(), before):
            p.data -= lr * (p.grad - old)
        losses.append(loss.data)
    return losses
