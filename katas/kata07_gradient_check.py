"""kata07 · A gradient checker · 15 minutes

df/dx_i  is about  (f(..., x_i + h, ...) - f(..., x_i - h, ...)) / (2 h)

`numerical_gradient(f, xs, h=1e-6)` returns a list with this slope for each input; `f` takes a list
of floats and returns a float. `h` is the step at x = 0, and may grow with the size of x.

`gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7)` says whether `grads` is the gradient of `f` at
`xs`. Each entry may be off by up to rtol times its size, or up to atol where it is near 0.

>>> f = lambda xs: xs[0] ** 2 * xs[1]
>>> [round(g, 4) for g in numerical_gradient(f, [3.0, 2.0])]
[12.0, 9.0]
>>> gradients_agree(f, [3.0, 2.0], [12.0, 9.0])
True
>>> gradients_agree(f, [3.0, 2.0], [12.0, 9.1])
False

A difference to one side only is far less exact. Gradients of 0 and of 1e200 are ordinary, and so is
x = 0. Return False for NaN and infinity, in `grads` or from `f`, and for a list of another length;
without inputs there are no slopes, and `[]` agrees. `xs` and `grads` are left as they were, even if
`f` raises, and no call knows of another.

Follow-up: inputs of size 1e6 and 1e-6, where a fixed step is too small or too large.
"""

import math


def numerical_gradient(f, xs, h=1e-6):
    """Return the central difference of `f` along each input."""
    raise NotImplementedError("kata07: write numerical_gradient here")


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    """Return whether `grads` is the gradient of `f` at `xs`."""
    raise NotImplementedError("kata07: write gradients_agree here")
