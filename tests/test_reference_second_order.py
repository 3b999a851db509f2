"""The derivative of the gradients is the Hessian: symmetric, and the one that others compute.

The engine differentiates once. Central differences of its gradients differentiate them again, so
that they must be right around a point, and be the gradients of one function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.engine import Value
from reference.gradcheck import Function, central_difference
from reference.losses import cross_entropy
from tests.test_reference_engine import PROGRAMS, STEPS, Program, gradients

Matrix = list[list[float]]
STEP = 1e-5  # for a first difference: curve and rounding err by about 1e-10 each
WIDE_STEP = 1e-4  # for a second one: by about 1e-8 each


def jacobian(functions: Sequence[Function], numbers: Sequence[float], step: float) -> Matrix:
    """Return how each function (column) changes along each input (row)."""
    inputs = range(len(numbers))
    return [[central_difference(f, numbers, i, step) for f in functions] for i in inputs]


def curvature(program: Program, numbers: Sequence[float]) -> Matrix:
    """Return how the gradients of `backward` change."""

    def gradient(j: int) -> Function:
        return lambda xs: gradients(program, *xs)[1][j]

    return jacobian([gradient(j) for j in range(len(numbers))], numbers, STEP)


def second_differences(program: Program, numbers: Sequence[float]) -> Matrix:
    """Return the Hessian from values alone: differences of differences."""

    def value(xs: list[float]) -> float:
        return gradients(program, *xs)[0]

    def slope(j: int) -> Function:
        return lambda xs: central_difference(value, xs, j, WIDE_STEP)

    return jacobian([slope(j) for j in range(len(numbers))], numbers, WIDE_STEP)


def torch_hessian(program: Program, numbers: Sequence[float]) -> Matrix:
    """Return PyTorch's Hessian."""
    tensors = tuple(torch.tensor(number, dtype=torch.float64) for number in numbers)
    rows = torch.autograd.functional.hessian(program, tensors)
    return [[entry.item() for entry in row] for row in rows]


def expect_close(found: Matrix, wanted: Matrix) -> None:
    """Compare two Hessians by the size of the largest number in them."""
    size = 1 + max(abs(number) for row in wanted for number in row)

    for row, wanted_row in zip(found, wanted, strict=True):
        assert row == pytest.approx(wanted_row, rel=0, abs=1e-6 * size)


def transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


@pytest.mark.parametrize("numbers", [(2.5, -1.75), (-0.6, 0.3), (1.25, 3.5)])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_gradients_change_as_torch_says(program: Program, numbers: tuple[float, float]) -> None:
    """Every operation's gradients have PyTorch's second derivatives, and those of the values."""
    found = curvature(program, numbers)

    expect_close(found, torch_hessian(program, numbers))
    expect_close(found, second_differences(program, numbers))


@settings(deadline=None)  # the first Hessian wakes torch up
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 99), st.integers(0, 99)),
        max_size=6,
    ),
    st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2)),
)
def test_random_graphs_have_a_symmetric_hessian(
    steps: list[tuple[str, int, int]], numbers: tuple[float, float, float]
) -> None:
    """The order of differentiating does not matter, and PyTorch has the same numbers."""

    def program(a: Value, b: Value, c: Value) -> Value:
        nodes = [a, b, c]
        for label, i, j in steps:
            nodes.append(STEPS[label](nodes[i % len(nodes)], nodes[j % len(nodes)]))
        return nodes[-1] * nodes[-2] + (a * b * c).tanh()

    found = curvature(program, numbers)

    expect_close(found, transposed(found))
    expect_close(found, torch_hessian(program, numbers))


@pytest.mark.parametrize("target", [0, 1, 2])
def test_cross_entropy_curves_by_the_softmax(target: int) -> None:
    """Its Hessian is diag(p) - p pT whatever the target, as the papers have it."""
    logits = [0.5, -1.25, 2.0]
    weights = [math.exp(z) for z in logits]
    p = [weight / sum(weights) for weight in weights]

    def loss(*zs: Value) -> Value:
        return cross_entropy(zs, target)

    expect_close(
        curvature(loss, logits),
        [[p[i] * ((i == j) - p[j]) for j in range(3)] for i in range(3)],
    )
