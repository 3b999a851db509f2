"""Columns that stand below each other, also where the text is Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.ui.screen import Line, Screen

Cell = str | Line  # text in the style of its column, or pieces with styles of their own


@dataclass(frozen=True)
class Column:
    """How a column looks, its least width, and how it gives way on a narrow screen.

    A column that may be dropped goes as a whole, the last one first. Cutting and wrapping are for
    the last column.
    """

    style: str = ""
    width: int = 0
    right: bool = False
    narrow: Literal["stays", "drop", "cut", "wrap"] = "stays"


def table(
    screen: Screen,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    indent: int = 2,
    gap: int = 2,
) -> list[Line]:
    """Return the rows as lines, each column as wide as its widest cell.

    The first of the rows may be the head: its cells bring their own style.
    """
    cells = [
        [_pieces(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows
    ]
    kept = list(range(len(columns)))
    widths = [
        max([column.width, *(width_of(row[place]) for row in cells)])
        for place, column in enumerate(columns)
    ]
    droppable = [place for place in kept if columns[place].narrow == "drop"]
    while droppable and indent + sum(widths[k] + gap for k in kept) - gap > screen.width:
        kept.remove(droppable.pop())
    blank = " " * gap
    found: list[Line] = []
    for row in cells:
        line: Line = [(" " * indent, "")]
        for place in kept[:-1]:
            line += [*_padded(row[place], widths[place], columns[place].right), (blank, "")]
        found += _with_last(screen, line, row[kept[-1]], columns[kept[-1]])
    return found


def width_of(line: Line) -> int:
    """Return how many columns of a terminal the pieces take."""
    text = "".join(text for text, _ in line)
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # takes 20 ms to import, and most tables on a pipe are ASCII

    return cell_len(text)


def _pieces(cell: Cell, column: Column) -> Line:
    return [(cell, column.style)] if isinstance(cell, str) else cell


def _padded(cell: Line, width: int, right: bool) -> Line:
    blank = (" " * (width - width_of(cell)), "")
    return [blank, *cell] if right else [*cell, blank]


def _with_last(screen: Screen, line: Line, cell: Line, column: Column) -> list[Line]:
    """Return a line with its last cell, which may be cut or go on below itself."""
    if column.narrow not in ("cut", "wrap"):
        return [[*line, *cell]]
    begin = width_of(line)
    ((text, style),) = cell
    if column.narrow == "cut":
        return [[*line, (_cut(text, max(10, screen.width - begin - 1)), style)]]
    first, *rest = screen.wrap(text, begin, style)
    return [[*line, (first[0][0][begin:], style)], *rest]


def _cut(text: str, room: int) -> str:
    """Return a text that fits into so many columns, its end replaced by an ellipsis."""
    if width_of([(text, "")]) <= room:
        return text
    while width_of([(text, "")]) >= room:
        text = text[:-1]
    return text + "…"
