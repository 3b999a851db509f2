"""Random numbers that repeat: the same for the same request, whatever was asked before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any


class Repeated:
    """Random numbers that are the same for every request, whatever was drawn before it.

    A generator that would seed itself from the system gets the number of such generators so far.
    Libraries with generators of their own have them begin again through `others`.
    """

    def __init__(self) -> None:
        self.seed = random.Random.seed
        self.shared = random.seed  # noqa: TID251  (the learner's numbers, not ours)
        self.count = itertools.count()
        self.others: list[Callable[[], None]] = []

    def install(self) -> None:
        """Let no generator of `random` begin elsewhere."""

        def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
            self.seed(generator, next(self.count) if a is None else a, version)

        random.Random.seed = seed  # type: ignore[assignment, method-assign]

    def begin(self) -> None:
        """Begin again, for the next request."""
        self.count = itertools.count(1)
        self.shared(0)
        for begin in self.others:
            begin()


REPEATED = Repeated()
