"""A right answer that walks back through every small step: mean, square, root, quotient."""

import numpy as np


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    d = x.shape[-1]
    mean = np.sum(x, -1, keepdims=True) / d
    c = x - mean
    var = np.sum(c * c, -1, keepdims=True) / d
    std = (var + eps) ** 0.5
    return gamma * (c / std) + beta, {"c": c, "std": std, "gamma": gamma}


def layer_norm_backward(dy, cache):
    c, std, gamma = cache["c"], cache["std"], cache["gamma"]
    d = c.shape[-1]
    rows = tuple(range(dy.ndim - 1))
    dxhat = dy * gamma
    dc = dxhat / std
    dstd = -np.sum(dxhat * c, -1, keepdims=True) / std**2
    dvar = dstd / (2 * std)
    dc = dc + dvar * 2 * c / d
    dmean = -np.sum(dc, -1, keepdims=True)
    dx = dc + dmean / d
    return dx, np.sum(dy * c / std, axis=rows), np.sum(dy, axis=rows)


def rms_norm_forward(x, gamma, eps=1e-6):
    rms = ((x * x).sum(-1, keepdims=True) / x.shape[-1] + eps) ** 0.5
    return x / rms * gamma, {"x": x, "rms": rms, "gamma": gamma}


def rms_norm_backward(dy, cache):
    x, rms, gamma = cache["x"], cache["rms"], cache["gamma"]
    dxhat = dy * gamma
    drms = -np.sum(dxhat * x, -1, keepdims=True) / rms**2
    dx = dxhat / rms + drms / rms * x / x.shape[-1]
    return dx, np.sum(dy * x / rms, axis=tuple(range(dy.ndim - 1)))
