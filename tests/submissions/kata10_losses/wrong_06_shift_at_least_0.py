# WRONG: the shift is never below 0, so where all logits are far below it every power is 0.
# SHOWS: round(cross_entropy([Value(-1000.0), Value(-1000.0)], 0).data, 4)  # 'ValueError', right: 0.6931
from reference.engine import Value


def _mean(terms):
    terms = list(terms)
    if not terms:
        raise ValueError("nothing to average")
    return sum(terms) / len(terms)


def mse(predictions, targets):
    return _mean((p - t) ** 2 for p, t in zip(predictions, targets))


def hinge(scores, labels):
    return _mean((1 - y * s).relu() for s, y in zip(scores, labels))


def _softplus(z):
    # log(1 + e**z), written so that the exponent is never positive
    if z.data > 0:
        return z + ((-z).exp() + 1).log()
    return (z.exp() + 1).log()


def bce_with_logits(logits, targets):
    return _mean(_softplus(z) - t * z for z, t in zip(logits, targets))


def cross_entropy(logits, target):
    if not logits:
        raise ValueError("no logits")
    m = max(0.0, *(z.data for z in logits))
    return sum((z - m).exp() for z in logits).log() + m - logits[target]
