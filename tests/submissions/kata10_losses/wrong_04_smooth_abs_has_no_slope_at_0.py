# WRONG: softplus is put together from relu(z) and |z|, whose slopes at 0 are both 0, so a logit of 0 gets a wrong gradient.
# SHOWS: z = Value(0.0); bce_with_logits([z], [1]).backward(); z.grad  # -1.0, right: -0.5
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
    absolute = z.relu() + (-z).relu()
    return z.relu() + ((-absolute).exp() + 1).log()


def bce_with_logits(logits, targets):
    return _mean(_softplus(z) - t * z for z, t in zip(logits, targets))


def cross_entropy(logits, target):
    if not logits:
        raise ValueError("no logits")
    m = max(z.data for z in logits)
    return sum((z - m).exp() for z in logits).log() + m - logits[target]
