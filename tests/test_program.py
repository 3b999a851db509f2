"""Programs: what the whitelist lets through, how they vary, how they are shown."""

from __future__ import annotations

import ast

import pytest

from grader.truth.program import (
    Assign,
    Backward,
    Local,
    Loop,
    ProgramError,
    Seed,
    program,
    sigmoid,
    vary,
)

DEEP = "line 1, column 1: the expression is nested too deeply; give parts of it names"


def test_every_statement_of_a_program_is_parsed() -> None:
    """Assignments, gradients, both backward calls and loops become steps."""
    made = program(
        "c = a * b\nc += 2\na.grad = c.grad = -2.5\nc._backward()\n"
        "for _ in range(3):\n    c = c + a\nc.backward()",
        a=2,
        b=3,
    )
    kinds = [type(step) for step in made.steps]

    assert kinds == [Assign, Assign, Seed, Local, Loop, Backward]
    assert made.steps[2] == Seed(("a", "c"), -2.5)
    assert made.names == ("a", "b", "c")
    assert made.size == 2 + 2 + 3


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os", "line 1, column 1: this statement is not part of a program"),
        ("c = a; d = q", "line 1, column 12: the name 'q' has no value yet"),
        ("c = a.__class__()", "line 1, column 5: 'a.__class__()' is not part of a program"),
        ("c = open('x')", "line 1, column 5: \"open('x')\" is not part of a program"),
        ("c = a\nd = (c +", "line 2, column 5: '(' was never closed"),
        ("c = True * a", "line 1, column 5: 'True' is not part of a program"),
        ("c = a @ a", "line 1, column 5: 'a @ a' is not part of a program"),
        ("c = 'x' * 3", "line 1, column 5: \"'x'\" is not part of a program"),
        ("c = a * a\nc.data = 3", "line 2, column 1: only an input's data can be set"),
        ("a = a * 2\na.data = 3", "line 2, column 1: only an input's data can be set"),
        ("a.grad = b", "line 1, column 10: 'b' is not a number"),
        ("c = 1e999 * a", "line 1, column 5: '1e309' is not part of a program"),
        ("c = a * 10 ** 400", "line 1, column 9: '10 ** 400' is too large for a float"),
        ("c = a ** (9 ** 9 ** 9)", "line 1, column 11: '9 ** 9 ** 9' is too large for a float"),
        ("c = a * 1" + 400 * "0", "line 1, column 9: this number is too large for a float"),
        ("c = a * 0x1" + 5000 * "0", "line 1, column 9: this number is too large for a float"),
        ("c = [0x1" + 5000 * "0" + "]", "line 1, column 6: this number is too large for a float"),
        ("c = a" + 2_999 * " + a", DEEP),
        ("c = " + 9_000 * "-" + "a", DEEP),
        ("c = " + 180 * "(-" + "a" + 180 * ")", DEEP),
        ("c = a" + 101 * ".relu()", DEEP),
        ("a.grad = 1e999", "line 1, column 10: '1e309' is not a number"),
        (
            "c = a\nfor _ in range(3):\n    c = c + c\n    c.backward()",
            "line 4, column 5: only assignments can stand in a loop",
        ),
        (
            "for _ in range(3):\n    a.grad = 2.0",
            "line 2, column 5: only assignments can stand in a loop",
        ),
        (
            "for _ in range(3):\n    for _ in range(3):\n        a = a + a",
            "line 2, column 5: only assignments can stand in a loop",
        ),
        (
            "for i in range(9999999):\n    c = a",
            "line 1, column 1: this statement is not part of a program",
        ),
    ],
)
def test_what_is_not_a_program_is_refused_with_its_place(code: str, message: str) -> None:
    """Anything off the whitelist raises ProgramError with line and column."""
    with pytest.raises(ProgramError) as caught:
        program(code, a=1, b=2)

    assert str(caught.value) == message


def test_powers_and_long_sums_within_bounds_are_programs() -> None:
    """What a float holds, and what can be walked, is let through."""
    made = program("c = a" + 90 * " + a" + "\nd = c * 10 ** 300 + 2 ** -1 + (-2) ** 3", a=1)

    assert made.size == 3
    assert program("c = a * 0 ** -1", a=1).names == ("a", "c")


def test_expressions_run_under_any_number_type() -> None:
    """The same text is evaluated with operators, methods or functions of the number's own type."""
    step = program("c = sum([a, b ** 2, -a / 4]).relu()", a=2, b=3).steps[0]
    assert isinstance(step, Assign)

    assert step.operands == ("a", "b")
    assert step.evaluate({"a": 2, "b": 3}, {"relu": lambda x: max(x, 0)}) == 10.5
    assert step.evaluate({"a": complex(2), "b": 3j}, {"relu": lambda x: x}) == -7.5


def test_vary_keeps_signs_equalities_and_zeros() -> None:
    """Another seed draws other inputs, which keep what a check may have chosen them for."""
    original = program("c = a * b + d * e", a=2, b=-2, d=3, e=0)
    varied = vary(original, 5).inputs

    assert vary(original, 0) is original
    assert vary(original, 5).inputs == varied
    assert varied["a"] == -varied["b"] > 1
    assert varied["d"] not in (varied["a"], 0.0, 1.0)
    assert varied["e"] == 0
    assert vary(original, 6).inputs != varied


def test_script_stands_alone_once_value_is_imported() -> None:
    """The shown program is Python that can be pasted."""
    made = program("c = a * b\nc.backward()", a=2, b=-3)

    assert made.as_script() == "a, b = Value(2.0), Value(-3.0)\nc = a * b\nc.backward()"
    ast.parse(made.as_script())


def test_aliases_are_names_of_the_same_value() -> None:
    """A name that was only given to a value is an alias until it is given to another."""
    assert program("s = a\nt = s", a=2).aliases == {"s": "a", "t": "a"}
    assert program("s = a\ns = s + a", a=2).aliases == {}


@pytest.mark.parametrize("x", [-1000.0, -3.0, 0.0, 3.0, 1000.0])
def test_sigmoid_is_finite_and_symmetric(x: float) -> None:
    """sigmoid(-x) is 1 - sigmoid(x), without overflow on either side."""
    assert 0 <= sigmoid(x) <= 1
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1)
