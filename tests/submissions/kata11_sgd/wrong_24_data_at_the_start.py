# WRONG: the step goes out from where its last step ended, so a change from outside is lost.
# SHOWS: p = Value(1.0); o = SGD([p], lr=0.1); p.grad = 2.0; o.step(); p.data = 5.0; o.step(); round(p.data, 6)  # 0.6, right: 4.8
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
        data = p.data

        def step():
            nonlocal velocity, data
            velocity = momentum * velocity + p.grad
            data = data - lr * velocity
            p.data = data

        def clear():
            p.grad = 0.0

        return step, clear

    def step(self):
        for step in self._steps:
            step()

    def zero_grad(self):
        for clear in self._clears:
            clear()
