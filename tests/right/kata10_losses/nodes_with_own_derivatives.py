"""Each loss is one node whose local derivatives are written down: no graph inside."""

import math

from reference.engine import Value


def node(loss, values, slopes):
    return Value(loss, values, "loss", tuple(slopes))


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def mse(predictions, targets):
    n = len(predictions)
    if n == 0:
        raise ValueError("nothing to average")
    errors = [p.data - t for p, t in zip(predictions, targets)]
    return node(math.fsum(e * e for e in errors) / n, predictions, (2 * e / n for e in errors))


def hinge(scores, labels):
    n = len(scores)
    if n == 0:
        raise ValueError("nothing to average")
    rest = [1 - y * s.data for s, y in zip(scores, labels)]
    slopes = [-y / n if r > 0 else 0.0 for r, y in zip(rest, labels)]
    return node(sum(max(0.0, r) for r in rest) / n, scores, slopes)


def bce_with_logits(logits, targets):
    n = len(logits)
    if n == 0:
        raise ValueError("nothing to average")
    pairs = [(z.data, t) for z, t in zip(logits, targets)]
    loss = sum(max(z, 0.0) - z * t + math.log1p(math.exp(-abs(z))) for z, t in pairs) / n
    return node(loss, logits, [(sigmoid(z) - t) / n for z, t in pairs])


def cross_entropy(logits, target):
    if not logits:
        raise ValueError("no logits")
    m = max(z.data for z in logits)
    powers = [math.exp(z.data - m) for z in logits]
    total = math.fsum(powers)
    slopes = [p / total - (k == target) for k, p in enumerate(powers)]
    return node(math.log(total) + m - logits[target].data, list(logits), slopes)
