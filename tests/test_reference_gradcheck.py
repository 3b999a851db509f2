"""The gradient check accepts right gradients and rejects wrong ones."""

from __future__ import annotations

import math

import pytest

from reference.engine import Value
from reference.gradcheck import gradients_agree, numerical_gradient

XS = [1.5, -2.0, 0.75]
GRADS = [4.5, 0.75 * math.cos(-1.5), -2.0 * math.cos(-1.5)]


def f(xs: list[float]) -> float:
    """Return a curve whose gradients at XS are GRADS."""
    x, y, z = xs
    return 1.5 * x * x + math.sin(y * z)


def test_gradient_is_accurate() -> None:
    """Central differences reach eight digits."""
    assert numerical_gradient(f, XS) == pytest.approx(GRADS, rel=1e-8)


def test_curvature_cancels() -> None:
    """A parabola has no error even with a wide step, which is used as given."""
    assert numerical_gradient(lambda xs: 3.0 * xs[0] ** 2, [2.0], h=0.25) == pytest.approx([12.0])
    # the step is h * max(1, |x|) = 0.5: the error of x**3 is its square
    assert numerical_gradient(lambda xs: xs[0] ** 3, [2.0], h=0.25) == pytest.approx([12.25])


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e6, 1e12, -1e12])
def test_inputs_of_any_size(scale: float) -> None:
    """The step follows the size of the input."""
    (slope,) = numerical_gradient(lambda xs: xs[0] ** 2 + xs[0], [scale])

    assert slope == pytest.approx(2 * scale + 1, rel=1e-7)


def test_step_is_the_one_that_was_made() -> None:
    """A line has no error but rounding, though x + h - (x - h) is not 2h in floats."""
    (slope,) = numerical_gradient(lambda xs: xs[0], [0.7], h=1e-12)

    assert slope == 1.0


def test_inputs_stay_as_they_are() -> None:
    """The list is left alone, even by a function that changes what it gets."""
    xs = list(XS)

    def spoils(given: list[float]) -> float:
        result = f(given)
        given[:] = [99.0] * 3
        return result

    assert numerical_gradient(spoils, xs) == pytest.approx(GRADS, rel=1e-8)
    assert xs == XS


def test_inputs_may_be_whole_numbers_in_a_tuple() -> None:
    """Any sequence of numbers will do, an empty one too."""
    assert numerical_gradient(lambda xs: xs[0] * xs[1], (3, 7)) == pytest.approx([7, 3])
    assert numerical_gradient(lambda xs: 1.0, []) == []


def test_right_gradients_agree() -> None:
    """Gradients from calculus and from the engine are accepted."""
    x, y = Value(0.5), Value(-1.25)
    ((x * y).tanh() * x).backward()

    assert gradients_agree(f, XS, GRADS)
    assert gradients_agree(
        lambda xs: math.tanh(xs[0] * xs[1]) * xs[0], [0.5, -1.25], [x.grad, y.grad]
    )


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "wrong", [lambda g: -g, lambda g: g * 1.0001, lambda g: g + 1e-4, lambda g: 0.0]
)
def test_wrong_gradients_do_not(wrong: object, place: int) -> None:
    """One wrong component is enough, wherever it stands."""
    grads = list(GRADS)
    grads[place] = wrong(grads[place])  # type: ignore[operator]

    assert not gradients_agree(f, XS, grads)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_agrees(bad: float) -> None:
    """Neither as a gradient nor as a value of the function."""
    assert not gradients_agree(f, XS, [bad, *GRADS[1:]])
    assert not gradients_agree(lambda xs: bad, [1.5], [0.0])
    assert not gradients_agree(lambda xs: math.copysign(bad, xs[0]), [0.0], [2.0])


@pytest.mark.parametrize("grads", [GRADS[:2], [*GRADS, 0.0], []], ids=["short", "long", "empty"])
def test_another_number_of_gradients_never_agrees(grads: list[float]) -> None:
    """Gradients are not cut to fit."""
    assert not gradients_agree(f, XS, grads)


def test_zero_gradient() -> None:
    """Where the slope is 0 the absolute tolerance decides."""
    assert gradients_agree(lambda xs: 2.5, [3.0], [0.0])
    assert gradients_agree(lambda xs: 2.5, [3.0], [9e-8])
    assert not gradients_agree(lambda xs: 2.5, [3.0], [2e-7])
    assert gradients_agree(lambda xs: 2.5, [3.0], [2e-7], atol=1e-6)


def test_relative_tolerance() -> None:
    """For large slopes the relative tolerance decides."""
    assert gradients_agree(lambda xs: 1e6 * xs[0], [3.0], [1e6 + 5])
    assert not gradients_agree(lambda xs: 1e6 * xs[0], [3.0], [1e6 + 20])
    assert gradients_agree(lambda xs: 1e6 * xs[0], [3.0], [1e6 + 20], rtol=1e-4)
