"""kata10 · Losses · 20 minutes

mse             = mean of (p - t)^2
hinge           = mean of max(0, 1 - y s)                     y is -1 or 1
bce_with_logits = mean of -t log s(z) - (1 - t) log(1 - s(z))           s the sigmoid, t in [0, 1]
cross_entropy   = log(sum_j exp(z_j)) - z_target              one example, target is an index

Predictions, scores and logits are lists of Values, targets and labels lists of numbers, ints or
floats; each loss is one Value, and gradients reach every Value that went in, through each place it
stands in. A call changes no list, no `data` and no `grad`: `backward()` is for the caller. `Value`
has + - * / **, relu, tanh, exp, log and sigmoid.

>>> mse([Value(1.0), Value(4.0)], [2.0, 2.0]).data
2.5
>>> hinge([Value(0.5), Value(3.0)], [1, -1]).data
2.25
>>> round(bce_with_logits([Value(0.0)], [1.0]).data, 4)
0.6931
>>> round(cross_entropy([Value(0.0), Value(0.0)], 0).data, 4)
0.6931

The log of a sigmoid is log(0) where the sigmoid has rounded to 0, and exp(1000) overflows: rewrite
both losses so that no large number is exponentiated. They have to be exact, with their gradients,
for logits from -1000 to 1000, at 0, and where all of them are that low. A constant taken from every
logit changes nothing in a cross-entropy. At the kink of hinge, where y s is 1, the loss is 0
and the gradient may be either side's.

Follow-up: empty lists raise ValueError.
"""

from reference.engine import Value


def mse(predictions, targets):
    """Return the mean squared error."""
    raise NotImplementedError("kata10: write mse here")


def hinge(scores, labels):
    """Return the mean of max(0, 1 - y * s)."""
    raise NotImplementedError("kata10: write hinge here")


def bce_with_logits(logits, targets):
    """Return the mean binary cross-entropy of sigmoid(z) and t."""
    raise NotImplementedError("kata10: write bce_with_logits here")


def cross_entropy(logits, target):
    """Return the loss of one example whose right class is `target`."""
    raise NotImplementedError("kata10: write cross_entropy here")
