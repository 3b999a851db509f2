"""kata11 · SGD with momentum · 10 minutes

v = momentum * v + grad        (v is 0 before the first step, and each parameter has its own)
p = p - lr * v

`SGD(parameters, lr, momentum=0.0)` does what torch.optim.SGD does. `step()` moves every parameter
once, from the `data` and by the `grad` that it has at that time; `zero_grad()` sets every gradient
to 0. Making an optimizer changes nothing. A parameter is anything with `data` and `grad`, ints or
floats, that can be a key of a dict, as a Value can; none comes twice.

>>> p = Value(1.0)
>>> optimizer = SGD([p], lr=0.1, momentum=0.9)
>>> p.grad = 2.0
>>> optimizer.step()
>>> optimizer.step()
>>> round(p.data, 4)
0.42

The parameters may come as a list, a tuple or a generator, and are the very objects that the model
holds: they are changed in place, and their `grad` is only read by `step()`. A Value takes no new
attributes, so the optimizer remembers the velocities itself. Two optimizers know nothing of each
other: a second one starts with velocities of 0, even over the same parameters.

Follow-up: a parameter whose gradient is 0 moves on by its momentum.
"""

from reference.engine import Value


class SGD:
    """Gradient descent with momentum."""

    def __init__(self, parameters, lr, momentum=0.0):
        # >>> remember what a step needs
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [0.0] * len(self.parameters)
        # <<<

    def step(self):
        """Move every parameter once."""
        # >>> write step here
        for i, p in enumerate(self.parameters):
            self.velocity[i] = self.momentum * self.velocity[i] + p.grad
            p.data -= self.lr * self.velocity[i]
        # <<<

    def zero_grad(self):
        """Set the gradient of every parameter to 0."""
        # >>> write zero_grad here
        for p in self.parameters:
            p.grad = 0.0
        # <<<
