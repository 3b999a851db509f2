"""The example of a kata's statement, played on the attempt: what it shows is what it should give.

It is read from the solution's docstring, which the stub has word for word; what a learner makes of
the text in the file does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from grader.checks.failure import CheckFailed, describe, introduce, is_number, raised, show
from grader.checks.graded import GradedAttempt
from grader.core.model import show_number
from grader.sandbox.failures import LearnerError
from grader.sandbox.protocol import SCRIPT
from grader.truth.program import Program
from grader.truth.script import numbers_in
from grader.truth.tolerances import RTOL, near

PROMPT = ">>> "


def expect_example(attempt: GradedAttempt) -> None:
    """Every line of the statement's example gives what stands below it."""
    text = (attempt.kata.folder / "solution.py").read_text("utf-8")
    examples = list(examples_in(ast.get_docstring(ast.parse(text)) or ""))
    lines = [line for line, _ in examples]
    asked = [k for k, (_, want) in enumerate(examples) if want]
    code = [f"answer_{k} = {line}" if k in asked else line for k, line in enumerate(lines)]
    try:
        found = attempt.ask(
            SCRIPT,
            "Running the example of the statement",
            code="\n".join([*_given(attempt, text), *code]),
            inputs={},
            reads=[f"answer_{k}" for k in asked],
            names=attempt.kata.names,
        )["reads"]
    except LearnerError as error:
        made = Program("\n".join(lines), {})
        raise raised(attempt, error, introduce(made), show(made)) from None
    for k, got in zip(asked, found, strict=True):
        _expect(lines[: k + 1], examples[k][1], got)


def examples_in(statement: str) -> Iterator[tuple[str, str]]:
    """Yield each line of an example with what stands below it, "" where nothing does."""
    lines = statement.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith(PROMPT):
            yield line.removeprefix(PROMPT), "" if below.startswith(PROMPT) else below.strip()


def _given(attempt: GradedAttempt, text: str) -> list[str]:
    """Return the classes that the stub brings along for its example."""
    parts = [ast.get_source_segment(text, node) or "" for node in ast.parse(text).body]
    classes = [part for part in parts if part.startswith("class ") and "# >>>" not in part]
    return [part for part in classes if part.split()[1].strip(":") not in attempt.kata.entry]


def _expect(lines: list[str], want: str, got: Any) -> None:
    """Fail unless a line gives what the statement shows; 1 and 1.0 are the same, and so is True."""
    right = dict(numbers_in("", _plain(ast.literal_eval(want))))
    found = dict(numbers_in("", got))
    if right.keys() == found.keys() and all(_same(found[name], right[name]) for name in right):
        return
    made = Program("\n".join(lines), {})
    told = f"`{lines[-1]}` should give {want} and gives {_told(got, want[:1])}."
    raise CheckFailed(f"The example of the statement: {told}", show(made))


def _plain(right: Any) -> Any:
    """Return what an example shows as it comes out of the pipe."""
    if isinstance(right, list | tuple):
        return [_plain(part) for part in right]
    if isinstance(right, bool | str):
        return {"odd": repr(right), "type": type(right).__name__}
    return right


def _same(got: Any, right: Any) -> bool:
    if isinstance(right, dict):
        as_number = int(right["odd"] == "True") if right["type"] == "bool" else None
        return got == right or (is_number(got) and got == as_number)
    return is_number(got) and near(float(got), right, RTOL)


def _told(got: Any, opened_by: str = "[") -> str:
    """Return what came out of the pipe as a sentence has it, in the brackets it should have."""
    if isinstance(got, list):
        inside = ", ".join(map(_told, got))
        return f"({inside})" if opened_by == "(" else f"[{inside}]"
    if isinstance(got, dict) and got.get("type") in ("bool", "str"):
        return str(got["odd"])
    return show_number(got) if is_number(got) else describe(got)
