"""The functions of the array katas as PyTorch has them, under the katas' names.

A layer's forward makes leaves of its arrays and calls PyTorch's function; its cache is the leaves
and the result. Its backward is `torch.autograd.grad` with the upstream gradient. A new layer is one
line of `FORWARD`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy

from grader.truth.twins import F, function_of_torch, torch


def leaf_of(content: Any) -> Any:
    """Return an array as a tensor, a leaf if it holds floats; anything else as it is."""
    if isinstance(content, numpy.ndarray | numpy.generic):
        found = torch.from_numpy(numpy.array(content))
        return found.requires_grad_() if found.is_floating_point() else found
    if isinstance(content, Mapping):
        return {name: leaf_of(part) for name, part in content.items()}
    return content


def leaves_in(contents: Any) -> list[Any]:
    """Return the leaves among arguments, in order; those of a dict in the order of its names."""
    found: list[Any] = []
    for content in contents.values() if isinstance(contents, Mapping) else contents:
        if isinstance(content, Mapping):
            found += leaves_in(content)
        elif isinstance(content, torch.Tensor) and content.requires_grad:
            found.append(content)
    return found


def array_of(tensor: Any) -> Any:
    """Return a tensor's numbers as an array."""
    return tensor.detach().numpy().copy()


def gradients(y: Any, leaves: list[Any], dy: Any = None) -> list[Any]:
    """Return the gradient of each leaf as an array: zeros where y does not depend on it."""
    upstream = None if dy is None else torch.from_numpy(numpy.array(dy, dtype=float))
    found = torch.autograd.grad(y, leaves, upstream, retain_graph=True, allow_unused=True)
    return [
        array_of(torch.zeros_like(leaf) if grad is None else grad)
        for leaf, grad in zip(leaves, found, strict=True)
    ]


def layer(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the forward and the backward of a layer, from what it computes on tensors."""

    def forward(*arguments: Any, **options: Any) -> tuple[Any, Any]:
        made = [leaf_of(argument) for argument in arguments]
        given = {name: leaf_of(option) for name, option in options.items()}
        y = function(*made, **given)
        return array_of(y), (made, y)

    def backward(dy: Any, cache: Any) -> Any:
        made, y = cache
        found = iter(gradients(y, leaves_in(made), dy))
        grouped = [
            {name: next(found) for name in argument}
            if isinstance(argument, Mapping)
            else next(found)
            for argument in made
            if leaves_in([argument])
        ]
        return tuple(grouped) if len(grouped) > 1 else grouped[0]

    return forward, backward


def rms_norm(x: Any, gamma: Any, eps: float = 1e-6) -> Any:
    """Return `torch.nn.functional.rms_norm`, which PyTorch has since 2.4."""
    if hasattr(F, "rms_norm"):
        return F.rms_norm(x, (x.shape[-1],), gamma, eps)
    return x * torch.rsqrt((x**2).mean(-1, keepdim=True) + eps) * gamma


def multi_head(x: Any, params: Mapping[str, Any], heads: int, mask: Any = None) -> Any:
    """Return what a `torch.nn.MultiheadAttention` of these weights gives."""
    width = x.shape[-1]
    found, _ = F.multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3,
        embed_dim_to_check=width,
        num_heads=heads,
        in_proj_weight=torch.cat([params[name].T for name in ("wq", "wk", "wv")]),
        in_proj_bias=None,
        bias_k=None,
        bias_v=None,
        add_zero_attn=False,
        dropout_p=0.0,
        out_proj_weight=params["wo"].T,
        out_proj_bias=None,
        training=False,
        need_weights=False,
        attn_mask=None if mask is None else ~mask,
    )
    return found.transpose(0, 1)


FORWARD: dict[str, Callable[..., Any]] = {
    "linear": lambda x, w, b: F.linear(x, w.T, b),
    "embedding": lambda w, index, padding_idx=None: F.embedding(index, w, padding_idx),
    "layer_norm": lambda x, gamma, beta, eps=1e-5: F.layer_norm(
        x, (x.shape[-1],), gamma, beta, eps
    ),
    "rms_norm": rms_norm,
    "attention": lambda q, k, v, mask=None: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
    "multi_head": multi_head,
}


def unbroadcast(grad: Any, shape: tuple[int, ...]) -> Any:
    """Return `torch.Tensor.sum_to_size`."""
    return array_of(torch.from_numpy(numpy.array(grad)).sum_to_size(shape))


def softmax(z: Any) -> Any:
    return array_of(torch.softmax(leaf_of(z), -1))


def softmax_backward(dp: Any, p: Any) -> Any:
    """Return the gradient of logits whose softmax is p: log(p) are such."""
    z = leaf_of(numpy.log(p))
    return gradients(torch.softmax(z, -1), [z], dp)[0]


def softmax_cross_entropy(z: Any, y: Any, **options: Any) -> tuple[float, Any]:
    logits, labels = leaf_of(z), leaf_of(y).long()
    loss = F.cross_entropy(logits, labels, **options)
    return loss.item(), gradients(loss, [logits])[0]


def loss_and_gradients(
    params: Mapping[str, Any], x: Any, y: Any, l2: float = 0.0
) -> tuple[float, dict[str, Any]]:
    leaves = {**leaf_of(params), "x": leaf_of(x)}
    hidden = F.relu(F.linear(leaves["x"], leaves["w1"].T, leaves["b1"]))
    logits = F.linear(hidden, leaves["w2"].T, leaves["b2"])
    decay = (leaves["w1"] ** 2).sum() + (leaves["w2"] ** 2).sum()
    loss = F.cross_entropy(logits, leaf_of(y).long()) + l2 / 2 * decay
    found = gradients(loss, list(leaves.values()))
    return loss.item(), dict(zip(leaves, found, strict=True))


def clip_grad_norm(grads: list[Any], max_norm: float) -> float:
    """Return the norm from before; the arrays are scaled in place."""
    tensors = [torch.zeros(grad.shape, dtype=torch.float64) for grad in grads]
    for tensor, grad in zip(tensors, grads, strict=True):
        tensor.grad = torch.from_numpy(grad)
    return float(torch.nn.utils.clip_grad_norm_(tensors, max_norm)) if tensors else 0.0


def accumulate(gradients_of: Callable[[Any], Any], batches: Any) -> list[Any]:
    """Return the gradients of the mean loss over all examples at once, by autograd.

    The scripts' model is linear, with squared errors; its weights are named beside `gradients_of`.
    """
    made = gradients_of.__globals__
    leaves = [leaf_of(made["w"]), leaf_of(made["b"])]
    examples = torch.from_numpy(numpy.concatenate(list(batches)))
    errors = examples[:, :-1] @ leaves[0] + leaves[1] - examples[:, -1]
    return gradients((errors**2).mean(), leaves)


def find_function(name: str) -> Any:
    """Return PyTorch's function of this name, on arrays; raise KitError if it has none."""
    function = function_of_torch(name)
    return lambda *arguments: array_of(function(*map(leaf_of, arguments)))


NAMES: dict[str, Any] = {
    "np": numpy,
    **{
        function.__name__: function
        for function in (
            *(unbroadcast, softmax, softmax_backward, softmax_cross_entropy),
            *(loss_and_gradients, clip_grad_norm, accumulate),
        )
    },
}
for _name, _function in FORWARD.items():
    NAMES[f"{_name}_forward"], NAMES[f"{_name}_backward"] = layer(_function)
