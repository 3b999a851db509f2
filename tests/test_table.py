"""Columns: alignment, wide characters, and what gives way on a narrow screen."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.cells import cell_len

from grader.ui.screen import Line, Screen
from grader.ui.table import Column, table
from tests.conftest import ROOT


def screen_of(width: int) -> Screen:
    made = Screen(True)
    made.width = width
    return made


def told(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """To the left unless a column says right; a cell has its column's style, or its own."""
    columns = [Column("cyan"), Column(right=True, width=5), Column()]
    lines = table(screen_of(80), columns, [["a", "7", "x"], ["long", [("10", "red")], "y"]])

    assert told(lines) == ["  a         7  x", "  long     10  y"]
    assert ("a", "cyan") in lines[0]
    assert ("10", "red") in lines[1]


def test_chinese_text_lines_up() -> None:
    """A wide character takes two columns of the terminal."""
    lines = told(table(screen_of(80), [Column(), Column()], [["乘法的反向", "1"], ["sum", "2"]]))

    assert [cell_len(line) for line in lines] == [15, 15]
    assert lines[1] == "  sum         2"


def test_columns_are_dropped_from_the_right() -> None:
    """A narrow screen has fewer of those that may be dropped, and never fewer than the others."""
    columns = [Column(), Column(narrow="drop"), Column(narrow="drop"), Column()]
    rows = [["node", "pytorch", "difference", "mark"]]

    assert told(table(screen_of(33), columns, rows)) == ["  node  pytorch  difference  mark"]
    assert told(table(screen_of(32), columns, rows)) == ["  node  pytorch  mark"]
    assert told(table(screen_of(8), columns, rows)) == ["  node  mark"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fifteen letters", "  a  fifteen letters"),
        ("fifteen letters!", "  a  fifteen lette…"),
        ("一二三四五六七八", "  a  一二三四五六…"),
    ],
)
def test_last_column_is_cut(text: str, shown: str) -> None:
    """What does not fit ends in an ellipsis, at most one short of the edge."""
    columns = [Column(), Column(narrow="cut")]
    width = 21 if shown.endswith("s") else 20

    (line,) = told(table(screen_of(width), columns, [["a", text]]))

    assert line == shown
    assert cell_len(line) < width


def test_last_column_goes_on_below_itself() -> None:
    """A wrapped text keeps to its column."""
    columns = [Column("cyan"), Column(narrow="wrap")]
    lines = table(screen_of(25), columns, [["1", "one two three four five six"]])

    assert told(lines) == ["  1  one two three four", "     five six"]


def test_plain_tables_do_without_rich() -> None:
    """On a pipe nothing of rich is imported for ASCII text: that would cost 20 ms."""
    code = (
        "import sys\nfrom grader.ui.screen import Screen\nfrom grader.ui.table import *\n"
        "table(Screen(True), [Column()], [['x']])\nprint('rich' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
