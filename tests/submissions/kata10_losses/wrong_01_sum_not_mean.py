# WRONG: mse adds up the squares and does not divide by their number.
# SHOWS: mse([Value(1.0), Value(4.0)], [2.0, 2.0]).data  # 5.0, right: 2.5
from reference.engine import Value


def _mean(terms):
    terms = list(terms)
    if not terms:
        raise ValueError("nothing to average")
    return sum(terms) / len(terms)


def mse(predictions, targets):
    if not predictions:
        raise ValueError("nothing to average")
    return sum((p - t) ** 2 for p, t in zip(predictions, targets))


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
    m = max(z.data for z in logits)
    return sum((z - m).exp() for z in logits).log() + m - logits[target]
