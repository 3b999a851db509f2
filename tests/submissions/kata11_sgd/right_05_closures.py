# RIGHT: closures over one parameter and its velocity, no attribute holds either.
from reference.engine import Value


class SGD:
    """Closures over one parameter and its velocity."""

    def __init__(self, parameters, lr, momentum=0.0):
        self._steps = []
        self._clears = []
        for p in parameters:
            step, clear = self._closures(p, lr, momentum)
            self._steps.append(step)
            self._clears.append(clear)

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
