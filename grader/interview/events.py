"""What happens in an interview: a class for each kind of event, and how the store keeps it.

The store's rows are a contract: a kind, the fields of the event in the order they stand in here,
then when it happened. What a row of another version of the kit does not fit becomes `Unknown`, so
that an old interview can always be taken up and reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from grader.core.records import Event


class Happening(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True):
    """Something that happened; the tag of a subclass is its kind in the store."""


class InterviewBegun(Happening, frozen=True, tag="begun"):
    """The interview begins."""


class PhaseBegun(Happening, frozen=True, tag="phase"):
    """A phase of the plan begins."""

    index: int


class LineTyped(Happening, frozen=True, tag="line"):
    """A line of an answer in one's own words."""

    text: str


class AnswerWritten(Happening, frozen=True, tag="given"):
    """An answer in one's own words is complete, and its points are to be ticked."""

    text: str


class QuestionAnswered(Happening, frozen=True, tag="answer"):
    """A question has its answer; `score` is None where nobody judged it."""

    question: str
    seed: int
    text: str
    score: float | None
    ticked: str | None = None  # the points of an open question, as they were typed


class QuestionSkipped(Happening, frozen=True, tag="skip"):
    """A question was left out on purpose."""

    question: str
    seed: int


class NoteTaken(Happening, frozen=True, tag="note"):
    """A clarifying question of the learner's."""

    kata: str
    text: str


class NotesCompared(Happening, frozen=True, tag="compared"):
    """The learner said how many open points the notes cover; None if that was skipped."""

    kata: str
    asked: int | None
    total: int


class CheckOutcome(msgspec.Struct, frozen=True):
    """One check of a graded file."""

    title: str
    level: str
    outcome: str


class FileGraded(Happening, frozen=True, tag="run"):
    """The learner's file was graded; `final` when its phase was over."""

    kata: str
    status: str
    message: str
    checks: tuple[CheckOutcome, ...]
    source: str
    final: bool


class HintShown(Happening, frozen=True, tag="hint"):
    """A hint was shown."""

    kata: str
    tier: int


class OwnTestsTaken(Happening, frozen=True, tag="tests"):
    """The learner's own test cases as they stood when their phase was over."""

    kata: str
    source: str


class OwnTestsScored(Happening, frozen=True, tag="trial"):
    """What the learner's own test cases are worth."""

    kata: str
    tests: tuple[str, ...]
    rejected: dict[str, str]  # a right solution fails them: why
    caught: tuple[str, ...]
    missed: tuple[str, ...]
    fault: str  # why nothing could be run

    @property
    def total(self) -> int:
        """The number of wrong solutions."""
        return len(self.caught) + len(self.missed)


class RatingGiven(Happening, frozen=True, tag="rating"):
    """Something that no program can see was rated, or skipped."""

    name: str
    value: int | None


class WarningShown(Happening, frozen=True, tag="warning"):
    """So many seconds were left."""

    left: float


class InterviewPaused(Happening, frozen=True, tag="pause"):
    """The clock stands still."""


class InterviewContinued(Happening, frozen=True, tag="continue"):
    """The clock runs again."""


class InterviewEnded(Happening, frozen=True, tag="ended"):
    """It is over: "finished", "time" or "stopped"."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """A row that this version of the kit can't read."""

    kind: str


KNOWN = (
    InterviewBegun
    | PhaseBegun
    | LineTyped
    | AnswerWritten
    | QuestionAnswered
    | QuestionSkipped
    | NoteTaken
    | NotesCompared
    | FileGraded
    | HintShown
    | OwnTestsTaken
    | OwnTestsScored
    | RatingGiven
    | WarningShown
    | InterviewPaused
    | InterviewContinued
    | InterviewEnded
)


class Stamp(msgspec.Struct, frozen=True):
    """When something happened: seconds of the interview, and the machine's clock."""

    at: float
    ticks: float
    boot: str


What = TypeVar("What", bound=Happening | Unknown, covariant=True)


@dataclass(frozen=True)
class Moment(Generic[What]):
    """What happened, and when."""

    what: What
    stamp: Stamp
    time: datetime

    @property
    def at(self) -> float:
        """The seconds since the interview began, pauses left out."""
        return self.stamp.at

    @property
    def kind(self) -> str:
        """The kind of the store's row, or nothing if it could not be read."""
        what = self.what
        return str(what.__struct_config__.tag) if isinstance(what, Happening) else ""


def encode(what: Happening, stamp: Stamp) -> tuple[str, dict[str, Any]]:
    """Return the kind and the data of the store's row."""
    data = msgspec.to_builtins(what)
    return data.pop("kind"), {**data, **msgspec.to_builtins(stamp)}


def decode(rows: Iterable[Event]) -> list[Moment[Happening | Unknown]]:
    """Return what the rows say; one without a readable time happened with the one before it."""
    moments: list[Moment[Happening | Unknown]] = []
    stamp = Stamp(0.0, 0.0, "")
    for row in rows:
        stamp = _read(row.data, Stamp, stamp)
        what = _read({**row.data, "kind": row.kind}, KNOWN, Unknown(row.kind))
        moments.append(Moment(what, stamp, row.time))
    return moments


def _read(data: dict[str, Any], shape: Any, otherwise: Any) -> Any:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError:
        return otherwise
