"""A right answer that goes entry by entry, and adds into arrays of its own."""

import math

import numpy as np


def clip_grad_norm(grads, max_norm):
    total = 0.0
    for grad in grads:
        for index in np.ndindex(grad.shape):
            total += float(grad[index]) ** 2
    norm = math.sqrt(total)
    scale = max_norm / (norm + 1e-6)
    if scale < 1 or math.isnan(scale):
        for grad in grads:
            for index in np.ndindex(grad.shape):
                grad[index] *= scale
    return norm


def accumulate(gradients_of, batches):
    sums, count = [], 0
    for batch in batches:
        count += len(batch)
        for place, grad in enumerate(gradients_of(batch)):
            if place == len(sums):
                sums.append(np.zeros(grad.shape))
            sums[place] += grad * len(batch)
    for grad in sums:
        grad /= count
    return sums
