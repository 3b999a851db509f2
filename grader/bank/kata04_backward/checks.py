"""The checks of kata04: every gradient of a graph, whatever its shape.

Which node is fired when shows only where nodes are shared, so most programs here share one, at
equal depth and at unequal depth, on the left and on the right.
"""

import pytest

from grader.checks.programs import (
    expect_agreement,
    expect_closed_form,
    expect_gradients,
    expect_sampled,
    run,
)
from grader.checks.scripts import expect_claims
from grader.checks.small import expect_small
from grader.checks.statement import expect_example


def test_root_has_gradient_one(attempt):
    """The gradient of the root by itself is 1, whatever its number and whatever it held."""
    expect_agreement(run(attempt, "c = a * b\nc.backward()", a=2, b=-3))
    expect_agreement(run(attempt, "c = a + b\nc.backward()", a=2.5, b=4))
    expect_agreement(run(attempt, "a.backward()", a=3))
    expect_agreement(run(attempt, "c = a * b\nc.grad = 5.0\nc.backward()", a=2, b=3))


def test_gradient_reaches_the_leaves(attempt):
    """Gradients flow from the root through every node down to the leaves."""
    expect_agreement(run(attempt, "d = a * b\ne = d * c\ne.backward()", a=2, b=3, c=-5))
    chain = "d = a * b\ne = d + c\nf = e * a\ng = f * 4\nh = g + b\nh.backward()"
    expect_agreement(run(attempt, chain, a=2, b=3, c=-5))


def test_reused_leaf_collects_every_share(attempt):
    """A leaf that is used more than once collects the share of every use."""
    expect_agreement(run(attempt, "b = a + a\nb.backward()", a=3))
    expect_agreement(run(attempt, "b = a * a\nc = b * a\nc.backward()", a=3))
    expect_agreement(run(attempt, "c = a * b\nd = c + a\nd.backward()", a=2, b=3))


def test_reused_inner_node_is_fired_once(attempt):
    """An inner node that is used more than once hands on its gradient once, when it is complete."""
    expect_agreement(run(attempt, "b = a + a\nc = b + b\nc.backward()", a=3))
    expect_agreement(run(attempt, "b = a * a\nc = b * b\nc.backward()", a=3))
    diamond = "c = a * b\nd = c + a\ne = c * b\nf = d * e\nf.backward()"
    expect_agreement(run(attempt, diamond, a=2, b=3))


def test_short_and_long_way_to_a_node(attempt):
    """A node reached by a short and a long way waits for both."""
    for last in ("e = b + d", "e = d + b", "e = b * d", "e = d * b"):
        code = f"b = a * 2\nc = b * 3\nd = c * 5\n{last}\ne.backward()"
        expect_agreement(run(attempt, code, a=3))


def test_equal_numbers_are_different_nodes(attempt):
    """Two nodes with equal data have gradients of their own."""
    expect_agreement(run(attempt, "c = a * b\nd = c + a\nd.backward()", a=3, b=3))
    expect_agreement(run(attempt, "c = a + 2\nd = b + 2\ne = c * d\ne.backward()", a=3, b=3))


def test_two_losses_add_up_in_a_shared_leaf(attempt):
    """Leaves keep what they hold: the gradients of two losses add up."""
    code = "c = a * b\nd = a * a\nc.backward()\nd.backward()"
    expect_agreement(run(attempt, code, a=2, b=3))
    expect_agreement(run(attempt, "b = a * a\na.grad = 7.0\nb.backward()", a=3))
    labelled = "a = Value(3.0, (), 'x')\na.grad = 7.0\nb = a * a\nb.backward()"
    expect_claims(attempt, labelled, {"a.grad": (13.0, "a.grad should be 7.0 + 6.0.")})


def test_every_small_program(attempt):
    """In every program of up to three lines every gradient is right."""
    expect_small(attempt, "backward")


def test_any_graph(attempt):
    """On drawn graphs every gradient is right."""
    expect_sampled(attempt, "backward", expect_agreement)


def test_ladder_of_diamonds(attempt):
    """A ladder of 60 diamonds takes 61 steps, though 2 ** 60 ways lead down it."""
    for rungs in (3, 12, 60):
        code = f"x = a\nfor _ in range({rungs}):\n    x = x + x\nx.backward()"
        expect_agreement(run(attempt, code, a=3))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_chain_of_100000_nodes(attempt):
    """A chain of 100,000 nodes, and a ladder of 2,000 rungs, raise no RecursionError."""
    rung = "    y = x + b\n    x = x + y\n    x = x * 0.5\n"
    ladder = run(attempt, f"x = a\nfor _ in range(2000):\n{rung}x.backward()", a=2, b=3)
    a, b = ladder.program.inputs.values()
    right = {"x.data": a + 1_000 * b, "a.grad": 1.0, "b.grad": 1_000.0}
    expect_closed_form(ladder, right)
    for length in (2_000, 100_000):
        code = f"x = a\nfor _ in range({length}):\n    x = x + b\nx.backward()"
        trace = run(attempt, code, a=2, b=3)
        a, b = trace.program.inputs.values()
        total = {"x.data": a + length * b, "a.grad": 1.0, "b.grad": float(length)}
        expect_closed_form(trace, total)


@pytest.mark.stretch
def test_second_call_as_pytorch_does_it(attempt):
    """On a second call on the same graph leaves add up, and every other node starts afresh."""
    code = "d = a + b\ne = d * c\ne.backward()\ne.backward()"
    expect_gradients(run(attempt, code, a=3, b=2, c=5), names="abc")
