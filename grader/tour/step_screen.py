"""The full-screen view of `step`: a key press, a step."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer

from grader.tour.step_views import step_lines
from grader.tour.walk import Walk
from grader.ui.full_screen import FullScreen
from grader.ui.screen import Line, Screen


class Stepper(FullScreen):
    """One step at a time."""

    TITLE = "step"
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
        yield self.body
        yield Footer()

    def body_lines(self, screen: Screen) -> list[Line]:
        """Return the step."""
        return step_lines(screen, self.walk, self.number)

    def action_move(self, by: int) -> None:
        """Go on or back, not past the ends."""
        self.number = max(0, min(len(self.walk.moments) - 1, self.number + by))
        self.draw()
