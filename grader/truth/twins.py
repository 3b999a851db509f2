"""The katas' classes as PyTorch has them, under the katas' names, so that one script runs on both.

Neurons are `torch.nn.Linear`, losses are `torch.nn.functional`, optimisers are `torch.optim`, and
every number is float64. Only the surface is ours: `data` and `grad` read and set plain floats.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from grader.core.model import KitError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch as torch  # for `array_twins` too

F = torch.nn.functional
FLOAT = torch.float64


class Value:
    """A tensor without dimensions, with the operators and the attributes of the katas' Value."""

    def __init__(self, data: Any) -> None:
        whole = isinstance(data, torch.Tensor)
        self.tensor = data if whole else torch.tensor(float(data), dtype=FLOAT, requires_grad=True)
        if whole and data.requires_grad and not data.is_leaf:
            data.retain_grad()

    @property
    def data(self) -> float:
        """The number; setting it leaves the graph alone, as an optimiser does."""
        return float(self.tensor.detach())

    @data.setter
    def data(self, number: float) -> None:
        self.tensor.data.fill_(number)

    @property
    def grad(self) -> float:
        """The gradient, 0 before any has arrived."""
        return 0.0 if self.tensor.grad is None else float(self.tensor.grad)

    @grad.setter
    def grad(self, number: float) -> None:
        self.tensor.grad = torch.full_like(self.tensor, number)

    def backward(self) -> None:
        """Fill in the gradients; the graph stays, as a Value's does."""
        self.tensor.backward(retain_graph=True)

    def __getattr__(self, name: str) -> Callable[[], Value]:
        """Return `relu`, `tanh` and their like, which PyTorch has under the same names."""
        return lambda: Value(getattr(torch, name)(self.tensor))

    def __add__(self, other: Any) -> Value:
        return Value(self.tensor + tensor_of(other))

    def __sub__(self, other: Any) -> Value:
        return Value(self.tensor - tensor_of(other))

    def __mul__(self, other: Any) -> Value:
        return Value(self.tensor * tensor_of(other))

    def __truediv__(self, other: Any) -> Value:
        return Value(self.tensor / tensor_of(other))

    def __pow__(self, k: float) -> Value:
        return Value(self.tensor**k)

    def __neg__(self) -> Value:
        return Value(-self.tensor)

    def __rsub__(self, other: Any) -> Value:
        return Value(tensor_of(other) - self.tensor)

    def __rtruediv__(self, other: Any) -> Value:
        return Value(tensor_of(other) / self.tensor)

    __radd__ = __add__
    __rmul__ = __mul__


class Entry:
    """One number of a parameter tensor: reads and sets as a Value does."""

    def __init__(self, parameter: Any, index: tuple[int, ...]) -> None:
        self.parameter = parameter
        self.index = index

    @property
    def data(self) -> float:
        """The number."""
        return float(self.parameter.detach()[self.index])

    @data.setter
    def data(self, number: float) -> None:
        self.parameter.data[self.index] = number

    @property
    def grad(self) -> float:
        """The gradient, 0 before any has arrived."""
        return 0.0 if self.parameter.grad is None else float(self.parameter.grad[self.index])

    @grad.setter
    def grad(self, number: float) -> None:
        if self.parameter.grad is None:
            self.parameter.grad = torch.zeros_like(self.parameter)
        self.parameter.grad[self.index] = number


def tensor_of(x: Any) -> Any:
    """Return the tensor of a Value or of a number."""
    return x.tensor if isinstance(x, Value) else torch.tensor(float(x), dtype=FLOAT)


def stack(xs: Iterable[Any]) -> Any:
    """Return Values and numbers as one vector."""
    return torch.stack([tensor_of(x) for x in xs])


class Module:
    """What `Neuron`, `Layer` and `MLP` share: linear maps with a nonlinearity between them."""

    def __init__(self, sizes: Sequence[int], nonlin: Sequence[bool]) -> None:
        modules: list[Any] = []
        for (nin, nout), bent in zip(pairwise(sizes), nonlin, strict=True):
            modules += [torch.nn.Linear(nin, nout, dtype=FLOAT), torch.nn.ReLU()][: 1 + bent]
        self.net = torch.nn.Sequential(*modules)
        self.linears = [module for module in modules if hasattr(module, "weight")]

    def outputs(self, x: Sequence[Any]) -> list[Value]:
        """Return one Value for each unit of the last layer."""
        return [Value(y) for y in self.net(stack(x))]

    def __call__(self, x: Sequence[Any]) -> Any:
        found = self.outputs(x)
        return found[0] if len(found) == 1 else found

    def parameters(self) -> list[Entry]:
        """Return every number, unit by unit, weights before the bias."""
        return [
            entry
            for linear in self.linears
            for row in range(linear.out_features)
            for entry in (
                *(Entry(linear.weight, (row, k)) for k in range(linear.in_features)),
                Entry(linear.bias, (row,)),
            )
        ]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self.net.zero_grad()


