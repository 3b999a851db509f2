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
    # >>> write layer_norm_forward here
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    r = 1 / np.sqrt(variance + eps)
    xhat = centred * r
    return xhat * gamma + beta, (xhat, r, gamma)
    # <<<


def layer_norm_backward(dy, cache):
    """Return (dx, dgamma, dbeta), given the gradient of the loss with respect to y."""
    # >>> write layer_norm_backward here
    xhat, r, gamma = cache
    g = dy * gamma
    by_mean = g.mean(axis=-1, keepdims=True)
    by_variance = xhat * (g * xhat).mean(axis=-1, keepdims=True)
    dx = r * (g - by_mean - by_variance)
    dgamma = (dy * xhat).reshape(-1, len(gamma)).sum(axis=0)
    dbeta = dy.reshape(-1, len(gamma)).sum(axis=0)
    return dx, dgamma, dbeta
    # <<<


def rms_norm_forward(x, gamma, eps=1e-6):
    """Return x over the root mean square of its row, times gamma, and a cache."""
    # >>> write rms_norm_forward here
    square = (x**2).mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt(square + eps)
    return x * scale * gamma, (x, scale, gamma)
    # <<<


def rms_norm_backward(dy, cache):
    """Return (dx, dgamma), given the gradient of the loss with respect to y."""
    # >>> write rms_norm_backward here
    x, scale, gamma = cache
    upstream = dy * gamma
    by_square = x * scale**3 * (upstream * x).mean(axis=-1, keepdims=True)
    dx = scale * upstream - by_square
    dgamma = (dy * x * scale).reshape(-1, len(gamma)).sum(axis=0)
    return dx, dgamma
    # <<<
