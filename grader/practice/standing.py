"""Where the learner stands with each kata, read from the files and from what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.content import catalog
from grader.core.files import read_solution
from grader.core.model import Kata
from grader.core.records import SHOWN, SOLUTION, Entry, HintSeen
from grader.core.schedule import END_OF_TIME, effort_of
from grader.core.store import Store

STATES = ("passed", "passed with hints", "failed", "edited", "untouched", "missing")


@dataclass(frozen=True)
class Standing:
    """One kata: its state, the quickest pass, the hints that were seen, and when it is due."""

    kata: Kata
    state: str
    attempts: int
    best: timedelta | None
    hints: int  # how many tiers, the solution included
    stars: int
    due: datetime | None

    @property
    def passed(self) -> bool:
        return self.state.startswith("passed")

    def as_json(self) -> dict[str, Any]:
        kata = self.kata
        return {
            "kata": kata.name,
            "title": kata.title,
            "track": kata.track,
            "level": kata.level,
            "minutes": kata.minutes,
            "needs": list(kata.needs),
            "asked": kata.asked,
            "state": self.state,
            "attempts": self.attempts,
            "best_minutes": self.best and round(self.best.total_seconds() / 60, 1),
            "hints": self.hints,
            "stars": self.stars,
            "due": self.due and self.due.isoformat(),
        }


def standings(store: Store | None, folder: Path) -> list[Standing]:
    """Return every kata's standing; without a store, from the files alone."""
    attempts: dict[str, list[Entry]] = {}
    for entry in store.attempts() if store else []:
        attempts.setdefault(entry.kata, []).append(entry)
    seen: dict[str, list[HintSeen]] = {}
    for hint in store.hints() if store else []:
        seen.setdefault(hint.kata, []).append(hint)
    due = dict(store.cards_due(END_OF_TIME)) if store else {}
    return [
        standing_of(
            kata,
            folder / f"{kata.name}.py",
            attempts.get(kata.name, []),
            seen.get(kata.name, []),
            due.get(kata.name),
        )
        for kata in catalog.all_katas()
    ]


def standing_of(
    kata: Kata, path: Path, attempts: list[Entry], seen: list[HintSeen], due: datetime | None
) -> Standing:
    """Return how one kata stands."""
    passes = [index for index, entry in enumerate(attempts) if entry.passed]
    efforts = [effort_of(attempts[: index + 1], seen) for index in passes]
    tiers = {hint.tier for hint in seen if hint.tier > SHOWN}
    if efforts:
        unaided = any(effort.hints == SHOWN for effort in efforts)
        state = "passed" if unaided else "passed with hints"
    else:
        state = _state_of_file(kata, path)
        tried = [entry for entry in attempts if entry.status not in ("stub", "kept")]
        state = "failed" if tried and state == "edited" else state
    return Standing(
        kata,
        state,
        sum(entry.status != "kept" for entry in attempts),
        min((effort.took for effort in efforts if effort.took), default=None),
        len(tiers - {SOLUTION}) + (SOLUTION in tiers),
        max((entry.stars for entry in attempts), default=0),
        due,
    )


def _state_of_file(kata: Kata, path: Path) -> str:
    if not path.is_file():
        return "missing"
    return "untouched" if catalog.is_stub(kata, read_solution(str(path)).source) else "edited"
