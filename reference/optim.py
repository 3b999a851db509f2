"""Optimisers: gradient descent with momentum, Adam, and the loop that uses one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from reference.engine import Value


class Optimizer:
    """Holds the parameters; a subclass says how a step moves them."""

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = list(parameters)  # a generator could be walked only once

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters:
            p.grad = 0.0


class SGD(Optimizer):
    """Gradient descent with momentum, as torch.optim.SGD.

    v = momentum * v + grad
    p = p - lr * v
    """

    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [0.0] * len(self.parameters)

    def step(self) -> None:
        """Move every parameter once."""
        for i, p in enumerate(self.parameters):
            # lr stays outside the velocity: changing it does not rescale what was gathered
            self.velocity[i] = self.momentum * self.velocity[i] + p.grad
            p.data -= self.lr * self.velocity[i]


class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba, 2015, algorithm 1), as torch.optim.Adam.

    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    p = p - lr * m_hat / (sqrt(v_hat) + eps)
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters)
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)
        self.t = 0

    def step(self) -> None:
        """Move every parameter once."""
        self.t += 1
        beta1, beta2 = self.betas
        for i, p in enumerate(self.parameters):
            self.m[i] = beta1 * self.m[i] + (1 - beta1) * p.grad
            # g * g and not g**2: where the square overflows, Python's power raises, and PyTorch
            # has inf
            self.v[i] = beta2 * self.v[i] + (1 - beta2) * p.grad * p.grad
            # m and v start at 0; after t steps their weights sum to 1 - beta**t, divided out here
            m_hat = self.m[i] / (1 - beta1**self.t)
            v_hat = self.v[i] / (1 - beta2**self.t)
            p.data -= self.lr * m_hat / (math.sqrt(v_hat) + self.eps)


class Model(Protocol):
    """Something with one output, and with parameters; an MLP whose last size is 1 is one."""

    def __call__(self, x: Any) -> Value: ...

    def parameters(self) -> Iterable[Value]: ...


def train(
    model: Model,
    xs: Sequence[Any],
    ys: Sequence[float],
    *,
    epochs: int,
    lr: float,
) -> list[float]:
    """Return the loss before each epoch of full-batch gradient descent.

    The loss is the sum over all examples of (y - model(x))**2.
    """
    optimizer = SGD(model.parameters(), lr)
    losses = []
    for _ in range(epochs):
        # a new graph every time: the numbers of the last one were those of the old parameters
        errors = (y - model(x) for x, y in zip(xs, ys, strict=True))
        loss = sum((error**2 for error in errors), Value(0.0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return losses
