"""Losses and optimisers give PyTorch's numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
import torch
from torch.nn import functional

from reference.engine import Value
from reference.losses import bce_with_logits, cross_entropy, hinge, mse
from reference.optim import SGD, Adam, train

Loss = Callable[[Sequence[Value], Sequence[float]], Value]
SCORES = [0.75, -2.5, 3.25, 0.125]
FAR = [1000.0, -1000.0, 1000.0, -1000.0, 40.0, -40.0]
GRADIENTS = [[0.5, -2.0, 0.0], [1.5, 0.25, 0.0], [-0.75, 3.0, 4.0], [0.0, 0.0, 0.0]]


def torch_hinge(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """PyTorch's hinge on scores and labels, which it keeps under another name."""
    return functional.relu(1 - labels * scores).mean()


AUTHORITY: dict[Loss, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    mse: functional.mse_loss,
    hinge: torch_hinge,
    bce_with_logits: functional.binary_cross_entropy_with_logits,
}


def expect_torch(
    loss: Value, scores: list[Value], torch_loss: torch.Tensor, tensor: torch.Tensor
) -> None:
    """Compare a loss and its gradients, with an upstream gradient that is not 1."""
    (loss * 3.0).backward()
    (torch_loss * 3.0).backward()

    assert loss.data == pytest.approx(torch_loss.item(), rel=1e-12, abs=1e-15)
    assert tensor.grad is not None
    assert [s.grad for s in scores] == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("loss", "numbers", "targets"),
    [
        (mse, SCORES, [1.5, -2.0, 0.25, 3.0]),
        (mse, FAR, [-1000.0, -999.0, 0.0, 1.0, 40.0, 0.5]),
        (hinge, SCORES, [1, 1, -1, -1]),
        (hinge, FAR, [1, 1, -1, -1, 1, -1]),
        (hinge, [1.0, -1.0], [1, -1]),
        (bce_with_logits, SCORES, [1, 0, 0.25, 0]),
        (bce_with_logits, FAR, [1, 0, 0, 1, 1, 1]),
        (bce_with_logits, [0.0], [0.5]),
    ],
)
def test_mean_losses_agree_with_torch(
    loss: Loss, numbers: list[float], targets: list[float]
) -> None:
    """Each is the mean over the examples, right for scores of any size."""
    scores = [Value(number) for number in numbers]
    tensor = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    wanted = torch.tensor(targets, dtype=torch.float64)

    expect_torch(loss(scores, targets), scores, AUTHORITY[loss](tensor, wanted), tensor)


@pytest.mark.parametrize("numbers", [SCORES, FAR, [-1000.0] * 3, [2.5]], ids=str)
def test_cross_entropy_agrees_with_torch(numbers: list[float]) -> None:
    """The loss of every class is PyTorch's, right for logits of any size."""
    for target in range(len(numbers)):
        logits = [Value(number) for number in numbers]
        tensor = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        wanted = functional.cross_entropy(tensor, torch.tensor(target))

        expect_torch(cross_entropy(logits, target), logits, wanted, tensor)


def test_cross_entropy_reaches_every_logit() -> None:
    """The gradient is softmax minus one-hot, for the wrong classes too."""
    logits = [Value(0.0), Value(math.log(3.0))]

    cross_entropy(logits, 0).backward()

    assert [z.grad for z in logits] == pytest.approx([-0.75, 0.75])


@pytest.mark.parametrize("loss", [mse, hinge, bce_with_logits])
def test_no_examples(loss: Loss) -> None:
    """A mean over nothing is an error."""
    with pytest.raises(ValueError, match=r"^a mean loss needs at least one example, and got none$"):
        loss([], [])


@pytest.mark.parametrize("loss", [mse, hinge, bce_with_logits])
def test_missing_target(loss: Loss) -> None:
    """Examples are never cut to the shorter list."""
    with pytest.raises(ValueError, match=r"^2 outputs need as many targets, not 1$"):
        loss([Value(1.5), Value(2.0)], [1])


@pytest.mark.parametrize(("size", "target"), [(0, 0), (3, 3), (3, -1)])
def test_class_that_does_not_exist(size: int, target: int) -> None:
    """A class counts from 0, also where Python would count from the end."""
    sentence = f"^class {target} does not exist: there are {size} logits$"

    with pytest.raises(ValueError, match=sentence):
        cross_entropy([Value(1.5)] * size, target)


