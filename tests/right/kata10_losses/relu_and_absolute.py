"""Softplus as relu(z) + log(1 + exp(-|z|)), |z| from two relus; running sums; the largest as a Value."""

from reference.engine import Value


def _mean(terms):
    total, count = 0.0, 0
    for term in terms:
        total, count = term + total, count + 1
    if not count:
        raise ValueError("mean of no terms")
    return total * (1.0 / count)


def mse(predictions, targets):
    return _mean((p - t) * (p - t) for p, t in zip(predictions, targets))


def hinge(scores, labels):
    return _mean((s * -y + 1.0).relu() for s, y in zip(scores, labels))


def bce_with_logits(logits, targets):
    def one(z, t):
        size = z if z.data > 0 else -z  # at 0 its slope goes with relu's, which is 0
        return z.relu() - z * t + (1 + (-size).exp()).log()

    return _mean(map(one, logits, targets))


def cross_entropy(logits, target):
    if len(logits) == 0:
        raise ValueError("no logits")
    top = max(logits, key=lambda z: z.data)
    return top + sum(((z - top).exp() for z in logits), Value(0.0)).log() - logits[target]
