# WRONG: the functions that clear a gradient look up the loop variable when they are called, and all clear the last parameter.
# SHOWS: a = Value(1.0); b = Value(1.0); o = SGD([a, b], lr=0.1); a.grad = b.grad = 2.0; o.zero_grad(); (a.grad, b.grad)  # (2.0, 0.0), right: (0.0, 0.0)
from reference.engine import Value


class SGD:
    """Closures over one parameter and its velocity."""

    def __init__(self, parameters, lr, momentum=0.0):
        self._steps = []
        self._clears = []
        for p in parameters:
            step, _ = self._closures(p, lr, momentum)
            self._steps.append(step)
            self._clears.append(lambda: setattr(p, "grad", 0.0))

    @staticmethod
    def _closures(p, lr, momentum):
        velocity = 0.0

        def step():
            nonlocal velocity
            velocity = momentum * velocity + p.grad
            p.data = p.data - lr * velocity

        def clear():
            p.grad = 0.0

        return step, clear

    def step(self):
        for step in self._steps:
            step()

    def zero_grad(self):
        for clear in self._clears:
            clear()
