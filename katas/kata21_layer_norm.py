"""kata21 · LayerNorm and RMSNorm · 20 minutes

LayerNorm   y = gamma (x - mean) / sqrt(var + eps) + beta      x (..., D), gamma, beta (D,)
RMSNorm     y = gamma x / sqrt(mean(x**2) + eps)               x (..., D), gamma (D,)

Mean, variance and mean square are those of each row, over the last axis. The variance is the
biased one, divided by D, and eps is added under the root. Forward returns y and a cache: whatever
the way back needs. Backward gets the gradient of the loss with respect to y, and the cache as it
came; it returns the gradients in the order of forward's arguments, each with the shape of what it
belongs to. `...` is any number of leading axes, none included: gamma and beta serve all rows.

>>> x, gamma, beta = np.array([[1.0, 3.0]]), np.array([2.0, 4.0]), np.array([1.0, 0.0])
>>> y, cache = layer_norm_forward(x, gamma, beta, eps=3.0)
>>> y.tolist()
[[0.0, 2.0]]
>>> dx, dgamma, dbeta = layer_norm_backward(np.array([[1.0, 0.0]]), cache)
>>> dx.tolist(), dgamma.tolist(), dbeta.tolist()
([[0.375, -0.375]], [-0.5, 0.0], [1.0, 0.0])
>>> y, cache = rms_norm_forward(np.array([[3.0, 1.0]]), np.array([4.0, 2.0]), eps=11.0)
>>> y.tolist()
[[3.0, 0.5]]
>>> dx, dgamma = rms_norm_backward(np.array([[1.0, 2.0]]), cache)
>>> dx.tolist(), dgamma.tolist()
([[0.625, 0.875]], [0.75, 0.5])

The statistics depend on x too: each x reaches every y of its row. gamma is not 1, and x can be a
hundred times smaller or larger than 1, so eps counts on the way back as well. All arrays are
float64; no argument and nothing in a cache is changed. Forward may be called several times before
backward, and backward several times with one cache.

Follow-ups: rows whose mean is a million times their spread, to 7 digits; 20,000 rows at once,
within a second and a half.
"""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    """Return x with mean 0 and variance 1 in each row, times gamma plus beta, and a cache."""
    raise NotImplementedError("kata21: write layer_norm_forward here")


def layer_norm_backward(dy, cache):
    """Return (dx, dgamma, dbeta), given the gradient of the loss with respect to y."""
    raise NotImplementedError("kata21: write layer_norm_backward here")


def rms_norm_forward(x, gamma, eps=1e-6):
    """Return x over the root mean square of its row, times gamma, and a cache."""
    raise NotImplementedError("kata21: write rms_norm_forward here")


def rms_norm_backward(dy, cache):
    """Return (dx, dgamma), given the gradient of the loss with respect to y."""
    raise NotImplementedError("kata21: write rms_norm_backward here")
