"""What a person sees of the practice: list, history, differences, the solution."""

from __future__ import annotations

import ast
import difflib
from dataclasses import replace
from datetime import timedelta
from itertools import chain, islice

from grader.content import catalog
from grader.core.model import Kata
from grader.core.records import Entry
from grader.practice.standing import Standing
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table

STYLES = {
    "passed": "green",
    "passed with hints": "yellow",
    "failed": "red",
    "edited": "cyan",
    "untouched": "dim",
    "missing": "dim",
}


def tracks_of(found: list[Standing]) -> dict[str, list[Standing]]:
    """Return the standings by track, in the order of the katas."""
    tracks: dict[str, list[Standing]] = {}
    for standing in found:
        tracks.setdefault(standing.kata.track, []).append(standing)
    return tracks


def listing(screen: Screen, found: list[Standing]) -> list[Line]:
    """Return the katas by track: title, level, minutes, state, best time, hints."""
    if not found:
        return screen.wrap("No kata is like that.")
    tracks = tracks_of(found)
    columns = [Column("cyan"), Column(), Column("dim"), Column("dim", right=True), Column()]
    body = iter(table(screen, columns, [_row(x) for x in chain(*tracks.values())], indent=4))
    lines: list[Line] = []
    for name, group in tracks.items():
        lines += [*([[]] if lines else []), [(f"  {name}", "bold")], *islice(body, len(group))]
    return lines


def _row(standing: Standing) -> list[Cell]:
    kata = standing.kata
    more = []
    if standing.best:
        more.append(f"best {minutes(standing.best)}")
    if standing.hints:
        more.append(f"{standing.hints} hint{'s' if standing.hints > 1 else ''}")
    if standing.stars:
        more.append("*" * standing.stars)
    state = (standing.state, STYLES[standing.state])
    rest = (f"  {', '.join(more)}" if more else "", "dim")
    return [kata.short, kata.title, f"level {kata.level}", f"{kata.minutes} min", [state, rest]]


def minutes(took: timedelta) -> str:
    """Return a duration as a person would say it."""
    seconds = took.total_seconds()
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def history(screen: Screen, kata: Kata, entries: dict[int, Entry]) -> list[Line]:
    """Return the attempts at a kata, one a line, the newest last."""
    if not entries:
        return screen.wrap(f"There is no attempt at {kata.short} yet.")
    rows: list[list[Cell]] = []
    for number, entry in entries.items():
        told = str(entry.verdict.get("message", "")).splitlines()
        first = "kept when the stub was put back" if entry.status == "kept" else (told or [""])[0]
        status = (entry.status.replace("-", " "), "green" if entry.passed else "")
        when = f"{entry.time.astimezone():%Y-%m-%d %H:%M}"
        rows.append([str(number), when, [status], first])
    dim = Column("dim")
    columns = [replace(dim, width=3, right=True), dim, Column(width=12), replace(dim, narrow="cut")]
    again = f"python -m grader history {kata.short}"
    return [
        [(f"  {kata.short} · {kata.title}", "bold")],
        [],
        *table(screen, columns, rows),
        [],
        *screen.wrap(
            f"'{again} 1 2' shows the difference of two, '{again} --restore 1' puts one back.",
            style="dim",
        ),
    ]


def difference(screen: Screen, one: str, other: str, title: str, other_title: str) -> list[Line]:
    """Return what changed between two texts, line by line."""
    found = list(
        difflib.unified_diff(
            one.splitlines(), other.splitlines(), title, other_title, lineterm="", n=2
        )
    )
    if not found:
        return screen.wrap(f"{title} and {other_title} are the same text.")
    styles = {"+": "green", "-": "red", "@": "cyan"}
    return [[(line, styles.get(line[:1], ""))] for line in found]


def solution(screen: Screen, kata: Kata, mine: str) -> list[Line]:
    """Return the lines of the solution that the stub leaves open, beside the learner's.

    Then what people get wrong there, from the bank of mistakes.
    """
    stub, text = catalog.stub_of(kata), catalog.solution_of(kata)
    head: Line = [(f"{kata.short} · {kata.title} · the solution", "bold")]
    lines: list[Line] = [head, []]
    lines += [[(line, "cyan")] for line in _code_of(text)]
    if mine and mine != stub:
        lines += [[], [("Yours", "bold")], []]
        lines += [[(line, "")] for line in _code_of(mine)]
    lines += [[], [("What people get wrong here", "bold")], []]
    for mutant in catalog.read_mutants(kata)[:5]:
        lines += screen.wrap(f"- {mutant.title}: {mutant.explanation}")
    return lines


def _code_of(text: str) -> list[str]:
    """Return a file without its docstring and the marks of the gaps."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return text.splitlines()
    first = body[0] if body else None
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    begin = (first.end_lineno or 0) if first and documented else 0
    lines = [
        line
        for line in text.splitlines()[begin:]
        if not catalog.GAP.match(line) and not catalog.GAP_END.match(line)
    ]
    while lines and not lines[0].strip():
        lines.pop(0)
    return lines
