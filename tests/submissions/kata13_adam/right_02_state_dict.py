# RIGHT: a dict from parameter to state, which is the list of the parameters too.
import math

from reference.engine import Value


class Adam:
    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        # the state of each parameter: [m, v], with the parameter as key
        self.state = {p: [0.0, 0.0] for p in parameters}
        self.settings = (lr, *betas, eps)
        self.steps = 0

    def step(self):
        lr, b1, b2, eps = self.settings
        self.steps += 1
        correct1 = 1 - b1**self.steps
        correct2 = 1 - b2**self.steps
        for p, mv in self.state.items():
            mv[0] = b1 * mv[0] + (1 - b1) * p.grad
            mv[1] = b2 * mv[1] + (1 - b2) * p.grad * p.grad
            root = math.sqrt(mv[1] / correct2)
            p.data = p.data - lr * (mv[0] / correct1) / (root + eps)

    def zero_grad(self):
        for p in self.state:
            p.grad = 0.0
