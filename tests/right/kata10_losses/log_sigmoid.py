"""The log of the sigmoid by its sign, and log-sum-exp added up pair by pair."""

import math
from functools import reduce

from reference.engine import Value


def log_sigmoid(z):
    y = -math.log1p(math.exp(-z.data)) if z.data > -700 else z.data
    return Value(y, [z], "log sigmoid", [(-z).sigmoid().data])


def log_add(a, b):
    return b - log_sigmoid(b - a)


def mse(predictions, targets):
    n = len(list(predictions))
    if n < 1:
        raise ValueError(n)
    out = Value(0.0)
    for i, p in enumerate(predictions):
        out += (p - targets[i]) ** 2 / n
    return out


def hinge(scores, labels):
    if len(scores) < 1:
        raise ValueError("scores")
    return sum([(1 - s * y).relu() for (s, y) in zip(scores, labels)]) / len(labels)


def bce_with_logits(logits, targets):
    if list(logits) == []:
        raise ValueError("logits")
    both = [-t * log_sigmoid(z) - (1 - t) * log_sigmoid(-z) for z, t in zip(logits, targets)]
    return sum(both) / float(len(both))


def cross_entropy(logits, target):
    if not logits:
        raise ValueError("logits")
    return reduce(log_add, logits) - logits[target]
