"""How a check fails: the exception, the program that shows it, and the sentences about numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from grader.checks.graded import GradedAttempt, Unasked
from grader.core.model import Counterexample, Row, clip, show_apart, show_number
from grader.sandbox.describe import without_addresses
from grader.sandbox.failures import Ended, LearnerError, blocked_sentence
from grader.sandbox.protocol import SCRIPT
from grader.truth.program import Program

MANY_LINES = 4
HUGE = 2.0**1000


class CheckFailed(Exception):
    """The attempt is wrong: a sentence, and the program that shows it."""

    def __init__(
        self, message: str, counterexample: Counterexample | None = None, *, unwritten: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.counterexample = counterexample
        self.unwritten = unwritten
        self.blocked = False
        self.telling = False  # it says what is wrong with things, which wrong numbers follow from
        self.fleeting = False  # asked once more by itself, the program came out right
        self.pattern = ""  # how all the wrong entries of an array are related to the right ones

    def __str__(self) -> str:
        return self.message


def raised(
    attempt: GradedAttempt, error: LearnerError, where: str, counterexample: Counterexample | None
) -> CheckFailed:
    """Return the failure of a check whose call raised."""
    if error.is_gap_of(attempt.kata):
        return CheckFailed(f"Not written yet. {error.message}.", unwritten=True)
    if error.blocked is not None:
        failure = CheckFailed(blocked_sentence(attempt.kata, error), counterexample)
        failure.blocked = True
        return failure
    place = f" (line {error.line}, in {error.function})" if error.line else ""
    return CheckFailed(f"{where}: raised {error}{place}.", counterexample)


def expect_no_none(attempt: GradedAttempt, made: Program, error: LearnerError) -> None:
    """Fail with the call that returned None, if an error of the program itself comes from one."""
    if error.line or "None" not in error.message:
        return
    place = error.program_line or 0
    step = next((s for s in ast.parse(made.code).body if s.lineno == place == s.end_lineno), None)
    if step is None:
        return
    before = "\n".join(made.code.splitlines()[: place - 1])
    culprit = next(filter(lambda part: _is_none(attempt, made, before, part), _parts(step)), None)
    if culprit is None:
        return
    text = ast.unparse(_made_by(before, culprit))
    code = "\n".join(made.code.splitlines()[:place])
    shown = Program(code, made.inputs)
    raise CheckFailed(f"{introduce(shown)}: {none_sentence(text)}", show(shown))


def none_sentence(call: str) -> str:
    """Say that a call gave nothing back."""
    return f"`{call}` returned None. Is a `return` missing?"


def _parts(step: ast.stmt) -> list[ast.expr]:
    """Return what a line computes, what it computes first in front."""
    kinds = (ast.Call, ast.BinOp, ast.UnaryOp)
    found = [node for node in ast.walk(step) if isinstance(node, kinds) or _is_read(node)]
    return found[::-1]  # type: ignore[return-value]


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _is_none(attempt: GradedAttempt, made: Program, before: str, part: ast.expr) -> bool:
    read = f"int(({ast.unparse(part)}) is None)"
    asked = {"code": before, "inputs": dict(made.inputs), "reads": [read]}
    try:
        call, names = f"Running {one_line(before)!r}", attempt.kata.names
        return attempt.ask(SCRIPT, call, **asked, names=names)["reads"] == [1]
    except (LearnerError, Unasked):
        return False


def _made_by(before: str, part: ast.expr) -> ast.expr:
    """Return the expression that a name was last given, and any other expression as it is."""
    for step in reversed(ast.parse(before).body):
        match step, part:
            case ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Name(id=wanted):
                if name == wanted:
                    return value
    return part


@contextmanager
def trained_by(kata: str) -> Iterator[None]:
    """Add to a failure which kata trains what is missing; for the capstone."""
    try:
        yield
    except (CheckFailed, Ended) as failure:
        if not getattr(failure, "unwritten", False):
            failure.message = join_sentences(failure.message, f"{kata} trains this.")
        raise


def join_sentences(first: str, second: str) -> str:
    """Return two sentences, with a full stop where they meet."""
    return f"{first}{'' if first.endswith(('.', '?')) else '.'} {second}"


@contextmanager
def first_trained_by(attempt: GradedAttempt, kata: str) -> Iterator[None]:
    """Do so where nothing that the part may rest on was wrong before; for parts built on others."""
    if attempt.wrong and attempt.blamed != kata:
        yield
        return
    try:
        with trained_by(kata):
            yield
    except (CheckFailed, Ended):
        attempt.blamed = kata
        raise


def one_line(code: str) -> str:
    return clip("; ".join(line.strip() for line in code.splitlines()).replace(":;", ":"), 80)


def introduce(made: Program) -> str:
    """Return how a sentence names a program: itself when it is short."""
    lines = made.code.splitlines()
    if len(lines) > MANY_LINES or len(made.code) > 90:
        return "In the program below"
    given = f" with {made.describe_inputs()}" if made.inputs else ""
    return one_line(made.code) + given


def show(made: Program, rows: Iterable[Row] = ()) -> Counterexample:
    return Counterexample(dict(made.inputs), made.code, tuple(rows))


def wrong_sentence(row: Row) -> str:
    """Say what a number should be and what it is."""
    expected, got = show_apart(row.expected, row.got)
    note = ", where a plain finite float or int belongs" if isinstance(row.got, str) else ""
    return f"{row.name} should be {expected} and is {got}{note}."


def shown(got: Any) -> Any:
    """Return a number as it is, and anything else as a sentence has it."""
    return got if is_number(got) else describe(got)


def is_number(got: Any) -> bool:
    """Whether a value the candidate sent is a plain number; NaN and infinities are not."""
    return isinstance(got, int | float) and not isinstance(got, bool) and abs(got) < HUGE


def describe(got: Any) -> str:
    """Return an odd value as a sentence has it: `None`, `nan`, `'3.0' (str)`."""
    if not isinstance(got, dict):
        return show_number(got)
    text, kind = without_addresses(str(got.get("odd"))), str(got.get("type"))
    plain = text in ("None", "nan", "inf", "-inf", "missing") and kind in (
        "NoneType",
        "float",
        "nothing",
    )
    return text if plain else clip(f"{text} ({kind})", 100)
