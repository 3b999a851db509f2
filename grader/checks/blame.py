"""Where a gradient first goes wrong: the node that is wrong although every node it collects from
is right, and what the operations it collects from should have passed to it.

Only the gradients at the end are known, so a sentence says what is there and what it is equal to,
never what happened: a contribution that is missing may have been erased, or never passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.core.model import show_apart, show_number
from grader.truth.authorities import Differences, Tape, slope
from grader.truth.program import FLOAT_METHODS, Assign, Backward, Loop, Program, Seed
from grader.truth.tolerances import roughly

MOST_TIMES = 64  # more runs of one node than this are no longer a guess worth reading


@dataclass(frozen=True)
class Blame:
    """The first wrong node of the backward pass, and a sentence about what is missing there."""

    node: str
    sentence: str


def operations(made: Program) -> dict[str, str]:
    """Return for each name the expression that made it, "" for an input."""
    lines = {line.partition(" = ")[0]: line.partition(" = ")[2] for line in made.code.splitlines()}
    return {name: lines.get(name, "") for name in made.names}


def first_wrong(
    made: Program, got: Mapping[str, float], expected: Mapping[str, float]
) -> Blame | None:
    """Return the first wrong node in the order of the backward pass.

    `got` and `expected` have the gradients of the names; a name that is missing is not looked at.
    None if no node fits, or if the program has a loop or gives a name twice.
    """
    lines = _lines(made)
    if lines is None:
        return None
    users: dict[str, list[str]] = {name: [] for name in made.names}
    for name, step in lines.items():
        for operand in step.operands:
            users[operand].append(name)
    wrong = {name for name in expected if name in got and not roughly(got[name], expected[name])}
    for name in [*reversed(lines), *reversed(list(made.inputs))]:
        if name in wrong:  # all its users have been looked at
            sentence = _sentence(made, name, users[name], got[name], expected)
            return Blame(name, sentence) if sentence else None
    return None


def _lines(made: Program) -> dict[str, Assign] | None:
    """Return the step that makes each name, or None where names do not stand for one node each."""
    lines: dict[str, Assign] = {}
    for step in made.steps:
        if isinstance(step, Loop) or (isinstance(step, Assign) and step.name in lines):
            return None
        if isinstance(step, Assign):
            lines[step.name] = step
    return None if made.aliases or set(lines) & set(made.inputs) else lines


def _sentence(
    made: Program, name: str, users: list[str], got: float, expected: Mapping[str, float]
) -> str:
    right = expected[name]
    preset = sum(step.grad for step in made.steps if isinstance(step, Seed) and name in step.names)
    roots = [step.name for step in made.steps if isinstance(step, Backward)]
    if not users:
        begins = f"`{name}.backward()` begins with 1" if name in roots else "nothing is handed here"
        return f"`{name}` should have {show_number(right)} and has {show_number(got)}: {begins}."
    text = operations(made)
    if len(users) == 1 and name not in roots:
        line = f"`{users[0]} = {text[users[0]]}`"
        due, there = show_number(right - preset), _there(got, right, preset)
        return f"{line} should pass {due} to `{name}`; {there}."
    shares = _shares(made, name, users, expected)
    shown = [f"`{user} = {text[user]}`" for user in users]
    for user, share, line in zip(users, shares, shown, strict=True):
        if roughly(got, right - share):
            return f"What `{name}` lacks is {show_number(share)}, the contribution of {line}."
        if roughly(got - preset, share) and len(users) > 1:
            others = " and ".join(
                other for other, who in zip(shown, users, strict=True) if who != user
            )
            return f"`{name}` holds the contribution of {line} alone; that of {others} is missing."
    return f"`{name}` collects from {' and '.join(shown)}: together {show_number(right)}."


def _there(got: float, right: float, preset: float) -> str:
    """Say what is there instead of the one contribution that is due."""
    there, due = show_apart(got - preset, right - preset)
    times = round((got - preset) / (right - preset)) if right != preset else 0
    if 2 <= times <= MOST_TIMES and roughly(got - preset, times * (right - preset)):
        return f"{there} is there, {times} x {due}, as if it had run {times} times"
    return f"{there} is there"


def _shares(
    made: Program, name: str, users: list[str], expected: Mapping[str, float]
) -> list[float]:
    """Return what each user should hand over, worked out by differences."""
    tape = Tape(made)
    lines = [step for step in made.steps if isinstance(step, Assign)]
    tape.run(lines, Differences())
    data = {line: tape.data[node] for line, node in tape.current.items()}
    return [expected[line.name] * _slope(line, data, name) for line in lines if line.name in users]


def _slope(line: Assign, data: Mapping[str, float], name: str) -> float:
    """Return the derivative of one line by one of its operands, the others held still."""
    numbers = {operand: data[operand] for operand in line.operands}

    def along(x: float) -> float:
        return float(line.evaluate({**numbers, name: x}, FLOAT_METHODS))

    return slope(along, data[name])
