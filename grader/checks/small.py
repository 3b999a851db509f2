"""Every small program, held against its answers: the first that differs is the smallest."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.checks.failure import CheckFailed, introduce, show
from grader.checks.graded import GradedAttempt
from grader.checks.programs import Trace, Traced, expect_agreement, run
from grader.sandbox.protocol import SWEEP
from grader.truth.agreement import unpacked
from grader.truth.program import Program
from grader.truth.swept import Chunk
from grader.truth.templates import Template
from grader.truth.tolerances import ATOL, RTOL

SECONDS = 1.0  # of processor time for the programs of one size
Check = Callable[[Trace], None]


@dataclass(frozen=True)
class Suspicion:
    """A program in which something seems to be wrong; `numbers` are None where it had none."""

    program: Program
    numbers: Sequence[float] | None


def expect_small(
    attempt: GradedAttempt, kind: str, check: Check = expect_agreement, fields: Sequence[str] = ()
) -> None:
    """Hold the attempt against every small program of a kind, smallest first.

    A program that seems to be wrong among the others is run on its own, and judged by `check`.
    """
    for chunk in attempt.oracle.small(kind):
        for found in _suspicious(attempt, chunk, "_prev" in fields):
            check(run(attempt, found.program, fields or ("data", "grad")))
            _expect_the_same(attempt, found)
        attempt.tried += chunk.size


def _expect_the_same(attempt: GradedAttempt, found: Suspicion) -> None:
    """Fail if a program that is right on its own was wrong among the others."""
    kept = (
        "is right on its own and was wrong after other programs: something is kept in a class, "
        "a default argument or the module."
    )
    made = found.program
    if found.numbers is None:
        raise CheckFailed(f"{introduce(made)}: it {kept}", show(made))
    fields = zip(found.numbers[::2], found.numbers[1::2], strict=True)
    values = {
        name: Traced(name, {"data": data, "grad": grad})
        for name, (data, grad) in zip(made.names, fields, strict=True)
    }
    try:
        expect_agreement(Trace(attempt, made, values))
    except CheckFailed as failure:
        failure.message += f" The program {kept}"
        raise


def _suspicious(attempt: GradedAttempt, chunk: Chunk, with_operands: bool) -> Iterator[Suspicion]:
    """Yield the programs in which the attempt's numbers or operands seem to be others."""
    call = f"Running {chunk.size:,} small programs"
    reply = attempt.ask(
        SWEEP, call, batches=chunk.wired, with_operands=with_operands, seconds=SECONDS
    )
    got, stopped = _numbers(reply["numbers"]), reply["stopped"]
    if got == chunk.expected and not reply["unclear"] and not with_operands:
        return
    unclear = {*reply["unclear"], stopped}
    for place, (template, row, where) in enumerate(chunk.each()):
        if place in unclear or len(got) < where.stop:
            yield Suspicion(template.program(row), None)
        elif not _alike(got[where], chunk.expected[where]) or (
            with_operands and reply["operands"][place : place + 1] != [_operands_of(template)]
        ):
            yield Suspicion(template.program(row), got[where])
        if place == stopped:
            raise CheckFailed(f"{call} took too long.", show(template.program(row)))


def _numbers(text: str) -> array[float]:
    try:
        return unpacked(text)
    except ValueError:
        raise CheckFailed("What small programs gave could not be read.") from None


def _alike(got: Sequence[float], expected: Sequence[float]) -> bool:
    return len(got) == len(expected) and all(
        math.isclose(one, other, rel_tol=RTOL, abs_tol=ATOL)
        for one, other in zip(got, expected, strict=True)
    )


def _operands_of(template: Template) -> list[list[int]]:
    return [sorted(set(template.operands(slot))) for slot in template.values]
