# WRONG: targets are taken as classes, so a target between 0 and 1 counts as one of them.
# SHOWS: round(bce_with_logits([Value(2.0)], [0.25]).data, 4)  # 2.1269, right: 1.6269
from reference.engine import Value


def _check(xs):
    if not xs:
        raise ValueError("a loss of no examples")


def _log_sigmoid(z):
    if z.data >= 0:
        return -((-z).exp() + 1.0).log()
    return z - (z.exp() + 1.0).log()


def mse(predictions, targets):
    _check(predictions)
    weight = 1 / len(predictions)
    return sum(weight * (p - t) ** 2 for p, t in zip(predictions, targets))


def hinge(scores, labels):
    _check(scores)
    weight = 1 / len(scores)
    return sum(weight * (1 - s * y).relu() for s, y in zip(scores, labels))


def bce_with_logits(logits, targets):
    _check(logits)
    targets = [1 if t > 0.5 else 0 for t in targets]
    terms = [t * _log_sigmoid(z) + (1 - t) * _log_sigmoid(-z) for z, t in zip(logits, targets)]
    return -sum(terms) / len(terms)


def cross_entropy(logits, target):
    _check(logits)
    shift = max(logits, key=lambda z: z.data).data
    shifted = [z - shift for z in logits]
    exps = [z.exp() for z in shifted]
    return sum(exps).log() - shifted[target]
