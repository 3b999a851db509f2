"""The checks of kata05: every operator on Values and on plain numbers, on either side.

Each program ends in a factor, so that the upstream gradient of the operator is never 1.
"""

import pytest

from grader.checks.programs import expect_agreement, expect_sampled, run
from grader.checks.scripts import expect_raises
from grader.checks.small import expect_small
from grader.checks.statement import expect_example


def test_negation(attempt):
    """`-a` has the opposite number, and hands on the opposite gradient."""
    expect_agreement(run(attempt, "b = -a\nc = b * 5\nc.backward()", a=2))
    expect_agreement(run(attempt, "b = -a\nc = b * a\nc.backward()", a=-3))


def test_difference(attempt):
    """In `a - b` the right operand gets the opposite of the upstream gradient."""
    expect_agreement(run(attempt, "c = a - b\nd = c * 5\nd.backward()", a=2, b=-3))
    expect_agreement(run(attempt, "b = a - 4\nc = b * 5\nc.backward()", a=2.5))


def test_power(attempt):
    """`a ** k` has the gradient k * a ** (k - 1) times upstream, for int and for float k."""
    for k in (3, 2.0, 2.5, 1):
        expect_agreement(run(attempt, f"b = a ** {k}\nc = b * 5\nc.backward()", a=3))
    expect_agreement(run(attempt, "b = a ** 3\nc = b * 5\nc.backward()", a=-2))
    expect_agreement(run(attempt, "b = a * 2\nc = b ** 3\nc.backward()", a=2.5))


def test_power_with_negative_or_fractional_exponent(attempt):
    """The power rule holds for negative and fractional exponents as well."""
    for k in (-1, -2, 0.5, -1.5):
        expect_agreement(run(attempt, f"b = a ** {k}\nc = b * 5\nc.backward()", a=4))
    expect_agreement(run(attempt, "b = a ** -3\nc = b * 5\nc.backward()", a=-2))


def test_quotient(attempt):
    """`a / b` hands gradients to both operands, 1 / b and -a / b ** 2 times upstream."""
    expect_agreement(run(attempt, "c = a / b\nd = c * 5\nd.backward()", a=3, b=2))
    expect_agreement(run(attempt, "c = a / b\nd = c * 5\nd.backward()", a=2, b=-4))
    expect_agreement(run(attempt, "b = a / 4\nc = b * 5\nc.backward()", a=3))


def test_number_on_the_left_of_plus_and_times(attempt):
    """`2 + a` and `2 * a` work as `a + 2` and `a * 2` do."""
    expect_agreement(run(attempt, "b = 2 + a\nc = b * 5\nc.backward()", a=3))
    expect_agreement(run(attempt, "b = 2 * a\nc = b * 5\nc.backward()", a=3))


def test_number_on_the_left_of_minus(attempt):
    """`2 - a` is 2 minus a, not a minus 2."""
    expect_agreement(run(attempt, "b = 2 - a\nc = b * 5\nc.backward()", a=3))


def test_number_on_the_left_of_division(attempt):
    """`2 / a` is 2 divided by a, with the gradient -2 / a ** 2 times upstream."""
    expect_agreement(run(attempt, "b = 2 / a\nc = b * 5\nc.backward()", a=4))
    expect_agreement(run(attempt, "b = 3.0 / a\nc = b * 5\nc.backward()", a=-2))


def test_sum_of_a_list(attempt):
    """`sum([a, b, c])` adds up Values, though it begins with 0."""
    expect_agreement(run(attempt, "d = sum([a, b, a])\ne = d * 5\ne.backward()", a=2, b=-3))


def test_one_value_on_both_sides(attempt):
    """In `a - a` and `a / a` the one operand gets both shares, which cancel."""
    expect_agreement(run(attempt, "b = a - a\nc = b * 5\nc.backward()", a=3))
    expect_agreement(run(attempt, "b = a / a\nc = b * 5\nc.backward()", a=3))


def test_shares_add_up(attempt):
    """A value that several operators use collects the share of each."""
    code = "c = a {} b\nd = a ** 2\ne = c + d\nf = e - a\nf.backward()"
    for operator in "-/*":
        expect_agreement(run(attempt, code.format(operator), a=3, b=2))
    expect_agreement(run(attempt, "b = a ** 2\nc = a ** 3\nd = b + c\nd.backward()", a=3))


def test_every_small_program(attempt):
    """In every program of one or two lines every number and every gradient is right."""
    expect_small(attempt, "arithmetic")


def test_any_graph(attempt):
    """On drawn graphs of all operators every number and every gradient is right."""
    expect_sampled(attempt, "arithmetic", expect_agreement)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_powers_of_zero(attempt):
    """At 0, `a ** 0` is 1 with gradient 0, and `a ** 2` is 0 with gradient 0."""
    for k in (0, 2, 1):
        expect_agreement(run(attempt, f"b = a ** {k}\nc = b * 5\nc.backward()", a=0))


@pytest.mark.stretch
def test_value_as_exponent_is_refused(attempt):
    """A Value as exponent raises TypeError and says so; its gradient would be lost."""
    why = "A Value as exponent should be refused"
    expect_raises(attempt, "Value(2.0) ** Value(3.0)", "TypeError", why)
