"""A right answer that joins all entries into one vector, and averages with weights."""

import numpy as np


def clip_grad_norm(grads, max_norm):
    entries = np.concatenate([grad.ravel() for grad in grads]) if grads else np.zeros(0)
    norm = np.linalg.norm(entries)
    scale = max_norm / (norm + 1e-6)
    if not scale > 1:
        for grad in grads:
            np.multiply(grad, scale, out=grad)
    return norm


def accumulate(gradients_of, batches):
    pairs = [(len(batch), gradients_of(batch)) for batch in batches]
    lengths = [length for length, _ in pairs]
    columns = zip(*(grads for _, grads in pairs), strict=True)
    return [np.average(np.stack(column), axis=0, weights=lengths) for column in columns]
