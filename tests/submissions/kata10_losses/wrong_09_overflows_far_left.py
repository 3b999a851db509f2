# WRONG: the form for positive logits is used for all of them, and exponentiates 1000 at -1000.
# SHOWS: bce_with_logits([Value(-1000.0)], [0]).data  # 'OverflowError', right: 0.0
from reference.engine import Value


def mse(predictions, targets):
    n = len(predictions)
    if n == 0:
        raise ValueError("mse of nothing")
    total = Value(0.0)
    for i in range(n):
        error = targets[i] - predictions[i]
        total = total + error * error
    return total / n


def hinge(scores, labels):
    n = len(scores)
    if n == 0:
        raise ValueError("hinge of nothing")
    total = Value(0.0)
    for i in range(n):
        margin = labels[i] * scores[i]
        if margin.data < 1:
            total = total + 1 - margin
        else:
            total = total + 0 * margin
    return total / n


def bce_with_logits(logits, targets):
    n = len(logits)
    if n == 0:
        raise ValueError("bce of nothing")
    total = Value(0.0)
    for i in range(n):
        z, t = logits[i], targets[i]
        if True:
            rest = (1 + (-z).exp()).log()
            total = total + (1 - t) * z + rest
        else:
            rest = (1 + z.exp()).log()
            total = total - t * z + rest
    return total / n


def cross_entropy(logits, target):
    if len(logits) == 0:
        raise ValueError("cross entropy of nothing")
    top = logits[0]
    for z in logits:
        if z.data > top.data:
            top = z
    total = Value(0.0)
    for z in logits:
        total = total + (z - top).exp()
    return total.log() + (top - logits[target])
