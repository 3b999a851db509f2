"""The checks of kata02: what `_backward` of a product does to its operands, and to nothing else.

Upstream gradients are never 1 and no two numbers of a program are equal, so that a dropped factor
or a swapped operand shows.
"""

import pytest

from grader.checks.programs import expect_agreement, expect_data, expect_sampled, run
from grader.checks.small import expect_small
from grader.checks.statement import expect_example


def test_each_operand_gets_the_other_times_upstream(attempt):
    """Each operand receives the other's data times the upstream gradient."""
    expect_agreement(run(attempt, "c = a * b\nc.grad = 5.0\nc._backward()", a=2, b=-3))
    expect_agreement(run(attempt, "c = b * a\nc.grad = -0.5\nc._backward()", a=4, b=3))


def test_same_operand_twice_gets_both_shares(attempt):
    """In `a * a` the one operand receives the shares of both sides."""
    expect_agreement(run(attempt, "b = a * a\nb.grad = 5.0\nb._backward()", a=3))


def test_share_is_added_to_what_arrived_before(attempt):
    """A share is added to the gradient that is there already."""
    expect_agreement(run(attempt, "c = a * b\na.grad = c.grad = 5.0\nc._backward()", a=2, b=3))
    expect_agreement(run(attempt, "c = a * b\nb.grad = c.grad = 5.0\nc._backward()", a=2, b=3))
    two_products = "c = a * b\nd = a * c\nd.grad = 5.0\nd._backward()\nc._backward()"
    expect_agreement(run(attempt, two_products, a=2, b=3))


def test_number_on_the_right_is_an_operand(attempt):
    """A plain number on the right counts as an operand."""
    expect_agreement(run(attempt, "b = a * 4\nb.grad = 5.0\nb._backward()", a=3))


def test_gradient_waits_until_backward_is_called(attempt):
    """Building a product hands out nothing, whatever `grad` is set to."""
    expect_agreement(run(attempt, "c = a * b\nc.grad = 5.0", a=2, b=3))
    trace = run(attempt, "c = a * b\nd = c * a\nc.grad = 5.0\nc._backward()", a=2, b=3)
    expect_agreement(trace)


def test_only_the_operands_are_touched(attempt):
    """`_backward` leaves `data`, `out.grad` and everything beyond its operands alone."""
    expect_data(run(attempt, "c = a * b\nc.grad = 5.0\nc._backward()", a=2, b=3))
    deep = "c = a * b\nd = c * b\nc.grad = 7.0\nd.grad = 5.0\nd._backward()"
    expect_agreement(run(attempt, deep, a=2, b=3))


def test_every_small_program(attempt):
    """In every program of one or two lines, walked in order, every gradient is right."""
    expect_small(attempt, "local")


def test_any_graph_of_sums_and_products(attempt):
    """On drawn graphs, walked in order, every gradient is right."""
    expect_sampled(attempt, "local", expect_agreement)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_product_of_many_factors(attempt):
    """A product of three and more factors, some of them repeated, has the right gradients."""
    code = "d = a * b\ne = d * a\nf = e * c\ng = f * f\ng.grad = 0.5\n"
    walk = "g._backward()\nf._backward()\ne._backward()\nd._backward()"
    expect_agreement(run(attempt, code + walk, a=2, b=3, c=-5))
