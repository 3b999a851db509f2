"""Where lines of styled text go: a terminal with colour, or plain text.

A line is a list of pieces `(text, style)`. On a terminal rich colours them; in plain mode, on a
pipe or under NO_COLOR, the same lines are written without colour, boxes or symbols.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from grader.core.model import printable

T = TypeVar("T")
Piece = tuple[str, str]
Line = list[Piece]

WIDEST = 100


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
            for part in _parts(whole, room) or [""]
        ]

    def block(self, text: str, indent: int = 6, style: str = "") -> list[Line]:
        """Return text as it stands, moved to the right."""
        return [[(" " * indent + line, style)] for line in text.splitlines()]


def _parts(line: str, room: int) -> list[str]:
    """Return a line in parts that fit; a wide character takes two columns, and may end a part."""
    if not any(unicodedata.east_asian_width(character) in "FW" for character in line):
        return textwrap.wrap(line, room, break_on_hyphens=False, break_long_words=False)
    from rich.console import Console  # for those who write Chinese or Japanese alone
    from rich.text import Text

    return [part.plain.rstrip() for part in Text(line).wrap(Console(width=room), room)]


def short_path(path: str) -> str:
    """Return a path relative to the current folder when that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        relative = path
    return printable(relative if len(relative) < len(path) else path)
