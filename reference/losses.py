"""Losses on Values, each finite and right for scores of any size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reference.engine import Value


def mse(predictions: Sequence[Value], targets: Sequence[float]) -> Value:
    """Return the mean of (p - t)**2, as torch.nn.functional.mse_loss.

    Nothing to average, or another number of targets, raises ValueError.
    """
    require_pairs(predictions, targets)
    return mean((p - t) ** 2 for p, t in zip(predictions, targets, strict=True))


def hinge(scores: Sequence[Value], labels: Sequence[float]) -> Value:
    """Return the mean of max(0, 1 - y * s) over labels y of -1 and 1.

    Nothing to average, or another number of labels, raises ValueError.
    """
    require_pairs(scores, labels)
    return mean((1 - y * s).relu() for s, y in zip(scores, labels, strict=True))


def bce_with_logits(logits: Sequence[Value], targets: Sequence[float]) -> Value:
    """Return the mean of -t log s(z) - (1 - t) log(1 - s(z)), where s is the sigmoid.

    Targets lie in [0, 1]. As torch.nn.functional.binary_cross_entropy_with_logits. Nothing to
    average, or another number of targets, raises ValueError.
    """
    require_pairs(logits, targets)
    # -log s(z) = softplus(-z) and -log(1 - s(z)) = softplus(z): no log of a number near 0 is left
    return mean(
        t * softplus(-z) + (1 - t) * softplus(z) for z, t in zip(logits, targets, strict=True)
    )


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """Return log(sum_j e**z_j) - z_target, the loss of one example whose right class is `target`.

    As torch.nn.functional.cross_entropy. A class that does not exist raises ValueError.
    """
    if not 0 <= target < len(logits):
        raise ValueError(f"class {target} does not exist: there are {len(logits)} logits")
    # taking a constant from every logit changes nothing, and with the largest no e**z overflows
    largest = max(z.data for z in logits)
    shifted = [z - largest for z in logits]
    total = sum((z.exp() for z in shifted), Value(0.0))
    return total.log() - shifted[target]


def softplus(z: Value) -> Value:
    """Return log(1 + e**z), whose derivative is the sigmoid."""
    # = max(z, 0) + log(1 + e**-|z|), and here the power is at most 1
    y = max(z.data, 0.0) + math.log1p(math.exp(-abs(z.data)))
    return Value(y, (z,), "softplus", (z.sigmoid().data,))


def mean(terms: Iterable[Value]) -> Value:
    """Return the sum of the terms over their number."""
    terms = list(terms)
    return sum(terms, Value(0.0)) / len(terms)


def require_pairs(outputs: Sequence[Value], targets: Sequence[float]) -> None:
    """Raise ValueError unless there is an output, and a target for each."""
    if not outputs:
        raise ValueError("a mean loss needs at least one example, and got none")
    if len(outputs) != len(targets):
        raise ValueError(f"{len(outputs)} outputs need as many targets, not {len(targets)}")
