"""kata33 · Clipping and accumulating gradients · 10 minutes

norm = sqrt(sum of the squares of all entries of all arrays)
each array is multiplied by min(1, max_norm / (norm + 1e-6))

`clip_grad_norm` takes a list of arrays, scales them in place and returns the norm from before.
There is one norm for all arrays together, so the direction of the step stays as it was. With the
1e-6, a norm of exactly `max_norm` is scaled a little too.

`accumulate` returns the gradients of the mean loss over all examples, when only one batch at a
time fits into memory. `gradients_of(batch)` gives the gradients of the *mean* loss over the
`len(batch)` examples of that batch, a list of arrays; `accumulate` returns such a list.

>>> grads = [np.array([3.0, 0.0]), np.array([[4.0]])]
>>> float(clip_grad_norm(grads, 1.0))
5.0
>>> [grad.round(3).tolist() for grad in grads]
[[0.6, 0.0], [[0.8]]]
>>> batches = [np.array([1.0, 2.0, 3.0]), np.array([6.0])]
>>> [grad.tolist() for grad in accumulate(lambda batch: [np.array([batch.mean()])], batches)]
[[3.0]]

Batches are of different length: in the example the mean of both means is 4. `batches` is any
iterable, a generator too; go through it once, and call `gradients_of` once for each batch. The
arrays that it returned stay as they are. Nothing is clipped in `accumulate`. Arrays are float64.

Follow-ups: with a nan anywhere every array becomes nan, as in PyTorch; without arrays the norm is
0.
"""

import numpy as np


def clip_grad_norm(grads, max_norm):
    """Scale all arrays in place to a common norm of at most max_norm; return the norm before."""
    raise NotImplementedError("kata33: write clip_grad_norm here")


def accumulate(gradients_of, batches):
    """Return the gradients of the mean loss over all examples of all batches."""
    raise NotImplementedError("kata33: write accumulate here")
