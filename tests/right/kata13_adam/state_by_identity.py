"""State in a dictionary by identity, each parameter with a count of its own, as PyTorch keeps it."""

from math import sqrt


class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08):
        self.defaults = dict(lr=lr, betas=betas, eps=eps)
        self.params = list(parameters)
        self.state = {}

    def step(self):
        b1, b2 = self.defaults["betas"]
        for p in self.params:
            s = self.state.setdefault(id(p), {"step": 0, "exp_avg": 0.0, "exp_avg_sq": 0.0})
            s["step"] += 1
            s["exp_avg"] = b1 * s["exp_avg"] + (1 - b1) * p.grad
            s["exp_avg_sq"] = b2 * s["exp_avg_sq"] + (1 - b2) * p.grad * p.grad
            denom = sqrt(s["exp_avg_sq"]) / sqrt(1 - b2 ** s["step"]) + self.defaults["eps"]
            p.data -= self.defaults["lr"] / (1 - b1 ** s["step"]) * s["exp_avg"] / denom

    def zero_grad(self):
        for p in self.params:
            p.grad = 0.0
