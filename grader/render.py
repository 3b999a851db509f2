"""What a person sees: every command's result as lines of styled text.

A line is a list of pieces `(text, style)`. On a terminal rich colours them; in plain mode, on a
pipe or under NO_COLOR, the same lines are written without colour, boxes or symbols.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from grader.content import catalog
from grader.core.model import CheckResult, Counterexample, Kata, Verdict, printable, show_number
from grader.truth.program import Program

T = TypeVar("T")
Piece = tuple[str, str]
Line = list[Piece]

WIDEST = 100
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
COLUMNS = (
    ("got", "got"),
    ("expected", "expected"),
    ("reference", "reference"),
    ("pytorch", "PyTorch"),
    ("finite_difference", "differences"),
)


class Screen:
    """Where lines go: a terminal with colour, or plain text."""

    def __init__(self, plain: bool = False) -> None:
        dumb = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self.plain = plain or dumb or not sys.stdout.isatty()
        self.width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)

    def write(self, lines: Iterable[Line]) -> None:
        """Print the lines."""
        if self.plain:
            for line in lines:
                print("".join(text for text, _ in line).rstrip())
            return
        from rich.console import Console  # not needed on a pipe
        from rich.text import Text

        console = Console(highlight=False, soft_wrap=True)
        for line in lines:
            console.print(Text.assemble(*line))

    def work(self, title: str, items: Sequence[T], show: Callable[[T], Line | None]) -> None:
        """Do what `show` does for each item and print the line it returns; a bar shows how far."""
        if self.plain or len(items) < 2:
            self.write(line for item in items if (line := show(item)))
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.text import Text

        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, transient=True) as progress:
            task = progress.add_task(title, total=len(items))
            for item in items:
                if line := show(item):
                    progress.console.print(Text.assemble(*line), soft_wrap=True)
                progress.advance(task)

    def wrap(self, text: str, indent: int = 2, style: str = "") -> list[Line]:
        """Return a paragraph as lines no wider than the screen; its own line breaks stay."""
        room = max(20, self.width - indent)
        return [
            [(" " * indent + part, style)]
            for whole in text.splitlines() or [""]
            for part in textwrap.wrap(whole, room, break_on_hyphens=False, break_long_words=False)
            or [""]
        ]

    def block(self, text: str, indent: int = 6, style: str = "") -> list[Line]:
        """Return text as it stands, moved to the right."""
        return [[(" " * indent + line, style)] for line in text.splitlines()]


def verdict(screen: Screen, kata: Kata, found: Verdict, *, guide: bool = True) -> list[Line]:
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
    first, *rest = textwrap.wrap(title, screen.width - len(mark) - 3)
    text_style = "dim" if check.outcome == "not-run" else ""
    more: list[Line] = [[(" " * (len(mark) + 3) + part, text_style)] for part in rest]
    return [[(f"  {mark} ", style), (first, text_style)], *more]


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
    script = Program(example.code, example.inputs).as_script()
    lines = screen.block(imports_for(kata, script), style="dim")
    lines += screen.block(script, style="cyan")
    lines.append([])
    if example.rows:
        lines += [*_table(screen, example), []]
    return lines


def graph_tree(screen: Screen, nodes: Sequence[tuple[str, str, float, float]]) -> list[Line]:
    """Return a graph as a tree from the roots down: title, operation, data, grad."""
    tree = str.maketrans("└├│─", "`||-") if screen.plain else {}
    body = [
        [branch.translate(tree), operation, show_number(data), show_number(grad)]
        for branch, operation, data, grad in nodes
    ]
    head = ["node", "operation", "data", "grad"]
    widths = [max(len(cells[k]) for cells in [head, *body]) for k in range(4)]

    def line(cells: Sequence[str], style: str) -> Line:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        return [("  " + padded[0], style), ("  " + "  ".join(padded[1:]), "")]

    return [[(text, "dim") for text, _ in line(head, "")], *(line(row, "cyan") for row in body)]


def imports_for(kata: Kata, script: str) -> str:
    """Return the lines that make a script run in a Python prompt beside the kata's file."""
    names = [name for name in kata.entry if re.search(rf"\b{name}\b", script)]
    lines = [f"from {kata.name} import {', '.join(names)}"] if names else []
    if "Value" not in kata.entry and "Value(" in script:
        lines.insert(0, "from reference.engine import Value")
    return "\n".join(lines)


