# WRONG: the powers are summed over a set of logits, so a Value that stands for two classes counts once.
# SHOWS: z = Value(1.0); loss = cross_entropy([z, z, Value(0.0)], 0); loss.backward(); (round(loss.data, 4), round(z.grad, 4))  # (0.3133, -0.2689), right: (0.862, -0.1554)
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
    terms = [t * _log_sigmoid(z) + (1 - t) * _log_sigmoid(-z) for z, t in zip(logits, targets)]
    return -sum(terms) / len(terms)


def cross_entropy(logits, target):
    _check(logits)
    shift = max(logits, key=lambda z: z.data).data
    shifted = [z - shift for z in logits]
    exps = [(z - shift).exp() for z in set(logits)]
    return sum(exps).log() - shifted[target]
