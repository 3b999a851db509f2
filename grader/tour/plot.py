"""The loss curve and the decision boundary of a training, on the terminal and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from grader.core.model import show_number
from grader.tour.datasets import Dataset
from grader.tour.training import HIGH, WIDE, History
from grader.ui.screen import Line, Screen

ROWS = 8  # of the curve
CURVE = 56  # columns of the curve
SYMBOLS = {-1: "o", 1: "x"}
FIELDS = {-1: ".", 1: ":"}
# background of a cell: sure and unsure, for either answer
SHADES = {(-1, 1): "#9ecbff", (-1, 0): "#d3e8ff", (1, 1): "#ffcf99", (1, 0): "#ffead2"}
STYLE = """\
.p{--ink:#1f2328;--soft:#6e7781;--rim:#d0d7de;--line:#1f2328;--a:#9ecbff;--b:#d3e8ff;--c:#ffead2;\
--d:#ffcf99;--o:#0b5394;--x:#a34700}
@media (prefers-color-scheme:dark){.p{--ink:#e6edf3;--soft:#8d96a0;--rim:#30363d;--line:#e6edf3;\
--a:#1b4470;--b:#14304d;--c:#4a3012;--d:#6e4415;--o:#9ecbff;--x:#ffcf99}}
.p text{font:12px system-ui,sans-serif;fill:var(--ink)}.p .soft{fill:var(--soft)}
.p .axis{stroke:var(--rim);fill:none}.p .loss{stroke:var(--line);fill:none;stroke-width:1.8}
.p .n1{fill:var(--a)}.p .n0{fill:var(--b)}.p .p0{fill:var(--c)}.p .p1{fill:var(--d)}
.p .o{fill:none;stroke:var(--o);stroke-width:2}.p .x{fill:none;stroke:var(--x);stroke-width:2}"""


def curve(screen: Screen, losses: Sequence[float]) -> list[Line]:
    """Return the loss of each epoch as a chart of eight rows, from 0 up."""
    top = max(losses, default=0.0) or 1.0
    columns = sampled(losses, CURVE)
    lines: list[Line] = [[("  Loss", "bold")], []]
    for row in range(ROWS, 0, -1):
        label = show_number(float(top), 3) if row == ROWS else "0" if row == 1 else ""
        dots = "".join("*" if row_of(loss, top) == row else " " for loss in columns)
        lines.append([(f"  {label:>7} |", "dim"), (dots.rstrip(), "cyan")])
    lines.append([("          +" + "-" * len(columns), "dim")])
    foot = f"epoch 1 to {len(losses)}"
    return [*lines, [(" " * 11 + foot, "dim")]]


def sampled(numbers: Sequence[float], count: int) -> list[float]:
    """Return at most `count` of the numbers, evenly, the first and the last among them."""
    if len(numbers) <= count:
        return list(numbers)
    return [numbers[round(k * (len(numbers) - 1) / (count - 1))] for k in range(count)]


def row_of(loss: float, top: float) -> int:
    """Return the row, from 1 at the bottom, in which a loss stands."""
    return 1 + min(ROWS - 1, int(loss / top * ROWS))


def boundary(screen: Screen, data: Dataset, history: History) -> list[Line]:
    """Return the plane: the network's answer by background, or `.` and `:`, and the points."""
    marks = _points_in_cells(data, history)
    lines: list[Line] = [[("  Decision boundary", "bold")], []]
    for row in range(0, HIGH, 2):
        cells = []
        for column in range(WIDE):
            score = (history.scores[row][column] + history.scores[row + 1][column]) / 2
            label = marks.get((row // 2, column))
            cells.append((_sign(score), abs(score) >= 1, label))
        line: Line = [("    ", "")]
        for (sign, sure, label), group in groupby(cells):
            count = len(list(group))
            blank = FIELDS[sign] if screen.plain else " "
            text = (SYMBOLS[label] if label else blank) * count
            line.append((text, f"bold black on {SHADES[sign, int(sure)]}"))
        lines.append(line)
    answers = ". and :" if screen.plain else "the background"
    words = f"o and x are the points, {answers} what the network answers"
    return [*lines, *screen.wrap(words, 4, "dim")]


def _sign(score: float) -> int:
    return 1 if score > 0 else -1


def _points_in_cells(data: Dataset, history: History) -> dict[tuple[int, int], int]:
    left, right, bottom, top = history.box
    found = {}
    for (x, y), label in zip(data.points, data.labels, strict=True):
        column = min(WIDE - 1, int((x - left) / (right - left) * WIDE))
        row = min(HIGH // 2 - 1, int((top - y) / (top - bottom) * HIGH / 2))
        found[row, column] = label
    return found


def picture(data: Dataset, history: History, title: str) -> str:
    """Return both as one SVG, light and dark, that needs nothing else."""
    wide, high = 780, 330
    last = show_number(float(history.losses[-1]), 3) if history.losses else "none"
    words = f"{title}; last loss {last}"
    parts = [
        f'<svg class="p" xmlns="http://www.w3.org/2000/svg" role="img" width="{wide}" '
        f'height="{high}" viewBox="0 0 {wide} {high}"><title>{escape(words)}</title>'
        f"<style>{STYLE}</style>",
        _loss_panel(history.losses, 50, 30, 300, 260),
    ]
    if history.scores:
        parts.append(_plane_panel(data, history, 400, 30, 360, 260))
    return "\n".join([*parts, "</svg>"])


def _loss_panel(losses: Sequence[float], x: float, y: float, wide: float, high: float) -> str:
    top = max(losses, default=0.0) or 1.0
    count = max(1, len(losses) - 1)
    points = " ".join(
        f"{x + wide * k / count:.1f},{y + high - high * loss / top:.1f}"
        for k, loss in enumerate(losses)
    )
    return (
        f'<text x="{x}" y="{y - 12}">Loss of each epoch</text>'
        f'<path class="axis" d="M{x} {y}V{y + high}H{x + wide}"/>'
        f'<text class="soft" x="{x - 6}" y="{y + 8}" text-anchor="end">{show_number(top, 3)}</text>'
        f'<text class="soft" x="{x - 6}" y="{y + high}" text-anchor="end">0</text>'
        f'<text class="soft" x="{x + wide}" y="{y + high + 18}" text-anchor="end">'
        f"epoch {len(losses)}</text>"
        f'<polyline class="loss" points="{points}"/>'
    )


def _plane_panel(
    data: Dataset, history: History, x: float, y: float, wide: float, high: float
) -> str:
    left, right, bottom, top = history.box
    cell, row_high = wide / WIDE, high / HIGH
    parts = [f'<text x="{x}" y="{y - 12}">Decision boundary</text><g shape-rendering="crispEdges">']
    for row, scores in enumerate(history.scores):
        column = 0
        for css, group in groupby(scores, _shade):
            count = len(list(group))
            parts.append(
                f'<rect class="{css}" x="{x + column * cell:.1f}" y="{y + row * row_high:.1f}" '
                f'width="{count * cell + 0.3:.1f}" height="{row_high + 0.3:.1f}"/>'
            )
            column += count
    parts.append("</g>")
    for (at, up), label in zip(data.points, data.labels, strict=True):
        px = x + wide * (at - left) / (right - left)
        py = y + high * (top - up) / (top - bottom)
        if label < 0:
            parts.append(f'<circle class="o" cx="{px:.1f}" cy="{py:.1f}" r="3.5"/>')
        else:
            arms = f"M{px - 3:.1f} {py - 3:.1f}l6 6m0 -6l-6 6"
            parts.append(f'<path class="x" d="{arms}"/>')
    foot = "o and x: the points; faint: the score is below 1"
    parts.append(f'<text class="soft" x="{x}" y="{y + high + 18}">{foot}</text>')
    return "\n".join(parts)


def _shade(score: float) -> str:
    return ("p" if score > 0 else "n") + str(int(abs(score) >= 1))
