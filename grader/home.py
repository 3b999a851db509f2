"""The first screens: where am I, and what is due today."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grader.content import catalog
from grader.core.schedule import end_of_day
from grader.core.store import open_store
from grader.practice.actions import due_katas, store_if_any
from grader.practice.standing import Standing, standings
from grader.practice.views import tracks_of
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table

DONE = 0
BAR = 20


def overview(options: argparse.Namespace) -> int:
    """Show tracks, what is next, and what is due."""
    with store_if_any() as (store, note):
        found = standings(store, catalog.katas_folder())
        due = due_katas(store, found)
        until = end_of_day(store.clock()) if store else None
        keys = [key for key, _ in store.cards_due(until)] if store and until else []
        note = store.note if store else note
    questions = sum(key.startswith("question:") for key in keys)
    following = next((standing for standing in found if not standing.passed), None)
    if options.json:
        tracks = tracks_of(found)
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
    screen.write(overview_lines(screen, found, following, due, questions))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
    return DONE


def today(options: argparse.Namespace) -> int:
    """List what is due today, and first what the last interview advised."""
    from grader.interview import report
    from grader.quiz import commands  # other commands do without

    with contextlib.closing(open_store()) as store:
        found = standings(store, catalog.katas_folder())
        due = due_katas(store, found)
        questions = len(commands.due_questions(store))
        advised = report.still_advised(store)
        note = store.note
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
    screen.write(today_lines(screen, due, store.clock(), questions, words))
    if note:
        screen.write([[], *screen.wrap(note, style="dim")])
    return DONE


def overview_lines(
    screen: Screen,
    found: list[Standing],
    following: Standing | None,
    due: list[tuple[Standing, datetime]],
    questions: int = 0,
) -> list[Line]:
    """Return a bar a track, what is next and what is due."""
    lines: list[Line] = [[("  Backprop katas", "bold")], []]
    rows = [_bar(screen, name, group) for name, group in tracks_of(found).items()]
    lines += table(screen, [Column("bold", width=8), Column(), Column()], rows)
    with_hints = sum(standing.state == "passed with hints" for standing in found)
    stars = sum(standing.stars for standing in found)
    unaided = sum(standing.state == "passed" for standing in found)
    words = f"{unaided} passed without hints, {with_hints} with hints, {stars} stars for follow-ups"
    lines += [[], *screen.wrap(words, style="dim"), []]
    if due:
        names = ", ".join(standing.kata.short for standing, _ in due)
        lines += screen.wrap(f"Due today: {names}. 'python -m grader today' says more.")
    if questions:
        lines += screen.wrap(f"Questions due: {questions}. 'python -m grader quiz' asks them.")
    if following:
        kata = following.kata
        lines += screen.wrap(
            f"Next: {kata.short}, {kata.title}: python -m grader show {kata.short}"
        )
    else:
        lines += screen.wrap("All katas are passed. 'python -m grader today' says what comes back.")
    return [*lines, *screen.wrap("Help: python -m grader --help", style="dim")]


def _bar(screen: Screen, name: str, group: list[Standing]) -> list[Cell]:
    passed = sum(standing.passed for standing in group)
    full = round(BAR * passed / len(group))
    solid, open_ = ("#", ".") if screen.plain else ("█", "░")
    bar = [(solid * full, "green"), (open_ * (BAR - full), "dim")]
    return [name, bar, f"{passed} of {len(group)}"]


def today_lines(
    screen: Screen,
    due: list[tuple[Standing, datetime]],
    time: datetime,
    questions: int = 0,
    advised: Sequence[str] = (),
) -> list[Line]:
    """Return what the last interview advised, then what is due, the longest due first."""
    lines: list[Line] = []
    if advised:
        lines += [[("  From your last interview", "bold")], []]
        lines += [line for words in advised for line in screen.wrap(words, 4)]
        lines.append([])
    if questions:
        are = "question is" if questions == 1 else "questions are"
        lines += [*screen.wrap(f"{questions} {are} due: python -m grader quiz"), []]
    if not due:
        nothing = "No kata is due today." if lines else "Nothing is due today."
        return [*lines, *screen.wrap(f"{nothing} 'python -m grader' says what is next.")]
    rows = []
    for standing, when in due:
        late = (time - when).days
        since = "today" if late < 1 else f"for {late} day{'s' if late > 1 else ''}"
        rows.append([standing.kata.short, standing.kata.title, f"due {since}"])
    lines += [[("  Due today", "bold")], []]
    lines += table(screen, [Column("cyan"), Column(), Column("dim")], rows, indent=4)
    words = f"Begin with 'python -m grader reset {rows[0][0]}': the old file is kept."
    return [*lines, [], *screen.wrap(words)]