class Neuron(Module):
    """`torch.nn.Linear(nin, 1)`, with a relu after it."""

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        super().__init__([nin, 1], [nonlin])
        *self.w, self.b = self.parameters()


class Layer(Module):
    """`torch.nn.Linear(nin, nout)`, with a relu after it."""

    def __init__(self, nin: int, nout: int, nonlin: bool = True) -> None:
        super().__init__([nin, nout], [nonlin])


class MLP(Module):
    """A `torch.nn.Sequential` of linear maps, with relus between them."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        super().__init__([nin, *nouts], [*[True] * (len(nouts) - 1), False])


def mse(predictions: Sequence[Value], targets: Sequence[float]) -> Value:
    return Value(F.mse_loss(stack(predictions), stack(targets)))


def hinge(scores: Sequence[Value], labels: Sequence[float]) -> Value:
    return Value((1 - stack(labels) * stack(scores)).clamp(min=0).mean())


def bce_with_logits(logits: Sequence[Value], targets: Sequence[float]) -> Value:
    return Value(F.binary_cross_entropy_with_logits(stack(logits), stack(targets)))


def cross_entropy(logits: Sequence[Value], target: int) -> Value:
    return Value(F.cross_entropy(stack(logits)[None], torch.tensor([target])))


def undecorated(function: Any) -> Any:
    """Return a method without the decorators that serve torch.compile.

    They import PyTorch's compiler, which takes as long as PyTorch itself; the arithmetic is in the
    method alone.
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


for _method in vars(torch.optim.Optimizer).values():
    if hasattr(_method, "__wrapped__"):  # so that making an optimiser imports no compiler either
        undecorated(_method).__dynamo_disable = undecorated(_method)


class Optimizer:
    """A `torch.optim` optimiser over the numbers of anything with `data` and `grad`."""

    def __init__(self, make: Any, parameters: Iterable[Any], **options: Any) -> None:
        self.parameters = list(parameters)
        self.tensors = [torch.tensor(0.0, dtype=FLOAT) for _ in self.parameters]
        self.optimizer = make(self.tensors, **options)

    def step(self) -> None:
        """Move every parameter once."""
        for p, tensor in zip(self.parameters, self.tensors, strict=True):
            tensor.fill_(p.data)
            tensor.grad = torch.tensor(float(p.grad), dtype=FLOAT)
        with torch.no_grad():
            undecorated(type(self.optimizer).step)(self.optimizer)
        for p, tensor in zip(self.parameters, self.tensors, strict=True):
            p.data = tensor.item()

    def zero_grad(self) -> None:
        """Set every gradient to 0."""
        for p in self.parameters:
            p.grad = 0.0


class SGD(Optimizer):
    """`torch.optim.SGD`."""

    def __init__(self, parameters: Iterable[Any], lr: float, momentum: float = 0.0) -> None:
        super().__init__(torch.optim.SGD, parameters, lr=lr, momentum=momentum)


class Adam(Optimizer):
    """`torch.optim.Adam`."""

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(torch.optim.Adam, parameters, lr=lr, betas=betas, eps=eps)


def train(model: Any, xs: Sequence[Any], ys: Sequence[float], *, epochs: int, lr: float) -> Any:
    """Full-batch gradient descent on the sum of squared errors, by torch.optim.SGD."""
    parameters = model.parameters()
    tensors = list({id(t): t for t in map(tensor_behind, parameters)}.values())
    optimizer = torch.optim.SGD(tensors, lr=lr)
    losses = []
    for _ in range(epochs):
        predicted = stack(model(x) for x in xs)
        loss = F.mse_loss(predicted, stack(ys), reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        with torch.no_grad():
            undecorated(torch.optim.SGD.step)(optimizer)
        losses.append(loss.item())
    return losses


def tensor_behind(p: Value | Entry) -> Any:
    """Return the leaf that holds a parameter."""
    return p.parameter if isinstance(p, Entry) else p.tensor


def numerical_gradient(
    f: Callable[[list[Any]], Any], xs: Sequence[float], h: float = 1e-6
) -> list[float]:
    """Return the gradient by autograd: what central differences come near to."""
    values = [Value(x) for x in xs]
    result = f(values)
    if isinstance(result, Value):  # else it depends on no input
        result.backward()
    return [value.grad for value in values]


def function_of_torch(name: str) -> Callable[..., Any]:
    """Return PyTorch's function of this name, on tensors; raise KitError if it has none."""
    function: Callable[..., Any] | None = getattr(F, name, None) or getattr(torch, name, None)
    if not callable(function):
        raise KitError(
            f"PyTorch has no function {name!r} to compare with.",
            "Name the operation as torch or torch.nn.functional does.",
        )
    return function


def find_function(name: str) -> Callable[..., Value]:
    """Return PyTorch's function of this name, on Values; raise KitError if it has none."""
    function = function_of_torch(name)
    return lambda *xs: Value(function(*(x.tensor if isinstance(x, Value) else x for x in xs)))


NAMES = {name: value for name, value in globals().items() if not name.startswith("_")}
