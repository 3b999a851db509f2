"""Optimisers: plain gradient descent with momentum, and Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable

from reference.engine import Value


class Optimizer:
    """Holds the parameters; a subclass says how a step changes them."""

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = list(parameters)  # a generator could be walked only once

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters:
            p.grad = 0.0


class SGD(Optimizer):
    """v = momentum * v + grad;  p = p - lr * v  (torch.optim.SGD)."""

    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [0.0] * len(self.parameters)

    def step(self) -> None:
        """Move every parameter once."""
        for i, p in enumerate(self.parameters):
            self.velocity[i] = self.momentum * self.velocity[i] + p.grad
            p.data -= self.lr * self.velocity[i]


class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba, 2015; torch.optim.Adam).

    m and v are running means of the gradient and of its square. Both start at 0 and are too small
    at first by the factor 1 - beta ** t, which is divided out.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)
        self.t = 0

    def step(self) -> None:
        """Move every parameter once."""
        self.t += 1
        beta1, beta2 = self.betas
        for i, p in enumerate(self.parameters):
            self.m[i] = beta1 * self.m[i] + (1 - beta1) * p.grad
            self.v[i] = beta2 * self.v[i] + (1 - beta2) * p.grad**2
            m_hat = self.m[i] / (1 - beta1**self.t)
            v_hat = self.v[i] / (1 - beta2**self.t)
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)
