"""Keeps every gradient and sums the weighted history anew at each step."""


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.history = [(p, []) for p in parameters]
        self.lr, self.betas, self.eps = lr, betas, eps

    def step(self):
        for p, seen in self.history:
            seen.append(p.grad)
            mean = weighted_mean(seen, self.betas[0])
            square = weighted_mean([g * g for g in seen], self.betas[1])
            p.data -= self.lr * mean / (square**0.5 + self.eps)

    def zero_grad(self):
        for p, _ in self.history:
            p.grad = 0.0


def weighted_mean(xs, beta):
    weights = [beta**age for age in reversed(range(len(xs)))]
    return sum(w * x for w, x in zip(weights, xs)) / sum(weights)
