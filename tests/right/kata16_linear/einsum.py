"""A right answer in Einstein's notation, whose cache is a closure."""

import numpy as np


def linear_forward(x, w, b):
    def backward(dy):
        rows, upstream = x.reshape(-1, len(w)), dy.reshape(-1, w.shape[1])
        dx = np.einsum("...h,dh->...d", dy, w)
        return [dx, np.einsum("nd,nh->dh", rows, upstream), np.einsum("nh->h", upstream)]

    return np.einsum("...d,dh->...h", x, w) + b, backward


def linear_backward(dy, cache):
    return cache(dy)
