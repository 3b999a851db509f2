"""A verdict as a person reads it: a line a check, the first failure in full, the next step."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence

from grader.content import catalog
from grader.core import workspace
from grader.core.model import CheckResult, Counterexample, Kata, Verdict, show_number
from grader.ui.screen import Line, Screen, short_path
from grader.ui.table import Cell, Column, table

OUTPUT_LINES = 20

MARKS = {
    ("passed", "core"): ("✓", "pass", "green"),
    ("failed", "core"): ("✗", "FAIL", "bold red"),
    ("not-run", "core"): ("·", "----", "dim"),
    ("passed", "stretch"): ("★", "star", "yellow"),
    ("failed", "stretch"): ("☆", "miss", "dim"),
    ("not-run", "stretch"): ("☆", "----", "dim"),
}
TODO = ("○", "todo", "dim")
# The lines of a summary come one by one, so their widths are set.
SUMMARY = (Column(), Column(width=25), Column(width=14), Column("dim"))
COLUMNS = (
    ("got", "got"),
    ("expected", "expected"),
    ("reference", "reference"),
    ("pytorch", "PyTorch"),
    ("finite_difference", "differences"),
)
GIVE_WAY = ("pytorch", "finite_difference")  # on a narrow screen; the reference always stays


def verdict_lines(screen: Screen, kata: Kata, found: Verdict, *, guide: bool = True) -> list[Line]:
    """Return the verdict: a line a check, the first failure in full, and the next step.

    Without `guide` the next step is left out, for those who are being interviewed.
    """
    lines = [_headline(screen, kata, found), []]
    todo = found.status == "stub"
    lines += [line for check in found.checks for line in _check_lines(screen, check, todo)]
    first = found.first_failure()
    lines.append([])
    if found.status != "failed" or first is None:
        lines += _message(screen, found.message)
    if first and found.status in ("failed", "passed"):
        lines += _failure(screen, kata, first)
    lines += _diagnosis(screen, found)
    lines += _output(screen, found)
    for note in found.notes:
        if note not in found.message:
            lines += [*screen.wrap(note, style="dim"), []]
    return [*lines, *_next_step(screen, kata, found)] if guide else lines


def _headline(screen: Screen, kata: Kata, found: Verdict) -> Line:
    words = f"{kata.short} · {kata.title}"
    state = f"{found.status.replace('-', ' ')}  {found.seconds:.2f} s"
    gap = max(2, screen.width - len(words) - len(state))
    style = "bold green" if found.passed else "bold red"
    return [(words, "bold"), (" " * gap, ""), (state, style)]


def _check_lines(screen: Screen, check: CheckResult, todo: bool) -> list[Line]:
    symbol, word, style = TODO if todo else MARKS[check.outcome, check.source.level]
    mark = word if screen.plain else symbol
    title = check.source.title + (" (stretch)" if check.source.level == "stretch" else "")
    text = Column("dim" if check.outcome == "not-run" else "", narrow="wrap")
    return table(screen, [Column(style), text], [[mark, title]], gap=1)


def _message(screen: Screen, message: str) -> list[Line]:
    first, *rest = message.split("\n")
    lines = screen.wrap(first)
    lines += [[("  " + line, "")] for line in rest]
    return [*lines, []]


def _failure(screen: Screen, kata: Kata, check: CheckResult) -> list[Line]:
    lines = [*screen.wrap(check.source.title + ".", style="bold")] if check.source.title else []
    lines += _message(screen, check.message)
    if check.counterexample:
        lines += _counterexample(screen, kata, check.counterexample)
    return lines


def _counterexample(screen: Screen, kata: Kata, example: Counterexample) -> list[Line]:
    script = example.script
    lines = screen.block(imports_for(kata, script), style="dim")
    lines += screen.block(script, style="cyan")
    lines.append([])
    if example.rows:
        lines += [*_table(screen, example), []]
    return lines


def imports_for(kata: Kata, script: str) -> str:
    """Return the lines that make a script run in a Python prompt beside the kata's file."""
    names = [name for name in kata.entry if re.search(rf"\b{name}\b", script)]
    lines = [f"from {kata.name} import {', '.join(names)}"] if names else []
    if "Value" not in kata.entry and "Value(" in script:
        lines.insert(0, "from reference.engine import Value")
    if "np." in script:
        lines.insert(0, "import numpy as np")
    return "\n".join(lines)


def _table(screen: Screen, example: Counterexample) -> list[Line]:
    if all(row.data is not None for row in example.rows):
        return _graph_table(screen, example)
    shown = [
        (field, title)
        for field, title in COLUMNS
        if field in ("got", "expected")
        or any(getattr(row, field) is not None for row in example.rows)
    ]
    head = ["", *(title for _, title in shown)]
    body = [[row.name, *(_cell(getattr(row, field)) for field, _ in shown)] for row in example.rows]
    columns = [Column(narrow="drop") if field in GIVE_WAY else Column() for field, _ in shown]
    return _marked(screen, [Column(), *columns], head, body, example)


