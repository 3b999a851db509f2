"""The full-screen view of `step`: a key press, a step."""

from __future__ import annotations

import os
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from grader.tour.step_views import step_lines
from grader.tour.walk import Walk
from grader.ui.screen import WIDEST, Screen


class Stepper(App[None]):
    """One step at a time."""

    TITLE = "step"
    ENABLE_COMMAND_PALETTE = False
    CSS = "#body { padding: 1 1; width: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter,right", "move(1)", "On", key_display="space"),
        Binding("left,b,backspace", "move(-1)", "Back", key_display="b"),
        Binding("home", "move(-9999)", "First"),
        Binding("end", "move(9999)", "Last"),
        Binding("q,escape", "quit", "Quit", key_display="q"),
    ]

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.walk = walk
        self.number = 0

    def compose(self) -> ComposeResult:
        """Return the step and the keys."""
        with VerticalScroll():
            yield Static(id="body")
        yield Footer()

    def on_mount(self) -> None:
        """Show the first step."""
        self.action_move(0)

    def on_resize(self) -> None:
        """Show the step in the new width."""
        self.action_move(0)

    def action_move(self, by: int) -> None:
        """Go on or back, not past the ends."""
        self.number = max(0, min(len(self.walk.moments) - 1, self.number + by))
        screen = Screen()
        screen.plain = bool(os.environ.get("NO_COLOR"))
        screen.width = max(40, min(WIDEST, self.size.width - 4))
        lines = step_lines(screen, self.walk, self.number)
        whole = Text("\n").join(Text.assemble(*line) for line in lines)
        self.query_one("#body", Static).update(whole)
