"""Layers of arrays: NumPy forward, and the backward pass written out by hand.

Every layer is a pair of functions. `<name>_forward(...)` returns the result and a cache of what the
way back needs; `<name>_backward(dy, cache)` takes the gradient of the loss with respect to the
result, and returns that with respect to each argument, in the order of the arguments. A gradient
has the shape of what it is the gradient of, and nothing that is passed in is changed.

Capital letters are sizes, `...` is any number of leading axes, none included. All of it is float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of an array of `shape` that was broadcast to the shape of `grad`.

    Broadcasting copies; each copy's gradient counts, so they are summed over the axes that were
    added on the left, and over those of size 1 that were stretched. As `torch.Tensor.sum_to_size`.
    Raises ValueError if `shape` does not broadcast to the shape of `grad`.
    """
    if np.broadcast_shapes(grad.shape, shape) != grad.shape:
        raise ValueError(f"shape {shape} does not broadcast to {grad.shape}")
    added = grad.ndim - len(shape)
    stretched = [added + axis for axis, size in enumerate(shape) if size == 1]
    found: Array = grad.sum(axis=(*range(added), *stretched)).reshape(shape)
    return found


def linear_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """Return `x @ w + b`, and a cache; x (..., D), w (D, H), b (H,), the result (..., H)."""
    return x @ w + b, (x, w)


