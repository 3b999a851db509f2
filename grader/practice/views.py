"""What a person sees of the practice: list, history, differences, the solution."""

from __future__ import annotations

import ast
import difflib
from datetime import timedelta

from grader.content import catalog
from grader.core.model import Kata
from grader.core.store import Entry
from grader.practice.standing import Standing
from grader.ui.screen import Line, Screen

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
    lines: list[Line] = []
    wide = max(len(standing.kata.title) for standing in found)
    for name, group in tracks_of(found).items():
        lines += [*([[]] if lines else []), [(f"  {name}", "bold")]]
        lines += [_listed(standing, wide) for standing in group]
    return lines


def _listed(standing: Standing, wide: int) -> Line:
    kata = standing.kata
    more = []
    if standing.best:
        more.append(f"best {minutes(standing.best)}")
    if standing.hints:
        more.append(f"{standing.hints} hint{'s' if standing.hints > 1 else ''}")
    if standing.stars:
        more.append("*" * standing.stars)
    return [
        (f"    {kata.short}  ", "cyan"),
        (f"{kata.title.ljust(wide)}  ", ""),
        (f"level {kata.level}  {kata.minutes:>2} min  ", "dim"),
        (standing.state, STYLES[standing.state]),
        (f"  {', '.join(more)}" if more else "", "dim"),
    ]


def minutes(took: timedelta) -> str:
    """Return a duration as a person would say it."""
    seconds = took.total_seconds()
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def history(screen: Screen, kata: Kata, entries: dict[int, Entry]) -> list[Line]:
    """Return the attempts at a kata, one a line, the newest last."""
    if not entries:
        return screen.wrap(f"There is no attempt at {kata.short} yet.")
    lines: list[Line] = [[(f"  {kata.short} · {kata.title}", "bold")], []]
    for number, entry in entries.items():
        told = str(entry.verdict.get("message", "")).splitlines()
        first = "kept when the stub was put back" if entry.status == "kept" else (told or [""])[0]
        head = f"  {number:>3}  {entry.time.astimezone():%Y-%m-%d %H:%M}  "
        status = entry.status.replace("-", " ").ljust(14)
        room = max(10, screen.width - len(head) - len(status) - 1)
        shown = first if len(first) <= room else first[: room - 1] + "…"
        lines.append([(head, "dim"), (status, "green" if entry.passed else ""), (shown, "dim")])
    again = f"python -m grader history {kata.short}"
    return [
        *lines,
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
