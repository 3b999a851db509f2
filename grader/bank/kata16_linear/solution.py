"""kata16 · A linear layer · 10 minutes

y = x @ w + b                      x (..., D), w (D, H), b (H,), y (..., H)

`linear_forward` returns y and a cache: whatever the way back needs. `linear_backward` gets the
gradient of the loss with respect to y, and the cache as it came; it returns the gradients with
respect to x, w and b, each with the shape of what it belongs to. `...` is any number of leading
axes: every one of them counts examples, and w and b serve all of these.

>>> x, w, b = np.array([[1.0, 2.0]]), np.array([[3.0], [5.0]]), np.array([0.5])
>>> y, cache = linear_forward(x, w, b)
>>> y.tolist()
[[13.5]]
>>> dx, dw, db = linear_backward(np.array([[10.0]]), cache)
>>> dx.tolist(), dw.tolist(), db.tolist()
([[30.0, 50.0]], [[10.0], [20.0]], [10.0])

w is (D, H): `torch.nn.Linear` stores it the other way round. The 1/N of a mean loss is in dy
already. All arrays are float64; no argument and nothing in a cache is changed. Forward may be
called several times before backward, and backward several times with one cache.

Follow-ups: an x without leading axes, (D,); 20,000 examples at once, within a second and a half.
"""

import numpy as np


def linear_forward(x, w, b):
    """Return y = x @ w + b, and a cache for the way back."""
    # >>> write linear_forward here
    return x @ w + b, (x, w)
    # <<<


def linear_backward(dy, cache):
    """Return (dx, dw, db), given the gradient of the loss with respect to y."""
    # >>> write linear_backward here
    x, w = cache
    inputs = x.reshape(-1, w.shape[0])
    upstream = dy.reshape(-1, w.shape[1])
    dx = dy @ w.T
    dw = inputs.T @ upstream
    db = upstream.sum(axis=0)
    return dx, dw, db
    # <<<
