"""kata13 · Adam · 15 minutes

m = beta1 * m + (1 - beta1) * grad              v = beta2 * v + (1 - beta2) * grad ** 2
m_hat = m / (1 - beta1 ** t)                    v_hat = v / (1 - beta2 ** t)
p = p - lr * m_hat / (sqrt(v_hat) + eps)

t counts the steps from 1; m and v are 0 before the first, and each parameter has its own.

`Adam(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8)` does what torch.optim.Adam does. `step()`
moves every parameter once, from the `data` and by the `grad` that it has at that time, which may be
0; `zero_grad()` sets every gradient to 0. Making an optimizer changes nothing.

>>> p = Value(1.0)
>>> optimizer = Adam([p], lr=0.1)
>>> p.grad = 5.0
>>> optimizer.step()
>>> round(p.data, 6)
0.9

The first step is about lr long whatever the size of the gradient, as long as that is far above eps:
that is what the corrected averages are for. eps stands outside the root. As in kata11, parameters
are anything with `data` and `grad` that can be a key of a dict, none comes twice, and they may come
as a list, a tuple or a generator. They are changed in place, and `step()` only reads their `grad`.
A Value takes no new attributes, so the optimizer remembers m and v itself. Two optimizers know
nothing of each other: a second one starts from 0, even over the same parameters.

Follow-up: gradients as small as 1e-12 and as large as 1e150.
"""

import math

from reference.engine import Value


class Adam:
    """Adaptive moment estimation (Kingma and Ba, 2015)."""

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        # >>> remember what a step needs
        self.parameters = list(parameters)
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)
        self.t = 0
        # <<<

    def step(self):
        """Move every parameter once."""
        # >>> write step here
        beta1, beta2 = self.betas
        self.t += 1
        for i, p in enumerate(self.parameters):
            self.m[i] = beta1 * self.m[i] + (1 - beta1) * p.grad
            self.v[i] = beta2 * self.v[i] + (1 - beta2) * p.grad**2
            m_hat = self.m[i] / (1 - beta1**self.t)
            v_hat = self.v[i] / (1 - beta2**self.t)
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)
        # <<<

    def zero_grad(self):
        """Set the gradient of every parameter to 0."""
        # >>> write zero_grad here
        for p in self.parameters:
            p.grad = 0.0
        # <<<
