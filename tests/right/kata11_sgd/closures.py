"""No state but what two closures hold; methods are attributes of the instance."""

from itertools import repeat


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        ps = [*parameters]
        velocities = list(repeat(0, len(ps)))

        def step():
            velocities[:] = [momentum * v + p.grad for v, p in zip(velocities, ps)]
            for p, v in zip(ps, velocities):
                p.data += -lr * v

        def zero_grad():
            for p in ps:
                p.grad = 0.0

        self.step, self.zero_grad = step, zero_grad
