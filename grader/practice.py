"""The practice loop: where am I, hints, the solution, history, reset, what is due."""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from grader import journal
from grader.content import catalog
from grader.core import schedule
from grader.core.files import write_atomically
from grader.core.model import Kata, KitError, Verdict
from grader.core.schedule import end_of_day
from grader.core.store import SHOWN, SOLUTION, Entry, Store, open_store
from grader.standing import STATES, Standing, standings
from grader.ui.screen import Screen, short_path
from grader.ui.statement import hint_lines, task_lines

DONE = 0


def record(verdict: Verdict, kata: Kata, source: bytes) -> list[str]:
    """Keep an attempt, and schedule a pass; return what the learner should know of it.

    A store that can't be used costs the record, never the verdict.
    """
    try:
        store = open_store()
    except KitError as error:
        return [f"Not recorded: {error}"]
    notes = [store.note] if store.note else []
    try:
        store.record_attempt(verdict, source.decode("utf-8-sig", "replace"))
        if verdict.passed and (found := schedule.review(store, kata)):
            rating, due = found
            days = max(1, (due - store.clock()).days)
            back = f"in {days} days" if days > 1 else "tomorrow"
            notes.append(f"It comes back {back} (rated {rating.name}: {rating.reason}).")
    except Exception as error:
        if not _is_about_the_store(error):
            raise
        notes.append(f"Not recorded: {error}.")
    finally:
        store.close()
    return notes


def _is_about_the_store(error: Exception) -> bool:
    return isinstance(error, sqlite3.Error | OSError | ImportError)


@contextlib.contextmanager
def _store_if_any() -> Iterator[tuple[Store | None, str]]:
    """Open the store for what can do without: it, or None, and what should be said of it."""
    try:
        store = open_store()
    except KitError as error:
        yield None, str(error)
        return
    with contextlib.closing(store):
        yield store, store.note


def overview(options: argparse.Namespace) -> int:
    """Show tracks, what is next, and what is due."""
    with _store_if_any() as (store, note):
        found = standings(store, catalog.katas_folder())
        due = _due(store, found)
        until = end_of_day(store.clock()) if store else None
        keys = [key for key, _ in store.cards_due(until)] if store and until else []
    questions = sum(key.startswith("question:") for key in keys)
    following = next((standing for standing in found if not standing.passed), None)
    if options.json:
        tracks = journal.tracks_of(found)
        document = {
            "schema": 1,
            "tracks": [
                {"track": name, "passed": sum(s.passed for s in group), "total": len(group)}
                for name, group in tracks.items()
            ],
            "next": following and following.kata.name,
            "due": [standing.kata.name for standing, _ in due],
            "questions": questions,
        }
        print(json.dumps(document))
        return DONE
    screen = Screen(options.plain)
    screen.write(journal.overview(screen, found, following, due, questions))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
    return DONE


def _due(store: Store | None, found: list[Standing]) -> list[tuple[Standing, datetime]]:
    if store is None:
        return []
    by_name = {standing.kata.name: standing for standing in found}
    due = store.cards_due(end_of_day(store.clock()))
    return [(by_name[key], time) for key, time in due if key in by_name]


def list_katas(options: argparse.Namespace) -> int:
    """List the katas, all or those of a track or a state."""
    with _store_if_any() as (store, note):
        found = standings(store, catalog.katas_folder())
    tracks = journal.tracks_of(found)
    if options.track and options.track not in tracks:
        raise KitError(
            f"There is no track {options.track!r}.", f"The tracks are {', '.join(tracks)}."
        )
    if options.state and options.state not in STATES:
        raise KitError(
            f"There is no state {options.state!r}.", f"The states are {', '.join(STATES)}."
        )
    chosen = [
        standing
        for standing in found
        if options.track in (None, standing.kata.track) and options.state in (None, standing.state)
    ]
    if options.json:
        print(json.dumps({"schema": 1, "katas": [standing.as_json() for standing in chosen]}))
        return DONE
    screen = Screen(options.plain)
    screen.write(journal.listing(screen, chosen))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
    return DONE


def show_task(options: argparse.Namespace) -> int:
    """Show the statement of a kata, and remember when it was first read."""
    kata = catalog.find_kata(options.kata)
    _remember(lambda store: store.record_hint(kata.name, SHOWN))
    screen = Screen(options.plain)
    screen.write(task_lines(screen, kata, catalog.file_of(kata)))
    return DONE


