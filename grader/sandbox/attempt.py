"""One attempt under judgement: a file in a candidate process, and the verbs that drive it."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from grader.core.model import Submission
from grader.sandbox.failures import (
    Ended,
    LearnerError,
    NotRun,
    blocked_sentence,
    missing_sentence,
    syntax_sentence,
)
from grader.sandbox.process import ALL_SECONDS, CORE_SECONDS, CandidateProcess
from grader.sandbox.protocol import ENTRY, LOAD, Verb
from grader.sandbox.system import TELLS, is_overloaded

T = TypeVar("T")
STRETCH_SECONDS, SHORTEST = 1.5, 0.2
NEXT_SECONDS, REST_SECONDS = 0.3, 3.0  # after a core check that hung: for each check, and for all
CROWDED = 0.5  # so many seconds lost for one of work


class Attempt:
    """What a check sees of the learner's file: verbs that return plain numbers.

    A candidate that dies is started again for the next check. After a core check in which one died
    each check has little time of its own, and the follow-ups are left out.
    """

    def __init__(self, submission: Submission, seconds: float = CORE_SECONDS) -> None:
        self.submission = submission
        self.kata = submission.kata
        self.seconds = self.until = seconds
        self.core_ended = self.in_stretch = False
        self.earlier: list[CandidateProcess] = []
        self.candidate = self.start()

    def start(self) -> CandidateProcess:
        """Return a process that has the file."""
        return CandidateProcess(self.submission, self.seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the candidate, and leave nothing of it behind."""
        self.close()

    @property
    def spent(self) -> float:
        """The seconds that the candidates have worked."""
        return sum(candidate.spent for candidate in (*self.earlier, self.candidate))

    @property
    def left(self) -> float:
        """The seconds that the candidate may go on working."""
        return max(0.0, self.until - self.spent)

    @property
    def crowded(self) -> bool:
        """Whether the machine was busy with something else for a good part of that time."""
        lost = sum(candidate.lost for candidate in (*self.earlier, self.candidate))
        return lost > CROWDED * self.spent or (not TELLS and is_overloaded())

    def load(self) -> list[str]:
        """Wait until the file is executed, and return what the wall around it is made of.

        Raises Ended with the verdict's status if the file can't be executed.
        """
        call = f"Importing {self.kata.short}"
        wall = self.candidate.await_wall()
        try:
            fault = self.candidate.receive(LOAD, self.left, call)["syntax"]
        except LearnerError as error:
            raise self._ended(self._import_fault(error)) from None
        if fault:
            raise self._ended(Ended("syntax-error", syntax_sentence(fault)))
        self._refuse(self.ask(ENTRY, call, names=list(self.kata.entry))["missing"])
        return wall

    def _ended(self, ended: Ended) -> Ended:
        self.candidate.ended = ended
        return ended

    def _refuse(self, missing: list[str]) -> None:
        """Raise Ended if there is nothing to check, or a class lacks a method.

        A file with some of several functions or classes is checked: the others fail one by one.
        """
        if set(self.kata.names) - set(missing) and not any("." in name for name in missing):
            return
        raise self._ended(Ended("failed", missing_sentence(self.kata, missing[0])))

    def _import_fault(self, error: LearnerError) -> Ended:
        if error.blocked is not None:
            return Ended("import-blocked", blocked_sentence(self.kata, error))
        place = f" (line {error.line})" if error.line else ""
        if error.is_gap_of(self.kata):
            return Ended("stub", f"The gap is still there{place}: put your code in its place.")
        return Ended("crashed", f"Importing the file raised {error}{place}.")

    def enter_core(self) -> None:
        """Give the next core check a live candidate, and time of its own once one has died."""
        if self.core_ended:
            self._enter(NEXT_SECONDS, self.seconds + REST_SECONDS - self.spent)

    def enter_stretch(self) -> None:
        """Give the next stretch check its own time, and a live candidate."""
        if self.core_ended:
            raise NotRun
        self.in_stretch = True
        self._enter(STRETCH_SECONDS, ALL_SECONDS - self.spent)

    def _enter(self, seconds: float, room: float) -> None:
        if room < SHORTEST:
            raise NotRun
        if self.candidate.ended:
            self.until = self.spent + room
            self._start_again()
        self.until = self.spent + min(seconds, room)

    def _start_again(self) -> None:
        self.candidate.close()
        self.earlier.append(self.candidate)
        self.candidate = self.start()
        try:
            self.load()
        except Ended:  # what it does when it is imported has changed since: nothing more to learn
            raise NotRun from None

    def begin(self, verb: Verb[Any], **arguments: Any) -> None:
        """Send a request, or raise NotRun if the candidate is gone."""
        if self.candidate.ended:
            raise NotRun
        self.candidate.send(verb, **arguments)

    def finish(self, verb: Verb[T], call: str) -> T:
        """Return the reply; raise LearnerError if the learner's code raised, Ended if it is gone.

        `call` says what was done, for the sentence about a call that hangs.
        """
        try:
            return self.candidate.receive(verb, self.left, call)
        except Ended:
            self.core_ended |= not self.in_stretch
            raise

    def ask(self, verb: Verb[T], call: str, **arguments: Any) -> T:
        """Send a request and return its reply."""
        self.begin(verb, **arguments)
        return self.finish(verb, call)

    def printed(self) -> str:
        """Return what the learner's code printed, cut at a sensible length."""
        return (*self.earlier, self.candidate)[0].capture.text()

    def close(self) -> None:
        """End the candidate; the attempt can't be used after this."""
        self.candidate.close()
