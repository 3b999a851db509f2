"""The fixture `attempt` of a `checks.py`: an attempt, and what its numbers are held against."""

from __future__ import annotations

from grader.core.model import Submission
from grader.sandbox.attempt import Attempt
from grader.truth.oracle import Oracle


class GradedAttempt(Attempt):
    """The learner's file, driven through the verbs; `wrong` once a check has failed.

    `tried` counts the small programs that came out right; `blamed` is the kata that a failure named
    as the one to train.
    """

    def __init__(self, submission: Submission, oracle: Oracle, seed: int) -> None:
        self.oracle = oracle
        self.seed = seed
        self.wrong = False
        self.tried = 0
        self.blamed = ""
        super().__init__(submission)