def _remember(write: Callable[[Store], None]) -> str:
    """Write to the store; return why it can't be done."""
    with _store_if_any() as (store, note):
        if store is None:
            return note
        try:
            write(store)
        except Exception as error:
            if not _is_about_the_store(error):
                raise
            return f"Not recorded: {error}."
    return ""


def show_hint(options: argparse.Namespace) -> int:
    """Show the next hint, or a chosen tier, and remember that it was seen."""
    kata = catalog.find_kata(options.kata)
    tiers = catalog.read_hints(kata)
    count = len(catalog.TIERS)
    if options.tier is not None and not 1 <= options.tier <= count:
        raise KitError(f"There is no tier {options.tier}.", f"Tiers go from 1 to {count}.")
    last = last_tier(kata)
    tier = options.tier or next_tier(kata)
    note = remember_hint(kata, tier)
    screen = Screen(options.plain)
    screen.write(hint_lines(screen, kata, tier, tiers[catalog.TIERS[tier - 1]]))
    if tier > last + 1:
        words = f"You went past {tier - last - 1} milder hints; the highest one seen counts."
        screen.write(screen.wrap(words, indent=0, style="dim"))
    if note:
        screen.write(screen.wrap(note, indent=0, style="dim"))
    return DONE


def last_tier(kata: Kata) -> int:
    """Return the highest tier of the hints that was seen, 0 for none."""
    with _store_if_any() as (store, _):
        seen = [hint.tier for hint in store.hints(kata.name)] if store else []
    return max((tier for tier in seen if tier <= len(catalog.TIERS)), default=0)


def next_tier(kata: Kata) -> int:
    """Return the tier to show next: the last one again when all were seen."""
    return min(last_tier(kata) + 1, len(catalog.TIERS))


def remember_hint(kata: Kata, tier: int) -> str:
    """Keep that a tier was seen; return why that is not possible, or nothing."""
    return _remember(lambda store: store.record_hint(kata.name, tier))


def show_solution(options: argparse.Namespace) -> int:
    """Show the solution beside the learner's file, after a pass or on giving up."""
    kata = catalog.find_kata(options.kata)
    with _store_if_any() as (store, _):
        passed = store is not None and any(entry.passed for entry in store.attempts(kata.name))
    if not passed and not options.give_up:
        raise KitError(
            f"{kata.short} is not passed yet.",
            f"'python -m grader solution {kata.short} --give-up' shows the solution and remembers "
            "that it did.",
        )
    if not passed:
        _remember(lambda store: store.record_hint(kata.name, SOLUTION))
    screen = Screen(options.plain)
    mine = catalog.text_of_file(catalog.file_of(kata))
    screen.write(journal.solution(screen, kata, mine))
    return DONE


def history(options: argparse.Namespace) -> int:
    """List a kata's attempts, show the difference of two, or put one back."""
    kata = catalog.find_kata(options.kata)
    screen = Screen(options.plain)
    with contextlib.closing(open_store()) as store:
        entries = dict(enumerate(store.attempts(kata.name), 1))
        if options.restore is not None:
            entry = _pick(entries, options.restore, kata)
            return _restore(screen, store, kata, entry, options.restore)
    if options.attempts:
        return _difference(screen, kata, entries, options.attempts)
    if options.json:
        listed = [
            {
                "number": n,
                "time": e.time.isoformat(),
                "status": e.status,
                "seconds": e.seconds,
                "source": e.source,
                "verdict": e.verdict,
            }
            for n, e in entries.items()
        ]
        print(json.dumps({"schema": 1, "kata": kata.name, "attempts": listed}))
        return DONE
    screen.write(journal.history(screen, kata, entries))
    return DONE


def _pick(entries: dict[int, Entry], number: int, kata: Kata) -> Entry:
    if not entries:
        raise KitError(
            f"There is no attempt at {kata.short} yet.",
            f"'python -m grader {kata.short}' makes one.",
        )
    if number not in entries:
        raise KitError(
            f"There is no attempt {number} at {kata.short}; the last one is {len(entries)}.",
            f"'python -m grader history {kata.short}' lists them.",
        )
    return entries[number]


