"""What the full-screen views share: a body of lines that scrolls, the editor, a file's saves.

Apart from `screen`, for textual is imported only when such a view starts.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from grader.core.model import KitError
from grader.ui.saves import saves_of
from grader.ui.screen import WIDEST, Line, Screen

NARROWEST = 40
SCROLLS = {
    "up": "scroll_up",
    "down": "scroll_down",
    "pageup": "scroll_page_up",
    "pagedown": "scroll_page_down",
    "home": "scroll_home",
    "end": "scroll_end",
}


def scroll_keys(*keys: str) -> list[BindingType]:
    """Return the bindings of keys that scroll the body."""
    return [Binding(key, f"scroll('{SCROLLS[key]}')", show=False) for key in keys]


class Body(VerticalScroll, can_focus=False):
    """Lines that scroll; the keys for it are the view's, so that a view can use them otherwise."""

    DEFAULT_CSS = "Body > Static { width: auto; max-width: 100%; padding: 1 1; }"

    def __init__(self) -> None:
        self.text = Static(id="body")
        super().__init__(self.text)


class FullScreen(App[None]):
    """A view whose body is made of lines, and made again when the width changes.

    What was begun before the view closed, a verdict or a tick of the clock, may come to its end
    after: it is not shown any more.
    """

    ENABLE_COMMAND_PALETTE = False
    DEFAULT_CSS = "#head { background: $panel; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = scroll_keys("up", "down", "pageup", "pagedown")

    def __init__(self) -> None:
        super().__init__()
        self.head, self.body = Static(id="head"), Body()

    def body_lines(self, screen: Screen) -> list[Line]:
        """Return what the body shows."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Return head, body and foot."""
        yield self.head
        yield self.body
        yield Footer()

    def on_resize(self) -> None:
        """Make the lines for the new width, which textual sets after this."""
        self.call_later(self.draw)

    def draw(self) -> None:
        """Show the lines of the body as they are now."""
        if not self.body.is_attached:
            return
        whole = Text("\n").join(
            Text.assemble(*line) for line in self.body_lines(self.screen_of_lines())
        )
        self.body.text.update(whole)

    def draw_head(self, title: str, state: str) -> None:
        """Show what the view is about, and what goes on."""
        if self.head.is_attached:
            self.head.update(Text.assemble((title, "bold"), f"  {state}"))

    def screen_of_lines(self) -> Screen:
        """Return the screen that lines are made for."""
        screen = Screen()
        screen.plain = bool(os.environ.get("NO_COLOR"))
        screen.width = max(NARROWEST, min(WIDEST, self.size.width - 4))
        return screen

    def action_scroll(self, name: str) -> None:
        """Scroll the body."""
        getattr(self.body, name)(animate=False)

    def follow(self, path: Path, then: Callable[[], object]) -> None:
        """Do something at every save of a file from now on, and leave the one before alone."""

        async def go(saves: AsyncIterator[None]) -> None:
            async for _ in saves:
                then()

        self.run_worker(go(saves_of(path)), group="saves", exclusive=True)

    def open_editor(self, path: Path) -> None:
        """Open a file in the learner's editor and wait for its end; KitError if that can't be."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
        try:
            command = editor_command(editor, path)
            with self.suspend():
                subprocess.run(command, check=False)
        except (OSError, ValueError) as error:
            raise KitError(
                f"{editor!r} can't be started: {error}.", "Set EDITOR to another."
            ) from None
        except SuspendNotSupported:
            raise KitError("No editor can be opened from here.", f"Open {path}.") from None


def editor_command(editor: str, path: Path, posix: bool = os.name == "posix") -> list[str]:
    """Return the command that opens a file.

    On Windows the backslashes of a path stay, and `code` stands for `code.cmd`.
    """
    parts = shlex.split(editor, posix=posix)
    if not parts:
        raise KitError("No editor is set.", "Set EDITOR to open the file from here.")
    if not posix:
        parts = [part.strip('"') for part in parts]
        parts[0] = shutil.which(parts[0]) or parts[0]
    return [*parts, str(path)]
