# WRONG: the learning rate enters the velocity and the step, and so counts twice.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1, momentum=0.9); p.grad = 2.0; o.step(); round(p.data, 6)  # 0.98, right: 0.8
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
            velocity = momentum * velocity + lr * p.grad
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
