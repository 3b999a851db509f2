"""One verdict's bookkeeping: what a check found, and what a later case of it cannot mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.checks.failure import CheckFailed
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import CheckResult, CheckSource, Counterexample
from grader.grading.session import Session, open_oracle
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.truth.program import program


def raising(error: Exception | None) -> Callable[[], None]:
    """Return a check that ends so."""

    def check() -> None:
        if error:
            raise error

    return check


def session_of(*cases: Exception | None, level: Any = "core") -> Session:
    """Return a session that has run a check of these cases."""
    result = CheckResult(CheckSource("test_x", "X", level))
    attempt: Any = SimpleNamespace(
        kata=catalog.find_kata("kata02"),
        wrong=False,
        history=[],
        enter_core=lambda: None,
        enter_stretch=lambda: None,
    )
    exercise: Any = None
    session = Session(exercise, attempt, {"test_x": result})
    for case in cases:
        session.run("test_x", raising(case))
    return session


@pytest.mark.parametrize("later", [None, CheckFailed("second"), NotRun(), Ended("crashed", "x")])
def test_later_case_does_not_hide_an_earlier_failure(later: Exception | None) -> None:
    """A check with several cases has failed when one has, and tells the first."""
    session = session_of(CheckFailed("first"), later)

    assert (session.results["test_x"].outcome, session.results["test_x"].message) == (
        "failed",
        "first",
    )
    assert session.attempt.wrong


def test_later_failure_counts_after_a_pass() -> None:
    """All cases of a check have to pass."""
    assert session_of(None, CheckFailed("second")).results["test_x"].message == "second"
    assert session_of(None, None).results["test_x"].outcome == "passed"
    assert not session_of(None).attempt.wrong


def test_only_core_checks_end_or_block_a_verdict() -> None:
    """A follow-up that dies or is blocked fails alone."""
    blocked = CheckFailed("no os")
    blocked.blocked = True

    assert session_of(blocked).blocked == "no os"
    assert session_of(blocked, level="stretch").blocked == ""
    assert session_of(Ended("crashed", "died")).ended
    assert session_of(Ended("crashed", "died"), level="stretch").ended is None


def test_first_fault_of_the_kit_is_kept() -> None:
    """An exception that no learner caused is ours, and the first one tells most."""
    first = KeyError("first")

    assert session_of(first, KeyError("second")).fault is first


def test_core_checks_are_told_once() -> None:
    """Who waits for the core verdict hears of it when the first follow-up begins."""
    session, told = session_of(level="stretch"), []
    session.core_done = lambda: told.append("core")
    session.run("test_x", raising(None))
    session.run("test_x", raising(None))

    assert told == ["core"]


def test_outcome_of_each_way_to_end() -> None:
    """What failed has its sentence and its program; what was not run says so; a gap is noted."""
    example = Counterexample({"a": 2.0}, "b = a", ())
    failed = session_of(CheckFailed("wrong", example)).results["test_x"]
    ended = session_of(Ended("crashed", "died")).results["test_x"]
    not_run = session_of(NotRun()).results["test_x"]

    assert (failed.outcome, failed.message, failed.counterexample) == ("failed", "wrong", example)
    assert (ended.outcome, ended.message) == ("failed", "died")
    assert (not_run.outcome, not_run.message) == ("not-run", "This check was not run.")
    assert session_of(NotRun()).fault is None
    assert session_of(CheckFailed("gap", unwritten=True)).unwritten == {"test_x"}


def test_exception_of_the_learner_is_a_failure_with_its_line() -> None:
    """A verb that a check calls by itself may raise what the learner's code raised."""
    raised = {"error": "KeyError", "message": "'x'", "line": 3, "function": "f", "kinds": []}
    other = {"program_line": None, "blocked": None, "memory": False, "exit": False}
    result = session_of(LearnerError({**raised, **other})).results["test_x"]  # type: ignore[typeddict-item]

    assert result.message == "A call of your code: raised KeyError: 'x' (line 3, in f)."
    assert result.counterexample is None


def test_attempt_stays_wrong_after_a_check_that_passes() -> None:
    """Only the first failure of a verdict is shrunk."""
    session = session_of(CheckFailed("first"))
    session.results["test_y"] = CheckResult(CheckSource("test_y", "Y", "core"))
    session.run("test_y", raising(None))

    assert session.attempt.wrong


def test_oracle_of_a_kata_has_a_file_for_each_seed(home: Path) -> None:
    """Answers are kept by kata and seed; `fresh` leaves them unread; the solution is known."""
    exercise = Exercise(catalog.find_kata("kata02"))
    oracle = open_oracle(exercise, 7)
    oracle.answer(program("c = a * b", a=2, b=3))
    oracle.save()

    assert oracle.path == home / "cache" / "kata02_mul_backward-7.json"
    assert oracle.solution == exercise.solution_path
    assert open_oracle(exercise, 7).answers
    assert not open_oracle(exercise, 7, fresh=True).answers
