"""What a person's commands and the full-screen view both do: record, remember, put a stub back.

A store that can't be used costs the record, never the verdict.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from grader.content import catalog
from grader.core import schedule
from grader.core.files import read_solution, replace_file
from grader.core.model import Kata, KitError, Verdict
from grader.core.schedule import end_of_day
from grader.core.store import Store, open_store
from grader.practice.standing import Standing


def record(verdict: Verdict, kata: Kata, source: bytes) -> list[str]:
    """Keep an attempt, and schedule a pass; return what the learner should know of it.

    A store that can't be used costs the record, never the verdict.
    """
    notes: list[str] = []

    def write(store: Store) -> None:
        store.record_attempt(verdict, source)
        notes.extend(_schedule(store, verdict, kata))

    return [note for note in (remember(write), *notes) if note]


def _schedule(store: Store, verdict: Verdict, kata: Kata) -> list[str]:
    try:
        found = schedule.review(store, kata) if verdict.passed else None
    except ImportError as error:  # fsrs is not installed
        return [f"Not scheduled: {error}."]
    if not found:
        return []
    rating, due = found
    days = max(1, (due - store.clock()).days)
    back = f"in {days} days" if days > 1 else "tomorrow"
    return [f"It comes back {back} (rated {rating.name}: {rating.reason})."]


@contextlib.contextmanager
def store_if_any() -> Iterator[tuple[Store | None, str]]:
    """Open the store for what can do without: it, or None, and what should be said of it."""
    try:
        store = open_store()
    except KitError as error:
        yield None, str(error)
        return
    with contextlib.closing(store):
        yield store, store.note


def remember(write: Callable[[Store], None]) -> str:
    """Write to the store; return why it can't be done, or what had to be done about the file."""
    try:
        with contextlib.closing(open_store()) as store:
            write(store)
            return store.note
    except KitError as error:
        return f"Not recorded: {error}"


def last_tier(kata: Kata) -> int:
    """Return the highest tier of the hints that was seen, 0 for none."""
    with store_if_any() as (store, _):
        seen = [hint.tier for hint in store.hints(kata.name)] if store else []
    return max((tier for tier in seen if tier <= len(catalog.TIERS)), default=0)


def next_tier(kata: Kata) -> int:
    """Return the tier to show next: the last one again when all were seen."""
    return min(last_tier(kata) + 1, len(catalog.TIERS))


def remember_hint(kata: Kata, tier: int) -> str:
    """Keep that a tier was seen; return why that is not possible, or nothing."""
    return remember(lambda store: store.record_hint(kata.name, tier))


def keep_file(store: Store, kata: Kata, path: Path) -> str:
    """Keep a file that is about to be replaced; say under which number."""
    if not path.exists():
        return ""
    source = read_solution(str(path)).source
    known = store.attempts(kata.name)
    if source == catalog.stub_of(kata).encode() or (known and known[-1].content == source):
        return ""
    store.keep_file(kata.name, source)
    number = len(known) + 1
    return (
        f" What stood there is attempt {number}: 'python -m grader history {kata.short} "
        f"--restore {number}' puts it back."
    )


def put_stub_back(kata: Kata, path: Path) -> str:
    """Keep what stands in a file, then write the stub; say where the old file is.

    Without a store nothing is replaced, for what stands there could not be kept.
    """
    kept = ""
    if path.exists():
        with contextlib.closing(open_store()) as store:
            kept = keep_file(store, kata, path)
            kept += f" {store.note}" if store.note else ""
    replace_file(path, catalog.stub_of(kata))
    return kept


def due_katas(store: Store | None, found: list[Standing]) -> list[tuple[Standing, datetime]]:
    if store is None:
        return []
    by_name = {standing.kata.name: standing for standing in found}
    due = store.cards_due(end_of_day(store.clock()))
    return [(by_name[key], time) for key, time in due if key in by_name]
