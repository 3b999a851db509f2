"""The checks of kata01: numbers, operands by identity, labels, and nothing else changed.

The numbers of a program are never 0 or 1 and their sum is never their product, so that a wrong
operator or a wrong operand shows.
"""

import ast

import pytest

from grader.checks.failure import CheckFailed
from grader.checks.programs import (
    Trace,
    expect_agreement,
    expect_closed_form,
    expect_data,
    expect_gradients,
    expect_sampled,
    representations,
    run,
)
from grader.checks.scripts import expect_claims
from grader.checks.small import expect_small
from grader.checks.statement import expect_example
from grader.truth.program import Assign

ALL = ("data", "grad", "_prev", "_op")


def expect_operands(trace: Trace, name: str, *operands: str | float) -> None:
    """Fail unless these objects, named or numbers, are the operands of `name`."""
    found = trace[name].operands
    if not isinstance(found, list):
        odd = found["odd"] if isinstance(found, dict) else "not iterable"
        trace.fail(f"{name}._prev is {odd}. It should hold the operands.")
    wanted = [operand if isinstance(operand, str) else float(operand) for operand in operands]
    if {str(x) for x in wanted} != {str(x) if isinstance(x, str) else _number(x) for x in found}:
        shown = " and ".join(dict.fromkeys(str(operand) for operand in wanted)) or "nothing"
        trace.fail(f"{name}._prev should hold {shown}, and holds {_list(found)}.")


def _number(operand: object) -> str:
    return str(float(operand)) if isinstance(operand, int | float) else repr(operand)


def _list(found: list[object]) -> str:
    return ", ".join(_describe(operand) for operand in found[:4]) or "nothing"


def _describe(operand: object) -> str:
    if isinstance(operand, dict):
        return f"a {operand.get('type')} that is no Value"
    return operand if isinstance(operand, str) else f"another Value of {operand}"


def test_result_is_a_value_with_the_right_number(attempt):
    """`a + b` and `a * b` are Values that hold the right number."""
    expect_data(run(attempt, "c = a + b", a=2.5, b=-3))
    expect_data(run(attempt, "c = a * b", a=2.5, b=-3))
    expect_data(run(attempt, "d = a * b\ne = d + c\nf = e * e", a=2, b=-3, c=10))


def test_operands_are_recorded(attempt):
    """`_prev` holds the operands themselves, both of them."""
    for operator in "+*":
        trace = run(attempt, f"c = a {operator} b\nd = c {operator} a", ALL, a=2.5, b=-3)
        expect_operands(trace, "c", "a", "b")
        expect_operands(trace, "d", "c", "a")


def test_same_operand_twice(attempt):
    """In `a + a` and `a * a` the operand is a, and equal numbers are still two operands."""
    for operator in "+*":
        expect_operands(run(attempt, f"b = a {operator} a", ALL, a=3), "b", "a")
        trace = run(attempt, f"c = a {operator} b", ALL, a=3, b=3)
        expect_operands(trace, "c", "a", "b")


def test_number_on_the_right_is_lifted(attempt):
    """A plain number on the right becomes a Value, and an operand like any other."""
    for operator in "+*":
        trace = run(attempt, f"b = a {operator} 4\nc = a {operator} 0.75", ALL, a=2.5)
        expect_data(trace)
        expect_operands(trace, "b", "a", 4)
        expect_operands(trace, "c", "a", 0.75)


def test_operation_is_labelled(attempt):
    """A result is labelled with its operation, "+" or "*"."""
    trace = run(attempt, "c = a + b\nd = a * b", ALL, a=2, b=3)
    labels = [trace[name].label for name in "cd"]
    if labels != ["+", "*"]:
        told = " and ".join(map(repr, labels))
        trace.fail(f"c._op and d._op should be '+' and '*', and are {told}.")


def test_fresh_value_is_a_leaf(attempt):
    """A number that nothing made has no operands and a gradient of 0, whatever came before it."""
    trace = run(attempt, "d = a + b\ne = d * c", ALL, a=2, b=3, c=-5)
    for name in "abc":
        expect_operands(trace, name)
    expect_gradients(trace)


def test_operands_stay_as_they_were(attempt):
    """An operation builds a new Value, `s += b` too, and changes no old one."""
    trace = run(attempt, "c = a + b\nd = a * b\ne = c * d", ALL, a=2.5, b=-3)
    expect_data(trace)
    expect_operands(trace, "c", "a", "b")
    for operator in "+*":
        trace = run(attempt, f"s = a\ns {operator}= b", ALL, a=2.5, b=-3)
        expect_data(trace)
        expect_operands(trace, "a")
        expect_operands(trace, "s", "a", "b")


def test_constructor_records_its_arguments(attempt):
    """`Value(data, children, op)` has these operands, however many, and this label."""
    for count in (1, 2, 3):
        children = "abc"[:count]
        made = f"v = Value(7.0, ({', '.join(children)},), '*')"
        claims = {
            "v.data": (7.0, "v.data should be 7.0."),
            "len([*v._prev])": (count, f"v was given {count} operands, which _prev should hold."),
            f"[sum(x is p for x in v._prev) for p in ({', '.join(children)},)]": (
                [1] * count,
                "_prev should hold the very operands that v was given.",
            ),
            "[int(v._op == '*'), v.grad]": ([1, 0], "v._op should be '*', and v.grad 0."),
        }
        expect_claims(attempt, made, claims, a=2, b=3, c=-5)


def test_every_small_program(attempt):
    """In every program of one or two lines every number is right and every operand recorded."""

    def check(trace: Trace) -> None:
        expect_agreement(trace)
        for step in trace.program.steps:
            if not isinstance(step, Assign):
                continue
            expect_operands(trace, step.name, *_parts(step.expression))

    expect_small(attempt, "forward", check, ALL)


def _parts(expression: ast.expr) -> list[str | float]:
    sides = (expression.left, expression.right)
    return [x.id if isinstance(x, ast.Name) else ast.literal_eval(x) for x in sides]


def test_any_graph(attempt):
    """On drawn graphs every number is right, and every gradient 0."""
    expect_sampled(attempt, "forward", expect_agreement)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_repr_shows_the_number(attempt):
    """`repr` of a Value shows its number."""
    for number in (2.5, -7.0):
        (text,) = representations(attempt, [number])
        if str(number) not in text and f"{number:g}" not in text:
            raise CheckFailed(
                f"repr(Value({number})) should show the number and is {text[:200]!r}."
            )


@pytest.mark.stretch
def test_long_chain_builds_in_linear_time(attempt):
    """A graph of 100,000 nodes builds in linear time."""
    trace = run(attempt, "x = a\nfor _ in range(100000):\n    x = x + b", a=2, b=3)
    a, b = trace.program.inputs.values()
    expect_closed_form(trace, {"x.data": a + 100_000 * b})
