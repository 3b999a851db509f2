"""The state of one verdict: what each check found, and how the attempt ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.checks.failure import CheckFailed, raised
from grader.checks.graded import GradedAttempt
from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.model import CheckResult
from grader.grading.replay import Replays
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.truth.oracle import Oracle


@dataclass
class Session:
    """The state of one verdict, shared by the checks."""

    exercise: Exercise
    attempt: GradedAttempt
    results: dict[str, CheckResult]
    ended: Ended | None = None
    unwritten: set[str] = field(default_factory=set)
    blocked: str = ""
    fault: BaseException | None = None
    core_done: Callable[[], None] | None = None
    core_failed: Callable[[], None] | None = None
    last_try: bool = True
    replays: Replays | None = None

    @property
    def is_tried_again(self) -> bool:
        """Whether this verdict is dropped: it took too long while the machine was busy."""
        hung = self.ended is not None and self.ended.status == "timed-out"
        return hung and not self.last_try and self.attempt.crowded

    def run(self, id: str, check: Callable[[], object]) -> None:
        """Run one check and note how it ended."""
        error: Exception | None = None
        begin = len(self.attempt.history)
        try:
            if self.results[id].source.level == "stretch":
                self._enter_stretch()
            else:
                self._enter_core()
            check()
        except LearnerError as found:
            error = raised(self.attempt, found, "A call of your code", None)
        except Exception as fault:
            error = fault
        if isinstance(error, CheckFailed) and self.results[id].outcome != "failed":
            error = self._confirm(check, error, begin)
        self._record(self.results[id], error)
        self._tell_failure(self.results[id])

    def _tell_failure(self, result: CheckResult) -> None:
        """Tell who waits for it, once, that a core check has rejected what is written."""
        tell, nothing = self.core_failed, self.blocked or result.source.id in self.unwritten
        if tell and (result.source.level, result.outcome) == ("core", "failed") and not nothing:
            self.core_failed = None
            tell()

    def _confirm(self, check: Callable[[], object], failure: CheckFailed, begin: int) -> Exception:
        """Return the failure as it is in a fresh process, if that can be told."""
        if self.replays is None or failure.unwritten or failure.blocked:
            return failure
        return self.replays.confirm(check, failure, begin)

    def _enter_core(self) -> None:
        if self.is_tried_again:
            raise NotRun
        self.attempt.enter_core()

    def _enter_stretch(self) -> None:
        """Tell who waits for it, once, that every core check has run; then go on."""
        tell, self.core_done = self.core_done, None
        if tell:
            tell()
        self.attempt.enter_stretch()

    def _record(self, result: CheckResult, error: Exception | None) -> None:
        if result.outcome == "failed":  # one of its cases did: what passes later does not mend it
            return
        self.attempt.wrong |= error is not None
        match error:
            case None:
                result.outcome = "passed"
            case CheckFailed():
                result.outcome = "failed"
                result.message = error.message
                result.counterexample = error.counterexample
                result.telling = error.telling
                if error.unwritten:
                    self.unwritten.add(result.source.id)
                if error.blocked and result.source.level == "core":
                    self.blocked = self.blocked or error.message
            case Ended():
                result.outcome = "failed"
                result.message = error.message
                if result.source.level == "core":
                    self.ended = self.ended or error
            case NotRun():
                result.message = "This check was not run."
            case _:
                self.fault = self.fault or error


def open_oracle(exercise: Exercise, seed: int, fresh: bool = False) -> Oracle:
    """Return the oracle of a kata's checks, with the answers it has given before."""
    name = f"{exercise.kata.name}-{seed}"
    return Oracle(workspace.find_home(), name, fresh, exercise.solution_path)