def _table(screen: Screen, example: Counterexample) -> list[Line]:
    if all(row.data is not None for row in example.rows):
        return _graph(screen, example)
    shown = [
        (field, title)
        for field, title in COLUMNS
        if field in ("got", "expected")
        or any(getattr(row, field) is not None for row in example.rows)
    ]
    head = ["", *(title for _, title in shown)]
    body = [[row.name, *(_cell(getattr(row, field)) for field, _ in shown)] for row in example.rows]
    widths = [max(len(cells[k]) for cells in [head, *body]) for k in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        return "      " + "  ".join(padded)

    lines: list[Line] = [[(line(head), "dim")]]
    for row, cells in zip(example.rows, body, strict=True):
        wrong = ("  <- wrong", "bold red") if not row.agrees else ("", "")
        lines.append([(line(cells), "" if row.agrees else "red"), wrong])
    return lines


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


def _graph(screen: Screen, example: Counterexample) -> list[Line]:
    """Return the program's graph, a line a node: operation, number, and every gradient."""
    head = ["node", "operation", "data", "your grad", "reference", "PyTorch", "differences"]
    marks = {False: "  <- wrong", True: "  <- wrong first"}
    body = [
        [row.name.removesuffix(".grad"), row.operation or "input"]
        + [_cell(x) for x in (row.data, row.got, row.expected, row.pytorch, row.finite_difference)]
        for row in example.rows
    ]
    widths = [max(len(cells[k]) for cells in [head, *body]) for k in range(len(head))]
    while len(widths) > 5 and 6 + sum(widths) + 2 * len(widths) + 14 > screen.width:
        widths.pop()  # a narrow screen has room for fewer authorities

    def line(cells: Sequence[str]) -> str:
        return "      " + "  ".join(c.ljust(width) for c, width in zip(cells, widths, strict=False))

    lines: list[Line] = [[(line(head), "dim")]]
    for row, cells in zip(example.rows, body, strict=True):
        mark = "" if row.agrees else marks[row.first]
        lines.append([(line(cells), "" if row.agrees else "red"), (mark, "bold red")])
    return lines


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
    following = following_kata(kata)
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


def following_kata(kata: Kata) -> Kata | None:
    """Return the kata after this one, if there is one."""
    katas = catalog.all_katas()
    later = [other for other in katas if other.name > kata.name]
    return later[0] if later else None


def short_path(path: str) -> str:
    """Return a path relative to the current folder when that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        relative = path
    return printable(relative if len(relative) < len(path) else path)


def task(screen: Screen, kata: Kata, file: Path) -> list[Line]:
    """Return the statement of a kata and where to write."""
    text = catalog.task_of(kata)
    head, _, rest = text.partition("\n")
    return [
        [(head, "bold")],
        *[[(line, "")] for line in rest.splitlines()],
        [],
        [("Write in ", "dim"), (short_path(str(file)), "cyan")],
        [("Grade with ", "dim"), (f"python -m grader {kata.short}", "cyan")],
    ]


def hint(screen: Screen, kata: Kata, tier: int, text: str) -> list[Line]:
    """Return one tier of a kata's hints."""
    name = catalog.TIERS[tier - 1]
    head: Line = [(f"{kata.short} · hint {tier} of {len(catalog.TIERS)} · {name}", "bold")]
    more = (
        f"More: python -m grader hint {kata.short} --tier {tier + 1}"
        if tier < len(catalog.TIERS)
        else "This was the last hint."
    )
    return [head, [], *[[("  " + line, "")] for line in text.splitlines()], [], [(more, "dim")]]


def summary(screen: Screen, kata: Kata, found: Verdict) -> Line:
    """Return one kata's verdict on one line."""
    mark = MARKS["passed" if found.passed else "failed", "core"]
    symbol, word, style = TODO if found.status == "stub" else mark
    stretch = [check for check in found.checks if check.source.level == "stretch"]
    stars = sum(check.outcome == "passed" for check in stretch)
    return [
        (f"  {word if screen.plain else symbol} ", style),
        (f"{kata.short}  {kata.title.ljust(25)}  ", ""),
        (f"{found.status.replace('-', ' ').ljust(14)}", style if not found.passed else ""),
        (f"  {found.seconds:5.2f} s  stretch {stars}/{len(stretch)}", "dim"),
    ]


def report(findings: Iterable[tuple[str, str, str]]) -> list[Line]:
    """Return what the doctor found: name, what is there, and advice where something is missing."""
    lines: list[Line] = []
    for name, found, advice in findings:
        lines.append([(f"  {name.ljust(18)}", "bold"), (found, "" if not advice else "yellow")])
        if advice:
            lines.append([(" " * 20 + advice, "dim")])
    return lines
