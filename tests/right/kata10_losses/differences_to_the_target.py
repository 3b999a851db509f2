"""Cross-entropy from the differences to the target's logit; bce as the cross-entropy of two logits."""

from reference.engine import Value


def average(terms):
    terms = tuple(terms)
    return sum(terms, Value(0)) * len(terms) ** -1 if terms else 1 / 0


def checked(f):
    def loss(values, other):
        if not len(values):
            raise ValueError(f.__name__ + " of nothing")
        return f(values, other)

    return loss


@checked
def mse(predictions, targets):
    return average((t - p) ** 2 for p, t in zip(predictions, targets))


@checked
def hinge(scores, labels):
    costs = []
    for i in range(len(scores)):
        margin = labels[i] * scores[i]
        costs.append(1 - margin if margin.data < 1 else margin * 0)
    return average(costs)


@checked
def bce_with_logits(logits, targets):
    return average(
        t * cross_entropy([z, Value(0.0)], 0) + (1 - t) * cross_entropy([z, Value(0.0)], 1)
        for z, t in zip(logits, targets)
    )


@checked
def cross_entropy(logits, target):
    gaps = [z - logits[target] for z in logits]
    shift = max(gap.data for gap in gaps)
    return sum((gap - shift).exp() for gap in gaps).log() + shift
