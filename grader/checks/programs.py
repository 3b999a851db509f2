"""Programs as checks run them: traces of the attempt, held against the authorities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.checks import drawn
from grader.checks.blame import Blame, first_wrong, operations
from grader.checks.failure import (
    CheckFailed,
    describe,
    expect_no_none,
    introduce,
    is_number,
    none_sentence,
    one_line,
    raised,
    show,
    shown,
    wrong_sentence,
)
from grader.checks.graded import GradedAttempt
from grader.core.model import Row
from grader.sandbox.failures import LearnerError
from grader.sandbox.protocol import RUN, SHOW
from grader.truth.authorities import Answers
from grader.truth.program import Program, ProgramError, flatten, names_in, program, vary
from grader.truth.tolerances import close


@dataclass(frozen=True)
class Traced:
    """A named value as the candidate described it; `plain` is set when it is not a Value."""

    name: str
    fields: dict[str, Any]

    @property
    def is_value(self) -> bool:
        return "plain" not in self.fields

    @property
    def data(self) -> Any:
        return self.fields.get("data")

    @property
    def grad(self) -> Any:
        return self.fields.get("grad")

    @property
    def operands(self) -> Any:
        """The operands: a name of the program, or the number of a nameless one."""
        return self.fields.get("_prev")

    @property
    def label(self) -> Any:
        return self.fields.get("_op")


@dataclass(frozen=True)
class Trace:
    """A program and what the attempt's Value made of it."""

    attempt: GradedAttempt
    program: Program
    values: dict[str, Traced]

    def __getitem__(self, name: str) -> Traced:
        if name not in self.values:
            self.fail(f"the name {name!r} was lost")
        return self.values[name]

    def fail(self, sentence: str, rows: Iterable[Row] = ()) -> None:
        """Fail the check with this program as the counterexample."""
        raise CheckFailed(f"{introduce(self.program)}: {sentence}", show(self.program, rows))


def run(
    attempt: GradedAttempt,
    code: str | Program,
    fields: Sequence[str] = ("data", "grad"),
    **inputs: float,
) -> Trace:
    """Run a program on the attempt and return its trace; `--seed` has drawn its inputs."""
    made = code if isinstance(code, Program) else vary(program(code, **inputs), attempt.seed)
    call = f"Running {one_line(made.code)!r}"
    try:
        reply = attempt.ask(
            RUN, call, code=made.code, inputs=dict(made.inputs), fields=list(fields)
        )
    except LearnerError as error:
        expect_no_none(attempt, made, error)
        short = until_line(made, error.program_line)
        raise raised(attempt, error, introduce(short), show(short)) from None
    values = {name: Traced(name, fields) for name, fields in reply["trace"].items()}
    return Trace(attempt, made, values)


def representations(attempt: GradedAttempt, numbers: Sequence[float]) -> list[str]:
    """Return `repr` of the attempt's Value of each number."""
    texts = attempt.ask(SHOW, "repr(Value(...))", inputs=list(numbers))["texts"]
    if len(texts) != len(numbers):
        raise CheckFailed("repr(Value(...)) gave no text.")
    return texts


def until_line(made: Program, line: int | None) -> Program:
    """Return the program up to the line that raised: what stands behind it is not needed."""
    lines = made.code.splitlines()[:line]
    short = Program("\n".join(lines), made.inputs)
    try:
        used = {name for step in flatten(short.steps) for name in names_in(step)}
    except ProgramError:  # the line stands in a loop
        return made
    return Program(short.code, {name: x for name, x in made.inputs.items() if name in used})


def expect_data(trace: Trace, names: Iterable[str] | None = None) -> None:
    """Every named value is a Value that holds the right number."""
    answers = trace.attempt.oracle.answer(trace.program)
    rows = [_data_row(trace, name, answers) for name in names or trace.program.names]
    _judge(trace, rows)


def expect_gradients(trace: Trace, names: Iterable[str] | None = None) -> None:
    """Every named value has the right gradient."""
    answers = trace.attempt.oracle.answer(trace.program)
    aliases = trace.program.aliases
    wanted = [name for name in names or trace.program.names if name not in aliases]
    rows = [_grad_row(trace, name, answers) for name in wanted]
    if all(row.agrees for row in rows):
        return
    found = _blame(trace, answers)
    first = f"{found.node}.grad" if found else ""
    rows = [replace(row, first=row.name == first) for row in rows]
    _judge(trace, rows, found.sentence if found else "")


def _blame(trace: Trace, answers: Answers) -> Blame | None:
    """Say where the gradients first go wrong, if every one of them is a number."""
    grads = {name: trace[name].grad for name in answers}
    if not all(map(is_number, grads.values())):
        return None
    expected = {name: answer["reference"] for name, answer in answers.items()}
    return first_wrong(trace.program, grads, expected)


def expect_agreement(trace: Trace, names: Iterable[str] | None = None) -> None:
    """Values first, then gradients: a wrong forward pass has perfectly consistent gradients."""
    expect_data(trace)
    expect_gradients(trace, names)


def expect_closed_form(trace: Trace, expected: Mapping[str, float]) -> None:
    """Hold the trace against numbers known in closed form, such as `{"a.grad": 1.0}`.

    For programs too large to be worth asking the authorities.
    """
    rows = []
    for name, right in expected.items():
        value, _, field = name.partition(".")
        got: Any = trace[value].fields.get(field)
        agrees = is_number(got) and close(float(got), right, abs(right))
        rows.append(Row(name, shown(got), right, agrees=agrees))
    _judge(trace, rows)


def _data_row(trace: Trace, name: str, answers: Answers) -> Row:
    seen, answer = trace[name], answers[name]
    if not seen.is_value:
        plain, made = describe(seen.fields["plain"]), operations(trace.program)[name]
        trace.fail(
            none_sentence(made)
            if (plain, bool(made)) == ("None", True)
            else f"{name} should be a Value and is {plain}."
        )
    right = answer["data"]
    return Row(
        f"{name}.data",
        shown(seen.data),
        right,
        reference=right,
        agrees=is_number(seen.data) and close(float(seen.data), right, max(abs(right), 1.0)),
    )


def _grad_row(trace: Trace, name: str, answers: Answers) -> Row:
    answer, got = answers[name], trace[name].grad
    right = answer["reference"]
    return Row(
        f"{name}.grad",
        shown(got),
        right,
        reference=right,
        pytorch=answer["pytorch"],
        finite_difference=answer["finite_difference"],
        agrees=is_number(got) and close(float(got), right, answer["scale"]),
        operation=operations(trace.program)[name],
        data=answer["data"],
    )


def _judge(trace: Trace, rows: list[Row], more: str = "") -> None:
    """Fail at the first wrong row, or at the first wrong node of the backward pass."""
    for row in sorted(rows, key=lambda row: not row.first):
        if not row.agrees:
            trace.fail(f"{wrong_sentence(row)} {more}".strip(), rows)


def expect_sampled(attempt: GradedAttempt, kind: str, check: Callable[[Trace], None]) -> None:
    """Hold the attempt's traces of drawn programs against a check."""
    for made in drawn.sampled(kind, attempt.seed):
        check(run(attempt, made))
