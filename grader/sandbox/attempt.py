"""One attempt under judgement: a file in a candidate process, and the verbs that drive it."""

from __future__ import annotations

import time
from typing import Any, Self, TypeVar

from grader.core.model import Submission
from grader.sandbox import reaper
from grader.sandbox.failures import (
    Ended,
    LearnerError,
    NotRun,
    blocked_sentence,
    missing_sentence,
    syntax_sentence,
)
from grader.sandbox.process import ALL_SECONDS, CORE_SECONDS, CandidateProcess, Capture
from grader.sandbox.protocol import ENTRY, LOAD, SETUP, Verb

T = TypeVar("T")
STRETCH_SECONDS = 1.5


class Attempt:
    """What a check sees of the learner's file: verbs that return plain numbers.

    A candidate that dies in a core check stays dead. One that dies in a stretch check is started
    anew for the next, because a stretch check never blocks.
    """

    def __init__(self, submission: Submission, seconds: float = CORE_SECONDS) -> None:
        self.submission = submission
        self.kata = submission.kata
        self.seconds = seconds
        self.started = time.monotonic()
        self.outputs: list[Capture] = []
        self.candidate = self._new_candidate()
        reaper.become_subreaper()
        self.core_ended: Ended | None = None
        self.stretch_deadline: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the candidate, and leave nothing of it behind."""
        self.close()

    def _new_candidate(self) -> CandidateProcess:
        candidate = CandidateProcess(self.submission, self.seconds)
        self.outputs.append(candidate.capture)
        return candidate

    @property
    def deadline(self) -> float:
        return self.stretch_deadline or self.started + self.seconds

    def load(self) -> str:
        """Wait until the file is executed, and return the name of the wall that stands around it.

        Raises Ended with the verdict's status if the file can't be executed.
        """
        call = f"Importing {self.kata.short}"
        wall = self.candidate.receive(SETUP, self.deadline, "The kit")["wall"]
        try:
            fault = self.candidate.receive(LOAD, self.deadline, call)["syntax"]
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
        whole = [name for name in self.kata.entry if "." not in name]
        if set(whole) - set(missing) and not any("." in name for name in missing):
            return
        raise self._ended(Ended("failed", missing_sentence(self.kata, missing[0])))

    def _import_fault(self, error: LearnerError) -> Ended:
        if error.blocked is not None:
            return Ended("import-blocked", blocked_sentence(self.kata, error))
        place = f" (line {error.line})" if error.line else ""
        if error.is_gap_of(self.kata):
            return Ended("stub", f"The gap is still there{place}: put your code in its place.")
        return Ended("crashed", f"Importing the file raised {error}{place}.")

    def enter_stretch(self) -> None:
        """Give the next stretch check its own time, and a live candidate."""
        now = time.monotonic()
        room = self.started + ALL_SECONDS - now
        if room < 0.2:
            raise NotRun
        self.stretch_deadline = now + min(STRETCH_SECONDS, room)
        if self.core_ended:
            raise NotRun
        if self.candidate.ended:
            self.candidate.close()
            self.candidate = self._new_candidate()
            self.load()

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
            return self.candidate.receive(verb, self.deadline, call)
        except Ended as ended:
            if self.stretch_deadline is None:
                self.core_ended = ended
            raise

    def ask(self, verb: Verb[T], call: str, **arguments: Any) -> T:
        """Send a request and return its reply."""
        self.begin(verb, **arguments)
        return self.finish(verb, call)

    def printed(self) -> str:
        """Return what the learner's code printed, cut at a sensible length."""
        return self.outputs[0].text()

    def close(self) -> None:
        """End the candidate; the attempt can't be used after this."""
        self.candidate.close()
