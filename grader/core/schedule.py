"""When a passed kata comes back: FSRS, with a rating computed from what was seen.

The rating is not asked: it follows from the hints that were used, from the failed attempts before
the pass, and from the time against the kata's minutes, and its reason is shown.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from grader.core.model import Kata
from grader.core.records import SHOWN, SOLUTION, Entry, HintSeen
from grader.core.store import Store

if TYPE_CHECKING:
    from fsrs import Scheduler

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
HALF_KNOWN = 0.6  # of the points of an open question
NAMES = {AGAIN: "again", HARD: "hard", GOOD: "good", EASY: "easy"}


@dataclass(frozen=True)
class Rating:
    """How well a pass went, and why."""

    value: int
    reason: str

    @property
    def name(self) -> str:
        return NAMES[self.value]


@dataclass(frozen=True)
class Effort:
    """What one pass took, since the pass or the reset before it."""

    hints: int  # the highest tier that was seen
    failures: int
    took: timedelta | None  # from the first sign of work, if there was one before the pass


def effort_of(attempts: list[Entry], seen: list[HintSeen]) -> Effort:
    """Return what the last attempt of the list took, given all before it."""
    *before, last = attempts
    ends = [entry.time for entry in before if entry.passed or entry.status == "kept"]
    begin = max(ends, default=datetime.min.replace(tzinfo=last.time.tzinfo))
    tries = [entry for entry in before if entry.time > begin]
    shown = [hint for hint in seen if begin < hint.time <= last.time]
    first = min([entry.time for entry in tries] + [hint.time for hint in shown], default=None)
    return Effort(
        max((hint.tier for hint in shown), default=SHOWN),
        sum(entry.status != "stub" for entry in tries),
        last.time - first if first else None,
    )


def rate(kata: Kata, effort: Effort) -> Rating:
    """Return the rating of a pass."""
    minutes = effort.took.total_seconds() / 60 if effort.took else None
    if effort.hints >= SOLUTION:
        return Rating(AGAIN, "the solution was seen")
    if effort.hints == 4:
        return Rating(AGAIN, "the last hint was seen")
    if effort.hints > SHOWN:
        return Rating(HARD, f"hint {effort.hints} was seen")
    if minutes is not None and minutes > 2 * kata.minutes:
        return Rating(HARD, f"it took {minutes:.0f} minutes of {kata.minutes}")
    if effort.failures > 2:
        return Rating(GOOD, f"{effort.failures} attempts failed before")
    if minutes is not None and minutes <= kata.minutes:
        return Rating(EASY, f"no hints, {max(1, round(minutes))} of {kata.minutes} minutes")
    return Rating(GOOD, "no hints")


def scheduler() -> Scheduler:
    """Return FSRS with its published parameters, in whole days and without chance."""
    from fsrs import Scheduler  # only a pass needs it

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def review(store: Store, kata: Kata) -> tuple[Rating, datetime] | None:
    """Schedule the kata that has just been passed; None if it was not due yet."""
    said: Any = store.card(kata.name)
    time = store.clock()
    if said and datetime.fromisoformat(said["due"]) > end_of_day(time):
        return None
    rating = rate(kata, effort_of(store.attempts(kata.name), store.hints(kata.name)))
    return rating, _review(store, kata.name, int(kata.short[4:]), rating)


def review_question(store: Store, key: str, score: float) -> datetime:
    """Schedule a question that has just been answered; return when it comes back."""
    value = GOOD if score >= 1 else HARD if score >= HALF_KNOWN else AGAIN
    return _review(store, key, zlib.crc32(key.encode()), Rating(value, f"score {score:.2f}"))


def _review(store: Store, key: str, id: int, rating: Rating) -> datetime:
    from fsrs import Card  # only a review needs it
    from fsrs import Rating as Grade

    said: Any = store.card(key)
    card = Card.from_dict(said) if said else Card(card_id=id)
    card, _ = scheduler().review_card(card, Grade(rating.value), store.clock())
    store.record_review(key, {**card.to_dict()}, card.due, rating.value, rating.reason)
    return card.due


def end_of_day(time: datetime) -> datetime:
    """Return the last moment of the day, where the learner is."""
    return time.astimezone().replace(hour=23, minute=59, second=59, microsecond=999999)
