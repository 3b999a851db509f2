"""The judge: runs a kata's hidden checks with pytest and turns what they found into a verdict."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from grader.checks.arrays import entries_of
from grader.checks.graded import GradedAttempt
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import CheckResult, Counterexample, Kata, KitError, Solution, Verdict
from grader.grading.diagnosis import Investigation
from grader.grading.replay import Replays
from grader.grading.session import Session, open_oracle
from grader.sandbox.failures import Ended
from grader.truth.oracle import Oracle
from grader.truth.program import Program
from grader.truth.script import numbers_in

CONFIGURATION = catalog.BANK / "pytest.ini"
UNUSED_PLUGINS = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml"),
    *("legacypath", "logging", "monkeypatch", "nose", "pastebin", "recwarn", "setuponly"),
    *("setupplan", "stepwise", "subtests", "terminal", "threadexception", "tmpdir"),
    *("unittest", "unraisableexception", "warnings"),
)
TIMEOUT = 120


@dataclass
class Options:
    """How to grade; `on_core` is told the verdict on the core checks before the follow-ups run.

    Without `explained`, no mistake is named and no counterexample is tried once more.
    """

    seed: int = 0
    fresh: bool = False
    explained: bool = True
    on_core: Callable[[Verdict], None] | None = None


def grade(kata: Kata, solution: Solution, options: Options | None = None) -> Verdict:
    """Return the verdict on one file.

    Where the machine was busy, a file that took too long is given a second chance.
    """
    options = options or Options()
    began = time.monotonic()
    exercise = Exercise(kata)
    with Investigation(exercise, solution, options.seed) as search:
        verdict, session = _judge(exercise, solution, options, began, search, last_try=False)
        if session.is_tried_again:
            verdict, session = _judge(exercise, solution, options, began, search, last_try=True)
        wrong = verdict.status in ("failed", "timed-out", "out-of-memory", "crashed")
        if wrong and options.explained:
            verdict.diagnosis = search.outcome()
    verdict.seconds = time.monotonic() - began
    return verdict


def _judge(
    exercise: Exercise,
    solution: Solution,
    options: Options,
    began: float,
    search: Investigation,
    last_try: bool,
) -> tuple[Verdict, Session]:
    results = {source.id: CheckResult(source) for source in exercise.checks}
    oracle = open_oracle(exercise, options.seed, options.fresh)
    attempted = GradedAttempt(exercise.submit(solution), oracle, options.seed)
    with oracle.prepared(), attempted as attempt, Replays(attempt) as replays:
        session = Session(exercise, attempt, results, last_try=last_try)
        if options.explained:
            session.replays = replays
            session.core_failed = partial(_look_into, session, oracle, search, options.fresh)
        if options.on_core:
            session.core_done = partial(_tell_core, session, options.on_core, began)
        try:
            attempt.load()
            _run_checks(exercise, session)
        except Ended as ended:
            session.ended = ended
            if ended.status == "stub":  # nothing could be run, for nothing is written
                for result in results.values():
                    result.outcome, result.message = "failed", ended.message
        if session.fault:
            raise session.fault
        _confirm(session, oracle, options.fresh)
        verdict = _verdict(session)
        verdict.output = attempt.printed()
    oracle.save()
    return verdict, session


def _look_into(session: Session, oracle: Oracle, search: Investigation, fresh: bool) -> None:
    """Begin to look for the mistake, and let go of PyTorch if it will not be asked."""
    search.begin()
    if not (fresh or _has_begun_well(session)):
        oracle.leave_torch()


def _has_begun_well(session: Session) -> bool:
    return next(iter(session.results.values())).outcome == "passed"


def _tell_core(session: Session, tell: Callable[[Verdict], None], began: float) -> None:
    verdict = _verdict(session)
    verdict.checks = [replace(result) for result in verdict.checks]
    verdict.seconds = time.monotonic() - began
    tell(verdict)


def _run_checks(exercise: Exercise, session: Session) -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    try:
        import pytest  # a tenth of a second: the candidate starts meanwhile
        import pytest_timeout  # noqa: F401

        from grader.grading.plugin import Plugin
    except ImportError as error:
        raise KitError(
            f"{error.name} is not installed for {sys.executable}.",
            "Install the kit as its README says, or run it with the Python it was installed for.",
        ) from None

    arguments = [
        str(exercise.checks_path),
        f"--config-file={CONFIGURATION}",
        f"--rootdir={catalog.BANK}",
        "--noconftest",
        "--import-mode=importlib",
        "--assert=plain",
        *(f"-pno:{name}" for name in UNUSED_PLUGINS),
        "-ppytest_timeout",
        f"--timeout={TIMEOUT}",
        f"-otimeout_method={'signal' if _in_main_thread() else 'thread'}",
    ]
    sys.modules.pop(f"{exercise.kata.name}.checks", None)  # an author may have changed it meanwhile
    with _without_bytecode():
        pytest.main(arguments, plugins=[Plugin(session)])


def _in_main_thread() -> bool:
    on_main = threading.current_thread() is threading.main_thread()
    return on_main and hasattr(signal, "SIGALRM")


@contextmanager
def _without_bytecode() -> Iterator[None]:
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _confirm(session: Session, oracle: Oracle, fresh: bool) -> None:
    """Ask PyTorch what it has not been asked yet, once the attempt is past its first check.

    An attempt whose first check fails is wrong already, and importing PyTorch would only make the
    learner wait. The oracle insists that PyTorch agrees with the reference, so a number that
    agrees with one agrees with both.
    """
    if fresh or _has_begun_well(session):
        oracle.ask_torch()
    for result in session.results.values():
        if result.counterexample and result.counterexample.rows:
            result.counterexample = _with_torch(result.counterexample, oracle)


def _with_torch(example: Counterexample, oracle: Oracle) -> Counterexample:
    """Fill in what PyTorch has answered since the check failed."""
    said = _said_by_torch(Program(example.code, example.inputs), oracle)
    rows = [replace(row, pytorch=said.get(row.name, row.pytorch)) for row in example.rows]
    return replace(example, rows=tuple(rows))


def _said_by_torch(made: Program, oracle: Oracle) -> dict[str, float | None]:
    """Return PyTorch's number for each row that a program or script can have."""
    answers = oracle.answers.get(made.key, {})
    said = {f"{name}.grad": answer["pytorch"] for name, answer in answers.items()}
    for script in oracle.played.values():
        if (script.code, script.inputs) == (made.code, made.inputs):
            for read, reading in oracle.readings[script.key].items():
                for part, content in numbers_in(read, reading["pytorch"]):
                    said.update(entries_of(part, content))
    return said


