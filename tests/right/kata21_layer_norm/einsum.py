"""A right answer in Einstein's notation: LayerNorm is RMSNorm of centred rows, plus beta."""

import numpy as np


def centre(x):
    d = x.shape[-1]
    return np.einsum("...d,de->...e", x, np.eye(d) - np.ones((d, d)) / d)


def over_rows(x):
    return np.einsum("nd->d", x.reshape(-1, x.shape[-1]))


def rms_norm_forward(x, gamma, eps=1e-6):
    r = np.power(np.einsum("...d,...d->...", x, x) / x.shape[-1] + eps, -0.5)
    normal = np.einsum("...d,...->...d", x, r)

    def backward(dy):
        along = np.einsum("...d,d,...d->...", dy, gamma, normal) / x.shape[-1]
        left = dy * gamma - np.einsum("...d,...->...d", normal, along)
        return np.einsum("...d,...->...d", left, r), over_rows(dy * normal)

    return np.einsum("...d,d->...d", normal, gamma), backward


def rms_norm_backward(dy, cache):
    return cache(dy)


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    y, backward = rms_norm_forward(x - x.mean(-1)[..., None], gamma, eps)
    return y + beta, backward


def layer_norm_backward(dy, cache):
    dcentred, dgamma = cache(dy)
    return [centre(dcentred), dgamma, over_rows(dy)]