def linear_backward(dy: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Return (dx, dw, db); every leading axis is one of examples, and dw and db sum over them."""
    x, w = cache
    return dy @ w.T, over_examples(x, dy), over_rows(dy)


def softmax(z: Array) -> Array:
    """Return exp(z) over its sum along the last axis, which no large z overflows."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    found: Array = powers / powers.sum(axis=-1, keepdims=True)
    return found


def softmax_backward(dp: Array, p: Array) -> Array:
    """Return the gradient of z, for p = softmax(z); each p depends on every z of its row."""
    dz: Array = p * (dp - (dp * p).sum(axis=-1, keepdims=True))
    return dz


def softmax_cross_entropy(
    z: Array, y: Integers, ignore_index: int = -100, label_smoothing: float = 0.0
) -> tuple[float, Array]:
    """Return the mean loss of the rows that count, and its gradient with respect to z.

    z (N, C) are logits, y (N,) the labels; rows whose label is `ignore_index` count nowhere. With
    `label_smoothing` s the target is (1 - s) at the label and s / C everywhere on top. As
    `torch.nn.functional.cross_entropy`.
    """
    n, c = z.shape
    counts = y != ignore_index
    target = np.full((n, c), label_smoothing / c)
    target[np.arange(n)[counts], y[counts]] += 1 - label_smoothing
    target[~counts] = 0.0
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    kept = counts.sum()
    dz = (np.exp(log_p) * counts[:, None] - target) / kept
    return float(-(target * log_p).sum() / kept), dz


def loss_and_gradients(
    params: dict[str, Array], x: Array, y: Integers, l2: float = 0.0
) -> tuple[float, dict[str, Array]]:
    """Return the loss of a two-layer network, and the gradients of its parameters and of x.

    z = relu(x @ w1 + b1) @ w2 + b2 are the logits; the loss is their mean cross-entropy plus
    l2 / 2 times the sum of the squared weights. Biases do not decay. Shapes: x (N, D), y (N,), w1
    (D, H), b1 (H,), w2 (H, C), b2 (C,); the gradients are under the same names, and "x".
    """
    w1, b1, w2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    before, first = linear_forward(x, w1, b1)
    hidden = np.maximum(before, 0.0)
    z, second = linear_forward(hidden, w2, b2)
    loss, dz = softmax_cross_entropy(z, y)
    dhidden, dw2, db2 = linear_backward(dz, second)
    dx, dw1, db1 = linear_backward(dhidden * (before > 0), first)
    loss += l2 / 2 * float((w1**2).sum() + (w2**2).sum())
    return loss, {"w1": dw1 + l2 * w1, "b1": db1, "w2": dw2 + l2 * w2, "b2": db2, "x": dx}


def embedding_forward(
    w: Array, index: Integers, padding_idx: int | None = None
) -> tuple[Array, Any]:
    """Return the rows `w[index]`, and a cache; w (V, D), index (...) integers, y (..., D)."""
    return w[index], (w.shape, index, padding_idx)


def embedding_backward(dy: Array, cache: Any) -> Array:
    """Return dw: each row sums over all the places that looked it up; padding gets nothing."""
    shape, index, padding_idx = cache
    dw = np.zeros(shape)
    np.add.at(dw, index, dy)
    if padding_idx is not None:
        dw[padding_idx] = 0.0
    return dw


def layer_norm_forward(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> tuple[Array, Any]:
    """Return x of mean 0 and variance 1 along the last axis, times gamma plus beta, and a cache.

    x (..., D), gamma and beta (D,). The variance is the biased one; eps is added under the root.
    As `torch.nn.functional.layer_norm`.
    """
    centred = x - x.mean(axis=-1, keepdims=True)
    r = 1.0 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    xhat = centred * r
    return xhat * gamma + beta, (xhat, r, gamma)


def layer_norm_backward(dy: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Return (dx, dgamma, dbeta).

    x reaches the result by three paths: by itself, by the mean and by the variance. The mean takes
    the mean of g = dy gamma away, and the variance what of g lies along xhat.
    """
    xhat, r, gamma = cache
    g = dy * gamma
    along = (g * xhat).mean(axis=-1, keepdims=True)
    dx = r * (g - g.mean(axis=-1, keepdims=True) - xhat * along)
    return dx, over_rows(dy * xhat), over_rows(dy)


def rms_norm_forward(x: Array, gamma: Array, eps: float = 1e-6) -> tuple[Array, Any]:
    """Return x over its root mean square along the last axis, times gamma, and a cache."""
    r = 1.0 / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    return x * r * gamma, (x, r, gamma)


def rms_norm_backward(dy: Array, cache: Any) -> tuple[Array, Array]:
    """Return (dx, dgamma); there is no mean, so two paths are left."""
    x, r, gamma = cache
    g = dy * gamma
    dx = r * g - x * r**3 * (g * x).mean(axis=-1, keepdims=True)
    return dx, over_rows(dy * x * r)


def over_rows(x: Array) -> Array:
    """Return the sum over every axis but the last."""
    found: Array = x.reshape(-1, x.shape[-1]).sum(axis=0)
    return found


def attention_forward(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Any]:
    """Return softmax(q k^T / sqrt(d)) v, and a cache; q (..., T, d), k (..., S, d), v (..., S, e).

    `mask` broadcasts to (..., T, S); True means that the place may be attended to. A row that may
    attend to nothing gives 0. As `torch.nn.functional.scaled_dot_product_attention`.
    """
    scale = 1.0 / np.sqrt(q.shape[-1])
    scores = q @ np.swapaxes(k, -1, -2) * scale
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(largest), largest, 0.0))
    total = powers.sum(axis=-1, keepdims=True)
    p = powers / np.where(total > 0, total, 1.0)
    return p @ v, (q, k, v, p, scale)


def attention_backward(do: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Return (dq, dk, dv)."""
    q, k, v, p, scale = cache
    dv = np.swapaxes(p, -1, -2) @ do
    dscores = softmax_backward(do @ np.swapaxes(v, -1, -2), p) * scale
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv


def multi_head_forward(
    x: Array, params: dict[str, Array], heads: int, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Any]:
    """Return self-attention in `heads` heads, and a cache.

    x (B, T, D); wq, wk, wv and wo of `params` are (D, D), used as `x @ w`. Head i has the columns
    i D/heads to (i + 1) D/heads. As `torch.nn.MultiheadAttention` without biases.
    """
    q, k, v = (split_heads(x @ params[name], heads) for name in ("wq", "wk", "wv"))
    o, cache = attention_forward(q, k, v, mask)
    joined = join_heads(o)
    return joined @ params["wo"], (x, params, heads, cache, joined)


def multi_head_backward(dy: Array, cache: Any) -> tuple[Array, dict[str, Array]]:
    """Return (dx, grads); x is used three times, so three gradients meet in dx."""
    x, params, heads, inner, joined = cache
    grads = {"wo": over_examples(joined, dy)}
    upstreams = attention_backward(split_heads(dy @ params["wo"].T, heads), inner)
    dx = np.zeros_like(x)
    for name, upstream in zip(("wq", "wk", "wv"), upstreams, strict=True):
        whole = join_heads(upstream)
        grads[name] = over_examples(x, whole)
        dx = dx + whole @ params[name].T
    return dx, grads


def split_heads(x: Array, heads: int) -> Array:
    """Return (B, T, D) as (B, heads, T, D / heads)."""
    batch, length, width = x.shape
    return x.reshape(batch, length, heads, width // heads).swapaxes(1, 2)


def join_heads(x: Array) -> Array:
    """Return (B, heads, T, D / heads) as (B, T, D)."""
    batch, heads, length, width = x.shape
    return x.swapaxes(1, 2).reshape(batch, length, heads * width)


def over_examples(x: Array, dy: Array) -> Array:
    """Return dw of y = x @ w, summed over every example."""
    found: Array = x.reshape(-1, x.shape[-1]).T @ dy.reshape(-1, dy.shape[-1])
    return found


def clip_grad_norm(grads: list[Array], max_norm: float) -> float:
    """Scale the gradients in place so that their common norm is at most `max_norm`.

    Returns the norm from before. As `torch.nn.utils.clip_grad_norm_`, with its 1e-6.
    """
    norm = float(np.sqrt(sum(float((grad**2).sum()) for grad in grads)))
    scale = max_norm / (norm + 1e-6)
    if not scale >= 1:  # also a norm that is NaN, which no gradient should outlive unnoticed
        for grad in grads:
            grad *= scale
    return norm


def accumulate(gradients_of: Any, batches: Any) -> list[Array]:
    """Return the gradients of the mean loss over all examples, from those of each batch's mean."""
    total: list[Array] = []
    count = 0
    for batch in batches:
        found = [len(batch) * np.asarray(grad) for grad in gradients_of(batch)]
        total = [a + b for a, b in zip(total, found, strict=True)] if total else found
        count += len(batch)
    return [grad / count for grad in total]
