# WRONG: the gradients of the logits are set to 0 before the loss is computed.
# SHOWS: z = Value(1.0); z.grad = 5.0; cross_entropy([z, Value(0.0)], 0); z.grad  # 0.0, right: 5.0
from reference.engine import Value


class _Mean:
    """Adds up terms, and gives their mean."""

    def __init__(self):
        self.total, self.count = 0, 0

    def add(self, term):
        self.total = self.total + term
        self.count += 1

    def result(self):
        if not self.count:
            raise ValueError("no terms")
        return self.total / self.count


def mse(predictions, targets):
    mean = _Mean()
    for p, t in zip(predictions, targets):
        gap = t - p
        mean.add(gap * gap)
    return mean.result()


def hinge(scores, labels):
    mean = _Mean()
    for s, y in zip(scores, labels):
        mean.add((1 - s).relu() if y > 0 else (1 + s).relu())
    return mean.result()


def bce_with_logits(logits, targets):
    mean = _Mean()
    for z, t in zip(logits, targets):
        # two classes: z against 0
        mean.add(t * cross_entropy([z, Value(0.0)], 0))
        mean.add((1 - t) * cross_entropy([z, Value(0.0)], 1))
    return mean.result() * 2


def cross_entropy(logits, target):
    if not logits:
        raise ValueError("no classes")
    *_, last = sorted(logits, key=lambda z: z.data)
    high = last.data
    for z in logits:
        z.grad = 0.0
    gaps = [z - high for z in logits]
    partition = 0
    for gap in gaps:
        partition = partition + gap.exp()
    return partition.log() - gaps[target]
