"""A right answer that goes row by row, through the whole Jacobian of each."""

import math

import numpy as np


def statistics(row, eps, centre):
    d = len(row)
    mean = math.fsum(row) / d if centre else 0.0
    square = sum((number - mean) ** 2 for number in row) / d
    return mean, 1 / math.sqrt(square + eps)


def norm_forward(x, gamma, beta, eps, centre):
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape[:-1]):
        mean, r = statistics(x[place], eps, centre)
        for i in range(len(gamma)):
            y[place][i] = gamma[i] * (x[place][i] - mean) * r + beta[i]
    return y, [x, gamma, eps, centre]


def norm_backward(dy, cache):
    x, gamma, eps, centre = cache
    d = len(gamma)
    dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(d), np.zeros(d)
    for place in np.ndindex(x.shape[:-1]):
        mean, r = statistics(x[place], eps, centre)
        for i in range(d):
            normal = (x[place][i] - mean) * r
            dgamma[i] += dy[place][i] * normal
            dbeta[i] += dy[place][i]
            for j in range(d):
                slope = (i == j) - centre / d - normal * (x[place][j] - mean) * r / d
                dx[place][j] += dy[place][i] * gamma[i] * r * slope
    return dx, dgamma, dbeta


def layer_norm_forward(x, gamma, beta, eps=1e-5):
    return norm_forward(x, gamma, beta, eps, True)


def layer_norm_backward(dy, cache):
    return norm_backward(dy, cache)


def rms_norm_forward(x, gamma, eps=1e-6):
    return norm_forward(x, gamma, np.zeros(len(gamma)), eps, False)


def rms_norm_backward(dy, cache):
    dx, dgamma, _ = norm_backward(dy, cache)
    return dx, dgamma
