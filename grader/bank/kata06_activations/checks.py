"""The checks of kata06: each function's number, then its gradient, then how shares add up.

Inputs are positive and negative and never 1, so that a derivative said in terms of the wrong side
shows. The upstream gradient is never 1 and of either sign.
"""

import pytest

from grader.checks.programs import expect_agreement, expect_closed_form, expect_sampled, run
from grader.checks.scripts import expect_raises
from grader.checks.small import expect_small
from grader.checks.statement import expect_example

UP, DOWN = "b = a.{}()\nc = b * 5\nc.backward()", "b = a.{}()\nc = b * -3\nc.backward()"
FUNCTIONS = ("relu", "tanh", "exp", "log", "sigmoid")


def expect_function(attempt, name, *inputs):
    """The function's number and gradient are right, whatever the sign of the upstream gradient."""
    for a in inputs:
        expect_agreement(run(attempt, UP.format(name), a=a))
        expect_agreement(run(attempt, DOWN.format(name), a=a))


def test_relu(attempt):
    """relu keeps positive numbers and their gradients, and makes both 0 for negative ones."""
    expect_function(attempt, "relu", 2.5, -2.5)


def test_relu_at_zero(attempt):
    """At 0 the gradient of relu is 0, as in PyTorch."""
    trace = run(attempt, UP.format("relu"), a=0)
    expect_closed_form(trace, {"b.data": 0.0, "a.grad": 0.0})


def test_tanh(attempt):
    """tanh has the gradient 1 - tanh ** 2 times upstream."""
    expect_function(attempt, "tanh", 0.5, -1.5)


def test_exp(attempt):
    """exp has the gradient exp times upstream."""
    expect_function(attempt, "exp", 2, -1.5)


def test_log(attempt):
    """log has the gradient 1 / x times upstream."""
    expect_function(attempt, "log", 2, 0.5)


def test_sigmoid(attempt):
    """sigmoid has the gradient s * (1 - s) times upstream."""
    expect_function(attempt, "sigmoid", 0.5, -2)


def test_shares_add_up(attempt):
    """A value used beside its own activation collects both shares."""
    for name in FUNCTIONS:
        expect_agreement(run(attempt, f"b = a.{name}()\nc = b + a\nc.backward()", a=2))
        expect_agreement(run(attempt, f"b = a.{name}()\nc = b * a\nc.backward()", a=2))


def test_gradient_goes_on_to_what_is_below(attempt):
    """The operand of an activation can be the result of another operation."""
    for name in FUNCTIONS:
        code = f"b = a * 0.25\nc = b.{name}()\nd = c * a\nd.backward()"
        expect_agreement(run(attempt, code, a=3))


def test_every_small_program(attempt):
    """In every program of one or two lines every number and every gradient is right."""
    expect_small(attempt, "activations")


def test_any_graph(attempt):
    """On drawn graphs of sums, products and activations every gradient is right."""
    expect_sampled(attempt, "activations", expect_agreement)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_large_inputs(attempt):
    """tanh and sigmoid are finite and right at 1000 and at -1000."""
    for name, low in (("tanh", -1.0), ("sigmoid", 0.0)):
        code = UP.format(name)
        above, below = (
            run(attempt, f"a = d * 1000\n{code}", d=1),
            run(attempt, f"a = d * -1000\n{code}", d=1),
        )
        expect_closed_form(above, {"b.data": 1.0, "a.grad": 0.0})
        expect_closed_form(below, {"b.data": low, "a.grad": 0.0})


@pytest.mark.stretch
def test_log_of_zero_or_less_is_refused(attempt):
    """log of 0 or of a negative number raises ValueError."""
    for number in (0.0, -2.0):
        why = "log of 0 or less should be refused"
        expect_raises(attempt, f"Value({number}).log()", "ValueError", why)