def follow(
    optimizer: SGD | Adam,
    twin: torch.optim.Optimizer,
    parameters: list[Value],
    tensors: list[torch.Tensor],
) -> None:
    """Take the same steps with both, and compare after each."""
    for grads in GRADIENTS:
        for p, tensor, grad in zip(parameters, tensors, grads, strict=True):
            p.grad, tensor.grad = grad, torch.tensor(grad, dtype=torch.float64)
        optimizer.step()
        twin.step()

        assert [p.data for p in parameters] == pytest.approx([t.item() for t in tensors], rel=1e-12)
        assert [p.grad for p in parameters] == grads


def start() -> tuple[list[Value], list[torch.Tensor]]:
    """Return the same three parameters for both."""
    numbers = [1.5, -0.25, 3.0]
    tensors = [torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers]
    return [Value(n) for n in numbers], tensors


@pytest.mark.parametrize(("lr", "momentum"), [(0.1, 0.0), (0.03, 0.9), (2.0, 0.5)])
def test_sgd_agrees_with_torch(lr: float, momentum: float) -> None:
    """Every step lands where PyTorch's does; the last has no gradient, only momentum."""
    parameters, tensors = start()

    follow(
        SGD(parameters, lr, momentum=momentum),
        torch.optim.SGD(tensors, lr, momentum=momentum),
        parameters,
        tensors,
    )


def test_sgd_has_no_momentum_by_default() -> None:
    """A parameter without gradient stays."""
    p = Value(1.5)
    optimizer = SGD([p], lr=0.5)
    p.grad = 2.0
    optimizer.step()
    p.grad = 0.0
    optimizer.step()

    assert p.data == 0.5


@pytest.mark.parametrize(
    "options",
    [{}, {"lr": 0.1}, {"betas": (0.5, 0.75)}, {"lr": 0.02, "betas": (0.8, 0.9), "eps": 0.3}],
    ids=str,
)
def test_adam_agrees_with_torch(options: dict[str, object]) -> None:
    """Every step lands where PyTorch's does, by default and with each argument changed."""
    parameters, tensors = start()

    follow(
        Adam(parameters, **options),  # type: ignore[arg-type]
        torch.optim.Adam(tensors, **options),
        parameters,
        tensors,
    )


@pytest.mark.parametrize("grad", [1e-200, 1e-9, 1e9, 1e200])
def test_adam_takes_gradients_of_any_size(grad: float) -> None:
    """Where the square of a gradient leaves the floats, the step is PyTorch's still."""
    p, tensor = Value(1.5), torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    p.grad, tensor.grad = grad, torch.tensor(grad, dtype=torch.float64)

    Adam([p], lr=0.1).step()
    torch.optim.Adam([tensor], lr=0.1).step()

    assert p.data == pytest.approx(tensor.item(), rel=1e-12)


@pytest.mark.parametrize("make", [lambda ps: SGD(ps, 0.1, 0.9), Adam], ids=["sgd", "adam"])
def test_generator_of_parameters(make: Callable[[object], SGD | Adam]) -> None:
    """A generator serves every step, and `zero_grad` clears gradients alone."""
    parameters = [Value(1.5), Value(-2.0)]
    optimizer = make(p for p in parameters)
    seen = []

    for _ in range(2):
        for p in parameters:
            p.grad = 0.5
        optimizer.step()
        seen.append([p.data for p in parameters])
    optimizer.zero_grad()

    assert seen[1][0] < seen[0][0] < 1.5
    assert seen[1][1] < seen[0][1] < -2.0
    assert ([p.grad for p in parameters], [p.data for p in parameters]) == ([0, 0], seen[1])


class Scale:
    """A model of one parameter: x times w."""

    def __init__(self, w: float) -> None:
        self.w = Value(w)

    def __call__(self, x: float) -> Value:
        return self.w * x

    def parameters(self) -> list[Value]:
        return [self.w]


def test_train_returns_the_loss_before_each_step() -> None:
    """(6 - 2w)**2 from w = 1: 16, then w = 1.8 by a step of 0.05 times 16, then w = 2.28."""
    model = Scale(1.0)
    losses = train(model, [2.0], [6.0], epochs=2, lr=0.05)

    assert losses == pytest.approx([16.0, (6 - 2 * 1.8) ** 2])
    assert model.w.data == pytest.approx(2.28)
