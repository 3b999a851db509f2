"""Losses on Values, each stable for logits of any size.

A mean over nothing raises ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reference.engine import Value


def mse(predictions: Sequence[Value], targets: Sequence[float]) -> Value:
    """Return the mean of (p - t) ** 2, as torch.nn.functional.mse_loss."""
    check(predictions, targets)
    return mean((p - t) ** 2 for p, t in zip(predictions, targets, strict=True))


def hinge(scores: Sequence[Value], labels: Sequence[float]) -> Value:
    """Return the mean of max(0, 1 - y * s) over labels y of -1 and 1."""
    check(scores, labels)
    return mean((1 - y * s).relu() for s, y in zip(scores, labels, strict=True))


def bce_with_logits(logits: Sequence[Value], targets: Sequence[float]) -> Value:
    """Return the mean binary cross-entropy of sigmoid(z) against targets in [0, 1].

    -t log s(z) - (1 - t) log(1 - s(z)) = max(z, 0) - t z + log(1 + e ** -|z|)
    """
    check(logits, targets)
    return mean(softplus(z) - t * z for z, t in zip(logits, targets, strict=True))


def softplus(z: Value) -> Value:
    """Return log(1 + e ** z) = max(z, 0) + log(1 + e ** -|z|); its derivative is sigmoid(z)."""
    value = max(z.data, 0.0) + math.log1p(math.exp(-abs(z.data)))
    return Value(value, (z,), "softplus", (z.sigmoid().data,))


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """Return log(sum_j e ** z_j) - z_target of one example whose right class is `target`.

    The largest logit is taken out as a plain number, which changes nothing and keeps e ** z small.
    """
    if not 0 <= target < len(logits):
        raise ValueError(f"class {target} of {len(logits)} logits does not exist")
    largest = max(z.data for z in logits)
    total = sum(((z - largest).exp() for z in logits), Value(0.0))
    return total.log() + largest - logits[target]


def mean(terms: Iterable[Value]) -> Value:
    """Return the sum of the terms over their number."""
    terms = list(terms)
    return sum(terms, Value(0.0)) / len(terms)


def check(outputs: Sequence[Value], targets: Sequence[float]) -> None:
    """Raise ValueError unless there are as many targets as outputs, and at least one."""
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"{len(outputs)} outputs and {len(targets)} targets have no mean loss")
