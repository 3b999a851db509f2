# WRONG: the terms are collected in a default argument, so a second call averages those of the first too.
# SHOWS: mse([Value(1.0)], [3.0]); mse([Value(2.0)], [2.0]).data  # 2.0, right: 0.0
from reference.engine import Value


def mse(predictions, targets, _terms=[]):
    n = len(predictions)
    if n == 0:
        raise ValueError("mse of nothing")
    total = Value(0.0)
    for i in range(n):
        error = targets[i] - predictions[i]
        _terms.append(error * error)
    for term in _terms:
        total = total + term
    return total / len(_terms)


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
        if z.data >= 0:
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
