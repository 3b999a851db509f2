"""The checks of kata03: any order in which operands come first is right.

The graphs come from programs; the candidate builds them from nodes of the grader's own, so a
mistake elsewhere in the learner's file does not matter.
"""

import pytest

from grader.checks.orders import (
    expect_all_listed,
    expect_none_twice,
    expect_operands_first,
    expect_order,
    expect_root_last,
    expect_same_again,
    expect_sampled_orders,
    sort,
)
from grader.checks.small_graphs import expect_small_orders
from grader.checks.statement import expect_example


def test_lists_every_reachable_node(attempt):
    """Every node that the root depends on is listed, down to the leaves."""
    expect_all_listed(sort(attempt, "", a=2))
    expect_all_listed(sort(attempt, "c = a * b", a=2, b=3))
    expect_all_listed(sort(attempt, "d = a * b\ne = d + c\nf = e * 4", a=2, b=3, c=-5))


def test_lists_each_node_once(attempt):
    """A node that is used more than once is listed once."""
    expect_none_twice(sort(attempt, "b = a * a", a=3))
    expect_none_twice(sort(attempt, "c = a * b\nd = c + a", a=2, b=3))
    expect_none_twice(sort(attempt, "b = a + a\nc = b * b\nd = c + c", a=3))


def test_operands_come_before_their_users(attempt):
    """No node is listed before one of its operands, however long the ways between them."""
    diamond = "c = a * b\nd = c + a\ne = c + b\nf = d * e"
    short_left = "c = a * b\nd = c + a\ne = d * b\nf = c + e"
    short_right = "c = a * b\nd = c + a\ne = d * b\nf = e + c"
    leaf = "c = a * b\nd = c * b\ne = a + d"
    for code in (diamond, short_left, short_right, leaf):
        expect_operands_first(sort(attempt, code, a=2, b=-3))  # the product is less than both


def test_root_is_last(attempt):
    """The root is listed, and is last."""
    expect_root_last(sort(attempt, "b = a * a\nc = b + b", a=3))
    expect_root_last(sort(attempt, "c = a + b\nd = b * c\ne = d + a", a=2, b=3))


def test_equal_numbers_are_different_nodes(attempt):
    """Two nodes with equal data are two nodes."""
    expect_all_listed(sort(attempt, "c = a * b", a=3, b=3))
    expect_all_listed(sort(attempt, "c = a + b\nd = b + a\ne = c * d", a=3, b=3))


def test_graph_stays_as_it_was(attempt):
    """Sorting changes no node: neither data nor gradient nor operands."""
    order = sort(attempt, "c = a * b\nd = c + a\ne = d * c", a=2, b=3)
    order.expect_unchanged()


def test_second_call_starts_afresh(attempt):
    """A second call on the same graph, and a call on another one, give full orders."""
    expect_same_again(sort(attempt, "c = a * b\nd = c + a", times=3, a=2, b=3))
    expect_all_listed(sort(attempt, "b = a * a", a=5))


def test_every_small_graph(attempt):
    """Every graph of up to four nodes, with up to three operands each, is sorted right."""
    expect_small_orders(attempt)


def test_any_graph(attempt):
    """On drawn graphs every order is right."""
    expect_sampled_orders(attempt)


def test_ladder_of_diamonds(attempt):
    """A ladder of 60 diamonds has 61 nodes and as many steps, though 2 ** 60 ways lead down it."""
    for rungs in (3, 12, 60):
        expect_none_twice(sort(attempt, f"x = a\nfor _ in range({rungs}):\n    x = x + x", a=3))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_chain_of_100000_nodes(attempt):
    """A chain of 100,000 nodes raises no RecursionError."""
    for length in (2_000, 100_000):
        code = f"x = a\nfor _ in range({length}):\n    x = x + b"
        expect_order(sort(attempt, code, a=2, b=3))


@pytest.mark.stretch
def test_time_is_linear(attempt):
    """A graph of 16,000 nodes and 32,000 operands takes time in proportion."""
    for length in (500, 8_000):
        code = f"x = a\nfor _ in range({length}):\n    y = x + b\n    x = y * x"
        expect_order(sort(attempt, code, a=2, b=3))
