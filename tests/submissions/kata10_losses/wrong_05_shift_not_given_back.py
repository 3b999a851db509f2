# WRONG: the largest logit is taken out of the sum and not given back.
# SHOWS: round(cross_entropy([Value(1.0), Value(3.0)], 1).data, 4)  # -2.8731, right: 0.1269
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
    m = max(z.data for z in logits)
    return sum((z - m).exp() for z in logits).log() - logits[target]