def _marked(
    screen: Screen,
    columns: Sequence[Column],
    head: Sequence[str],
    body: Sequence[Sequence[str]],
    example: Counterexample,
) -> list[Line]:
    """Return a table of a counterexample, its wrong rows in red and marked."""
    rows: list[list[Cell]] = [[*([(title, "dim")] for title in head), ""]]
    for row, cells in zip(example.rows, body, strict=True):
        mark = "" if row.agrees else "<- wrong first" if row.first else "<- wrong"
        rows.append([*([(cell, "" if row.agrees else "red")] for cell in cells), mark])
    return table(screen, [*columns, Column("bold red", width=14)], rows, indent=6)


def _diagnosis(screen: Screen, found: Verdict) -> list[Line]:
    """Return the name of the mistake, and why it gives these numbers."""
    if not found.diagnosis:
        return []
    known = found.diagnosis
    head: Line = [("  Known mistake: ", "bold yellow"), (f"{known.title}.", "bold")]
    return [head, *screen.wrap(known.explanation, 2), []]


def fitting_tier(found: Verdict) -> int:
    """Return the hint tier for a failing attempt: the fewer checks fail, the more exact."""
    core = [check for check in found.checks if check.source.level == "core"]
    wrong = sum(check.outcome != "passed" for check in core)
    return 2 if 2 * wrong > len(core) else 3 if wrong > 1 else 4


def _graph_table(screen: Screen, example: Counterexample) -> list[Line]:
    """Return the program's graph, a line a node: operation, number, and every gradient."""
    head = ["node", "operation", "data", "your grad", "reference", "PyTorch", "differences"]
    body = [
        [row.name.removesuffix(".grad"), row.operation or "input"]
        + [_cell(x) for x in (row.data, row.got, row.expected, row.pytorch, row.finite_difference)]
        for row in example.rows
    ]
    columns = [*[Column()] * 5, *[Column(narrow="drop")] * 2]  # the reference always stays
    return _marked(screen, columns, head, body, example)


def _cell(value: object) -> str:
    return "-" if value is None else show_number(value)[:24]


def _output(screen: Screen, found: Verdict) -> list[Line]:
    if not found.output.strip():
        return []
    whole = found.output.rstrip("\n").splitlines()
    kept = [line[: screen.width - 8] for line in whole[:OUTPUT_LINES]]
    if len(whole) > OUTPUT_LINES:
        kept.append(
            whole[-1] if whole[-1].startswith("…") else f"… {len(whole) - OUTPUT_LINES} more lines"
        )
    return [[("  Your file printed:", "dim")], *screen.block("\n".join(kept), style="dim"), []]


def _next_step(screen: Screen, kata: Kata, found: Verdict) -> list[Line]:
    file, again = short_path(found.file), f"python -m grader {kata.short}"
    if not _is_graded_by_default(kata, found.file):
        again += f" --solution {shlex.quote(file)}"
    following = catalog.following_kata(kata)
    match found.status:
        case "passed" if following:
            words = [
                f"Next: {following.short}, {following.title}",
                f"      python -m grader show {following.short}",
            ]
        case "passed":
            words = ["That was the last kata."]
        case "stub":
            words = [f"Next: open {file}, write the missing part, then", f"      {again}"]
        case _:
            words = [f"Next: mend {file}, then", f"      {again}"]
            tier = fitting_tier(found)
            words.append(f"Stuck? python -m grader hint {kata.short} --tier {tier}")
    return [[("  " + line, "")] for line in words]


def _is_graded_by_default(kata: Kata, file: str) -> bool:
    """Whether a file is the one that is graded where none is named."""
    practice = workspace.find_practice_folder()
    own = os.path.join(practice or "", "katas", f"{kata.name}.py")
    return os.path.realpath(file) == os.path.realpath(own)


def summary_line(screen: Screen, kata: Kata, found: Verdict) -> Line:
    """Return one kata's verdict on one line."""
    mark = MARKS["passed" if found.passed else "failed", "core"]
    symbol, word, style = TODO if found.status == "stub" else mark
    stretch = [check for check in found.checks if check.source.level == "stretch"]
    stars = sum(check.outcome == "passed" for check in stretch)
    row: list[Cell] = [
        [(f"{word if screen.plain else symbol} ", style), (kata.short, "")],
        kata.title,
        [(found.status.replace("-", " "), style if not found.passed else "")],
        f"{found.seconds:5.2f} s  stretch {stars}/{len(stretch)}",
    ]
    (line,) = table(screen, SUMMARY, [row])
    return line
