"""The mock interview full-screen: the countdown above, the dialogue below, a line to type in.

The dialogue is the conductor's, as in the line mode. It runs in one thread of its own, so that the
clock goes on while a file is graded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Input

from grader.core.model import KitError
from grader.interview.dialogue import Conductor, clock_face
from grader.ui.full_screen import FullScreen
from grader.ui.screen import Line, Screen

KEPT = 600  # lines of the dialogue that stay on the screen
TICK = 0.5  # seconds


class InterviewApp(FullScreen):
    """The view of an interview."""

    TITLE = "interview"
    CSS = """
    #body { padding: 0 1; }
    Input, Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "say(':help')", "Help", priority=True),
        Binding("f2", "say(':run')", "Grade", priority=True),
        Binding("f3", "say(':hint')", "Hint", priority=True),
        Binding("f4", "say(':skip')", "Skip", priority=True),
        Binding("f5", "say(':next')", "Next", priority=True),
        Binding("f6", "edit", "Edit", priority=True),
        Binding("f8", "pause", "Pause", priority=True),
        Binding("ctrl+q", "leave", "Leave", priority=True),
    ]

    def __init__(self, conductor: Conductor) -> None:
        super().__init__()
        self.conductor = conductor
        self.lines: list[Line] = []
        self.pool = ThreadPoolExecutor(1, "interview")
        self.turn = asyncio.Lock()
        self.busy = ""
        self.followed: Path | None = None
        self.acts = 0  # that are done, ticks left out

    def compose(self) -> ComposeResult:
        """Return head, dialogue, input and foot."""
        yield self.head
        yield self.body
        yield Input(placeholder="type here; F1 helps")
        yield Footer()

    async def on_mount(self) -> None:
        """Show where the interview is, and let the clock be seen."""
        self.query_one(Input).focus()
        self.head.set_interval(TICK, self.tick)  # a timer of the app's would outlive its widgets
        await self.perform(self.conductor.opening)

    async def perform(self, act: Callable[[], list[Line]], doing: str = "") -> None:
        """Let the conductor act, one act after the other, and show what comes of it."""
        async with self.turn:
            self.busy = doing
            self.show_head()
            self.conductor.room.screen = self.screen_of_lines()
            lines = await asyncio.get_running_loop().run_in_executor(self.pool, act)
            self.busy = ""
            self.acts += act != self.conductor.tick
            self.show(lines)
            self.follow_file()
        if self.conductor.over:
            self.exit()

    def tick(self) -> None:
        """Do what time or a save makes due; while something is done, only the clock moves."""
        self.show_head()
        if self.head.is_attached and not self.turn.locked():
            self.run_worker(self.perform(self.conductor.tick))

    def show(self, lines: list[Line]) -> None:
        """Add lines to the dialogue and keep its end in view."""
        self.show_head()
        if not lines or not self.body.is_attached:
            return
        self.lines = [*self.lines, *lines][-KEPT:]
        self.draw()
        self.body.scroll_end(animate=False)

    def body_lines(self, screen: Screen) -> list[Line]:
        """Return the dialogue; what was said for another width stays as it was said."""
        return self.lines

    def show_head(self) -> None:
        """Show the part, its countdown and that of the whole."""
        held = self.conductor.interview
        if held.watch.paused:
            state = "paused"
        else:
            state = (
                f"{clock_face(held.left_in_phase())} of this part, {clock_face(held.left())} in all"
            )
        self.draw_head(self.conductor.part.title, f"{state}  {self.busy}")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a typed line."""
        text = event.value
        event.input.value = ""
        self.show([[(f"> {text}", "dim")]])
        self.action_say(text)

    def action_say(self, text: str) -> None:
        """Give the conductor a line, as if it had been typed; keys and clock do not wait for it."""
        doing = "working ..." if text in (":run", ":next", ":end", "") else ""
        self.run_worker(self.perform(lambda: self.conductor.accept(text), doing))

    def action_pause(self) -> None:
        """Pause, or go on."""
        paused = self.conductor.interview.watch.paused
        self.action_say(":continue" if paused else ":pause")

    def action_leave(self) -> None:
        """Leave the interview running."""
        self.action_say(":quit")

    def follow_file(self) -> None:
        """See to it that a save is noticed at once, not only when the clock ticks."""
        path = self.conductor.part.file
        if path and path != self.followed:
            self.followed = path
            self.follow(path, self.tick)

    def action_edit(self) -> None:
        """Open the file of this part in the learner's editor."""
        path = self.conductor.part.file
        if path is None:
            self.show(self.conductor.say("There is no file to edit in this part."))
            return
        try:
            self.open_editor(path)
        except KitError as error:
            self.show(self.conductor.say(str(error)))

    def on_unmount(self) -> None:
        """Let the thread go."""
        self.pool.shutdown(wait=True)
