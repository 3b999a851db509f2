"""A right answer that counts through every example, input and output."""

import numpy as np


def linear_forward(x, w, b):
    y = np.zeros((*x.shape[:-1], len(b)))
    for place in np.ndindex(x.shape[:-1]):
        for h in range(len(b)):
            total = b[h]
            for d in range(len(w)):
                total += x[place][d] * w[d, h]
            y[place][h] = total
    return y, {"x": x, "w": w}


def linear_backward(dy, cache):
    x, w = cache["x"], cache["w"]
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for place in np.ndindex(x.shape[:-1]):
        for h in range(w.shape[1]):
            db[h] += dy[place][h]
            for d in range(w.shape[0]):
                dx[place][d] += dy[place][h] * w[d, h]
                dw[d, h] += dy[place][h] * x[place][d]
    return dx, dw, db
