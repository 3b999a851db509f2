"""Trials: many texts of one kata judged as `python -m grader KATA` judges one, and no further.

The first core check that rejects a text is enough, no smaller program is looked for, and no
mistake is named. The candidates come from a nursery, so Python starts once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from grader.checks.graded import GradedAttempt
from grader.content.exercise import Exercise
from grader.core.model import CheckResult, KitError, Submission
from grader.grading.diagnosis import checks_of
from grader.grading.session import Session, open_oracle
from grader.sandbox.failures import Ended
from grader.sandbox.process import CORE_SECONDS, CandidateProcess
from grader.truth.oracle import Oracle

NURSERY = "grader.sandbox.nursery"
SLOWER, LEAST = 5, 0.5  # times the base's seconds, and seconds, that a mutant may work


class Nursery:
    """Where candidates come from: a warm process as long as it lives, then another."""

    def __init__(self) -> None:
        self.process: CandidateProcess | None = None

    def candidate(self, submission: Submission) -> CandidateProcess:
        """Return a process that has the file."""
        if self.process and not self.process.ended:
            self.process.take(submission)
        else:
            self.close()
            self.process = CandidateProcess(submission, CORE_SECONDS, NURSERY)
        return self.process

    def release(self) -> None:
        """End the candidate, so that the nursery can take the next."""
        if self.process and not self.process.ended:
            try:
                self.process.write(None)
                self.process.read(LEAST, "Ending")
            except Ended:
                self.close()

    def close(self) -> None:
        """End the nursery too."""
        if self.process:
            self.process.close()
            self.process = None


class NurseryAttempt(GradedAttempt):
    """An attempt whose candidates come from a nursery."""

    def __init__(
        self, nursery: Nursery, submission: Submission, oracle: Oracle, seed: int, seconds: float
    ) -> None:
        self.nursery = nursery
        super().__init__(submission, oracle, seed)
        self.seconds = seconds
        self.wrong = True  # nobody reads the counterexample: it need not be the smallest

    def start(self) -> CandidateProcess:
        return self.nursery.candidate(self.submission)

    def close(self) -> None:
        self.nursery.release()


@dataclass(frozen=True)
class Outcome:
    """What rejected a text: a core check or how it ended, or a follow-up; "" for nothing."""

    killer: str = ""
    follow_up: str = ""


@dataclass
class Bench:
    """All it takes to judge texts of one kata, one after another."""

    exercise: Exercise
    seed: int = 0
    oracle: Oracle = field(init=False)
    checks: list[Callable[..., Any]] = field(init=False)
    nursery: Nursery = field(default_factory=Nursery)
    seconds: float = CORE_SECONDS
    beyond: set[str] = field(default_factory=set)  # follow-ups that the base does not pass either

    def __post_init__(self) -> None:
        self.oracle = open_oracle(self.exercise, self.seed)
        self.checks = checks_of(self.exercise)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind."""
        self.nursery.close()

    def begin(self, base: str, name: str) -> None:
        """Judge a right answer: mutants of it may take so many times as long."""
        self.seconds, self.beyond = CORE_SECONDS, set()
        outcome, spent = self._judge(base)
        while outcome.follow_up:
            self.beyond.add(outcome.follow_up)
            outcome, spent = self._judge(base)
        if outcome.killer:
            raise KitError(
                f"{name} is not a right answer: {outcome.killer} rejects it.",
                "Correct it, or the check.",
            )
        self.seconds = max(LEAST, SLOWER * spent)

    def judge(self, text: str) -> Outcome:
        """Return what rejects a text first."""
        return self._judge(text)[0]

    def _judge(self, text: str) -> tuple[Outcome, float]:
        submission = self.exercise.submit_text(text, "mutant.py")
        results = {source.id: CheckResult(source) for source in self.exercise.checks}
        made = NurseryAttempt(self.nursery, submission, self.oracle, self.seed, self.seconds)
        with made as attempt:
            session = Session(self.exercise, attempt, results)
            try:
                attempt.load()
            except Ended as ended:
                return Outcome(ended.status), 0.0
            return self._first(session), attempt.spent

    def _first(self, session: Session) -> Outcome:
        for source, check in zip(self.exercise.checks, self.checks, strict=True):
            if source.id in self.beyond:
                continue
            session.run(source.id, partial(check, attempt=session.attempt))
            if session.fault:
                raise session.fault
            if session.results[source.id].outcome != "passed":
                if source.level == "stretch":
                    return Outcome("", source.id)
                return Outcome(session.ended.status if session.ended else source.id)
        return Outcome()
