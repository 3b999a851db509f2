"""The state of one verdict: what each check found, and how the attempt ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.checks.failure import CheckFailed
from grader.core.model import CheckResult
from grader.sandbox.attempt import Attempt, Ended, NotRun


@dataclass
class Session:
    """The state of one verdict, shared by the checks."""

    attempt: Attempt
    results: dict[str, CheckResult]
    ended: Ended | None = None
    unwritten: set[str] = field(default_factory=set)
    blocked: str = ""
    fault: BaseException | None = None
    core_done: Callable[[], None] | None = None

    def before_stretch(self) -> None:
        """Tell who waits for it, once, that every core check has run."""
        tell, self.core_done = self.core_done, None
        if tell:
            tell()

    def record(self, id: str, error: BaseException | None) -> None:
        """Note how one check ended."""
        result = self.results[id]
        if result.outcome == "failed":
            return
        self.attempt.wrong |= error is not None
        match error:
            case None:
                result.outcome = "passed"
            case CheckFailed():
                result.outcome = "failed"
                result.message = error.message
                result.counterexample = error.counterexample
                if error.unwritten:
                    self.unwritten.add(id)
                if error.blocked and result.source.level == "core":
                    self.blocked = self.blocked or error.message
            case Ended():
                result.outcome = "failed"
                result.message = error.message
                if result.source.level == "core":
                    self.ended = error
            case NotRun():
                result.message = "This check was not run."
            case _:
                self.fault = self.fault or error