def _verdict(session: Session) -> Verdict:
    kata, solution = session.attempt.kata, session.attempt.submission.solution
    results = list(session.results.values())
    core = [result for result in results if result.source.level == "core"]
    wrong = [result for result in core if result.outcome != "passed"]
    verdict = Verdict(kata.name, solution.path, "failed", "", results)
    unwritten = core and all(result.source.id in session.unwritten for result in core)
    if session.ended and not session.exercise.is_stub(solution):
        verdict.status, verdict.message = session.ended.status, session.ended.message
    elif unwritten or session.exercise.is_stub(solution):
        verdict.status = "stub"
        verdict.message = (
            f"Nothing is written in {os.path.basename(solution.path)} yet: fill the gap where it "
            "raises NotImplementedError."
        )
    elif session.blocked:
        verdict.status, verdict.message = "import-blocked", session.blocked
    elif wrong:
        first = verdict.first_failure()
        verdict.message = first.message if first else "A check did not run."
    else:
        verdict.status = "passed"
        verdict.message = f"{kata.short} passed: {len(core)} of {len(core)} core checks."
        if tried := session.attempt.tried:
            verdict.notes = (f"{tried:,} small programs were tried, and all of them agree.",)
    missing = session.attempt.oracle.missing
    if missing and verdict.status in ("passed", "failed"):
        without = f"{missing}: the reference and finite differences judged without it."
        verdict.notes += (without,)
        if verdict.status == "passed":
            verdict.message += " " + without
    return verdict
