"""The fixture `attempt` of a `checks.py`: an attempt, and what its numbers are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from grader.core.model import Submission
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import LearnerError
from grader.sandbox.process import CandidateProcess
from grader.sandbox.protocol import Verb
from grader.truth.oracle import Oracle

T = TypeVar("T")
Request = dict[str, Any]


@dataclass
class Asked:
    """A request, the process that it went to, and the reply, or what the learner's code raised."""

    request: Request
    candidate: CandidateProcess
    reply: Any = None


class Unasked(Exception):
    """A check that is told old replies has asked for one that there is not."""


class GradedAttempt(Attempt):
    """The learner's file, driven through the verbs; `wrong` once a check has failed.

    `tried` counts the small programs that came out right; `blamed` is the kata that a failure named
    as the one to train. It remembers what it was asked. While `told` is a list, a check is answered
    from it instead.
    """

    def __init__(self, submission: Submission, oracle: Oracle, seed: int) -> None:
        self.oracle = oracle
        self.seed = seed
        self.wrong = False
        self.tried = 0
        self.history: list[Asked] = []
        self.told: list[Asked] | None = None
        self.blamed = ""
        super().__init__(submission)

    def ask(self, verb: Verb[T], call: str, **arguments: Any) -> T:
        """Send a request and return its reply, or the one that is told instead."""
        if self.told is not None:
            told: T = self._recall({"verb": verb.name, **arguments})
            return told
        asked = Asked({"verb": verb.name, **arguments}, self.candidate)
        self.history.append(asked)
        try:
            reply = super().ask(verb, call, **arguments)
        except LearnerError as error:
            asked.reply = error
            raise
        asked.reply = reply
        return reply

    def _recall(self, request: Request) -> Any:
        assert self.told is not None
        if not self.told or self.told[0].request != request:
            raise Unasked
        reply = self.told.pop(0).reply
        if isinstance(reply, LearnerError):
            raise reply
        return reply
