"""What the store keeps, as rows are read: attempts, hints, answers, interviews and their events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHOWN, SOLUTION = 0, 5  # beside the four tiers: the task was shown, the solution was


@dataclass(frozen=True)
class Entry:
    """One attempt as it was recorded; a file kept at a reset has the status "kept"."""

    id: int
    kata: str
    time: datetime
    status: str
    seconds: float
    source: str
    verdict: dict[str, Any]
    source_bytes: bytes | None = None  # where they are not the UTF-8 of the text

    @property
    def content(self) -> bytes:
        """The file as it was, byte for byte."""
        return self.source.encode() if self.source_bytes is None else self.source_bytes

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def stars(self) -> int:
        """The number of stretch checks it passed."""
        return int(self.verdict.get("stretch", {}).get("passed", 0))


@dataclass(frozen=True)
class HintSeen:
    """A hint tier that was shown, or the task (0), or the solution (5)."""

    kata: str
    tier: int
    time: datetime


@dataclass(frozen=True)
class AnswerGiven:
    """An answer to a question; `score` is None until it is judged."""

    question: str
    time: datetime
    seed: int
    given: str
    score: float | None


@dataclass(frozen=True)
class Event:
    """Something that happened in an interview; `data` is plain JSON."""

    time: datetime
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Sitting:
    """An interview as the store has it; `ended` is None while it goes on."""

    id: int
    started: datetime
    plan: dict[str, Any]
    ended: datetime | None
