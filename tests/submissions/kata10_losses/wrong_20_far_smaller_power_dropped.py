# WRONG: the smaller power is dropped where it is e**5 times smaller, though it can still be seen.
# SHOWS: round(bce_with_logits([Value(6.0)], [1]).data, 6)  # 0.0, right: 0.002476
from reference.engine import Value


def _log_add_exp(a, b):
    """log(e**a + e**b), the larger one taken out."""
    if a.data < b.data:
        a, b = b, a
    if a.data - b.data > 5:
        return a
    return a + (1 + (b - a).exp()).log()


def _average(losses):
    if len(losses) < 1:
        raise ValueError("at least one example is needed")
    first, *others = losses
    for other in others:
        first = first + other
    return first / len(losses)


def mse(predictions, targets):
    return _average([(p - t) * (p - t) for p, t in zip(predictions, targets)])


def hinge(scores, labels):
    return _average([1 - y * s if y * s.data < 1 else s * 0.0 for s, y in zip(scores, labels)])


def bce_with_logits(logits, targets):
    # two classes with the logits z and 0
    zero = Value(0.0)
    return _average([_log_add_exp(z, zero) - z * t for z, t in zip(logits, targets)])


def cross_entropy(logits, target):
    if len(logits) < 1:
        raise ValueError("at least one class is needed")
    total = logits[0]
    for z in logits[1:]:
        total = _log_add_exp(total, z)
    return total - logits[target]
