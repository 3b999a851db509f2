"""The commands of the practice loop: list, show, hint, solution, history, reset, init, watch."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import sys
from pathlib import Path

from grader.content import catalog
from grader.core.files import replace_file, write_atomically
from grader.core.model import Kata, KitError
from grader.core.records import SHOWN, SOLUTION, Entry
from grader.core.store import Store, open_store
from grader.practice import views
from grader.practice.actions import (
    keep_file,
    last_tier,
    next_tier,
    put_stub_back,
    remember,
    remember_hint,
    store_if_any,
)
from grader.practice.standing import STATES, standings
from grader.ui.screen import Screen, short_path
from grader.ui.statement import hint_lines, task_lines

DONE = 0


def list_katas(options: argparse.Namespace) -> int:
    """List the katas, all or those of a track or a state."""
    with store_if_any() as (store, note):
        found = standings(store, catalog.katas_folder())
        note = store.note if store else note
    tracks = views.tracks_of(found)
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
    screen.write(views.listing(screen, chosen))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
    return DONE


def show_task(options: argparse.Namespace) -> int:
    """Show the statement of a kata, and remember when it was first read."""
    kata = catalog.find_kata(options.kata)
    remember(lambda store: store.record_hint(kata.name, SHOWN))
    screen = Screen(options.plain)
    screen.write(task_lines(screen, kata, catalog.file_of(kata)))
    return DONE


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


def show_solution(options: argparse.Namespace) -> int:
    """Show the solution beside the learner's file, after a pass or on giving up."""
    kata = catalog.find_kata(options.kata)
    with store_if_any() as (store, _):
        passed = store is not None and any(entry.passed for entry in store.attempts(kata.name))
    if not passed and not options.give_up:
        raise KitError(
            f"{kata.short} is not passed yet.",
            f"'python -m grader solution {kata.short} --give-up' shows the solution and remembers "
            "that it did.",
        )
    if not passed:
        remember(lambda store: store.record_hint(kata.name, SOLUTION))
    screen = Screen(options.plain)
    mine = catalog.text_of_file(catalog.file_of(kata))
    screen.write(views.solution(screen, kata, mine))
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
        note = store.note
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
    screen.write(views.history(screen, kata, entries))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
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
    screen.write(views.difference(screen, one.source, other, f"attempt {numbers[0]}", title))
    return DONE


def _restore(screen: Screen, store: Store, kata: Kata, entry: Entry, number: int) -> int:
    path = catalog.file_of(kata)
    kept = keep_file(store, kata, path)
    replace_file(path, entry.content)
    words = f"{short_path(str(path))} is attempt {number} again."
    screen.write(screen.wrap(words + kept, indent=0))
    return DONE


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


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        answer = input(f"Put {count} stubs back? What stands there is kept. [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def watch(options: argparse.Namespace) -> int:
    """Grade on every save, full-screen."""
    folder = catalog.katas_folder()
    if options.kata:
        kata = catalog.find_kata(options.kata)
    else:
        with store_if_any() as (store, _):
            open_ = [standing.kata for standing in standings(store, folder) if not standing.passed]
        kata = open_[0] if open_ else catalog.all_katas()[0]
    if options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise KitError("watch needs a terminal.", f"'python -m grader {kata.short}' grades once.")
    from grader.practice.watch import Watch  # textual takes a while to import

    Watch(kata, folder).run()
    return DONE


def init(options: argparse.Namespace) -> int:
    """Make a practice folder with a stub of every kata; a file that is there stays."""
    folder = Path(options.folder).expanduser()
    made = []
    try:
        (folder / "katas").mkdir(parents=True, exist_ok=True)
        for kata in catalog.all_katas():
            path = folder / "katas" / f"{kata.name}.py"
            if not path.exists():
                write_atomically(path, catalog.stub_of(kata))
                made.append(path)
    except OSError as error:
        raise KitError(
            f"{str(folder)!r} can't be used: {error.strerror}.", "Name a folder you can write to."
        ) from None
    there = quoted(str(folder))
    screen = Screen(options.plain)
    screen.write(
        [
            *screen.wrap(f"{len(made)} katas written to {folder / 'katas'}.", 0),
            *screen.wrap(f"Next: cd {there} and python -m grader show kata01", 0),
        ]
    )
    return DONE


def quoted(path: str, posix: bool = os.name == "posix") -> str:
    """Return a path as a shell reads it; those of Windows know double quotes alone."""
    return shlex.quote(path) if posix else f'"{path}"'
