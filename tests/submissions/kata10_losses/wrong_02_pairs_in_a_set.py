# WRONG: the pairs go into a set, so one prediction that stands in two places with one target counts once.
# SHOWS: p = Value(1.0); loss = mse([p, p, Value(5.0)], [3, 3, 5]); loss.backward(); (round(loss.data, 4), round(p.grad, 4))  # (2.0, -2.0), right: (2.6667, -2.6667)
from reference.engine import Value


def _mean(terms):
    terms = list(terms)
    if not terms:
        raise ValueError("nothing to average")
    return sum(terms) / len(terms)


def mse(predictions, targets):
    return _mean((p - t) ** 2 for p, t in set(zip(predictions, targets)))


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