def _difference(screen: Screen, kata: Kata, entries: dict[int, Entry], numbers: list[int]) -> int:
    if len(numbers) > 2:
        raise KitError("At most two attempts can be compared.", "Name one or two numbers.")
    one = _pick(entries, numbers[0], kata)
    if len(numbers) == 2:
        other, title = _pick(entries, numbers[1], kata).source, f"attempt {numbers[1]}"
    else:
        other, title = catalog.text_of_file(catalog.file_of(kata)), "your file"
    screen.write(journal.difference(screen, one.source, other, f"attempt {numbers[0]}", title))
    return DONE


def _restore(screen: Screen, store: Store, kata: Kata, entry: Entry, number: int) -> int:
    path = catalog.file_of(kata)
    kept = _keep(store, kata, path)
    _write(path, entry.source)
    words = f"{short_path(str(path))} is attempt {number} again."
    screen.write(screen.wrap(words + kept, indent=0))
    return DONE


def _keep(store: Store, kata: Kata, path: Path) -> str:
    """Keep a file that is about to be replaced; say under which number."""
    if not path.is_file():
        return ""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    known = store.attempts(kata.name)
    if text == catalog.stub_of(kata) or (known and known[-1].source == text):
        return ""
    store.keep_file(kata.name, text)
    number = len(known) + 1
    return (
        f" What stood there is attempt {number}: 'python -m grader history {kata.short} "
        f"--restore {number}' puts it back."
    )


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text)
    except OSError as error:
        raise KitError(
            f"{str(path)!r} can't be written: {error.strerror}.", "Make the file writable."
        ) from None


def reset(options: argparse.Namespace) -> int:
    """Put a stub back, or all of them; what stood there is kept first."""
    if not options.all and not options.kata:
        raise KitError("Which kata?", "Name one, or 'reset --all'.")
    katas = catalog.all_katas() if options.all else [catalog.find_kata(options.kata)]
    if options.all and not (options.yes or _agreed(len(katas))):
        raise KitError("Nothing was reset.", "'python -m grader reset --all --yes' does not ask.")
    screen = Screen(options.plain)
    for kata in katas:
        path = catalog.file_of(kata)
        kept = put_stub_back(kata, path)
        words = f"{short_path(str(path))} is the stub again."
        screen.write(screen.wrap(words + kept, indent=0))
    return DONE


def put_stub_back(kata: Kata, path: Path) -> str:
    """Keep what stands in a file, then write the stub; say where the old text is.

    Without a store nothing is replaced, for what stands there could not be kept.
    """
    store = open_store()
    try:
        kept = _keep(store, kata, path)
    except sqlite3.Error as error:
        raise KitError(
            f"{str(path)!r} was not reset: its text can't be kept ({error}).",
            "Free some space, then try again.",
        ) from None
    finally:
        store.close()
    _write(path, catalog.stub_of(kata))
    return kept


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        answer = input(f"Put {count} stubs back? What stands there is kept. [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def today(options: argparse.Namespace) -> int:
    """List what is due today, and first what the last interview advised."""
    from grader.interview import report
    from grader.quiz import commands  # other commands do without

    with contextlib.closing(open_store()) as store:
        found = standings(store, catalog.katas_folder())
        due = _due(store, found)
        questions = len(commands.due_questions(store))
        advised = report.still_advised(store)
    if options.json:
        listed: list[dict[str, Any]] = [
            {"kata": standing.kata.name, "due": time.isoformat()} for standing, time in due
        ]
        first = [{"kind": one.kind, "name": one.name, "reason": one.reason} for one in advised]
        whole = {"schema": 1, "due": listed, "questions": questions, "advised": first}
        print(json.dumps(whole))
        return DONE
    screen = Screen(options.plain)
    words = [report.advice_words(one) for one in advised]
    screen.write(journal.today(screen, due, store.clock(), questions, words))
    return DONE


def watch(options: argparse.Namespace) -> int:
    """Grade on every save, full-screen."""
    folder = catalog.katas_folder()
    if options.kata:
        kata = catalog.find_kata(options.kata)
    else:
        with _store_if_any() as (store, _):
            open_ = [standing.kata for standing in standings(store, folder) if not standing.passed]
        kata = open_[0] if open_ else catalog.all_katas()[0]
    if options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise KitError("watch needs a terminal.", f"'python -m grader {kata.short}' grades once.")
    from grader.watch import Watch  # textual takes a while to import

    Watch(kata, folder).run()
    return DONE
