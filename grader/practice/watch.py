"""Watch mode: a full-screen view that grades a kata whenever its file is saved.

Grading happens in a thread, one text at a time, so keys are never lost. It begins at once; when the
file is saved again meanwhile, its verdict is dropped and the last text graded: two saves in a row
have one verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from grader.content import catalog
from grader.core.files import read_solution
from grader.core.model import Kata, KitError, Solution, Verdict
from grader.grading.judge import Options, grade
from grader.practice import actions
from grader.ui.full_screen import FullScreen, scroll_keys
from grader.ui.screen import Line, Screen, short_path
from grader.ui.statement import hint_lines, task_lines
from grader.ui.verdict import verdict_lines

Tell = Callable[[Verdict], None]
Grader = Callable[[Kata, Solution, Tell], Verdict]


def grade_file(kata: Kata, solution: Solution, on_core: Tell) -> Verdict:
    """Grade a file; the core checks' verdict is told before the follow-ups run."""
    return grade(kata, solution, Options(on_core=on_core))


class ChooseKata(ModalScreen[str | None]):
    """The list of katas; Enter goes to one, Escape back."""

    CSS = "ChooseKata { align: center middle; } OptionList { width: 60; max-height: 80%; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,l", "dismiss(None)", "Back")]

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current

    def compose(self) -> ComposeResult:
        """Return the list, the current kata marked."""
        katas = catalog.all_katas()
        names = [kata.name for kata in katas]
        options = OptionList(
            *(Option(f"{kata.short}  {kata.title}", id=kata.name) for kata in katas)
        )
        options.highlighted = names.index(self.current)
        yield options

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the chosen kata."""
        self.dismiss(event.option_id)


class Watch(FullScreen):
    """The view: what is watched and its state above, the verdict below, keys at the foot."""

    TITLE = "katas"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "grade", "Grade"),
        Binding("h", "hint", "Hint"),
        Binding("n", "next", "Next"),
        Binding("l", "choose", "List"),
        Binding("e", "edit", "Edit"),
        Binding("x", "reset", "Reset"),
        Binding("q", "quit", "Quit"),
        *scroll_keys("home", "end"),
    ]

    def __init__(self, kata: Kata, folder: Path, grader: Grader = grade_file) -> None:
        super().__init__()
        self.kata = kata
        self.folder = folder
        self.grader = grader
        self.changed = asyncio.Event()
        self.graded: tuple[str, bytes] | None = None
        self.verdicts = 0
        self.answers = 0  # verdicts on the core checks among them
        self.reading = False  # a hint, which a verdict on its way does not replace
        self.reset_asked = False
        self.state = ""
        self.make: Callable[[Screen], list[Line]] = self.statement

    @property
    def path(self) -> Path:
        """The file that is watched."""
        return self.folder / f"{self.kata.name}.py"

    def on_mount(self) -> None:
        """Show the task and begin to watch."""
        self.go_to(self.kata)
        self.run_worker(self.grade_for_ever(), name="grade")

    def go_to(self, kata: Kata) -> None:
        """Watch another kata, beginning with its task."""
        self.kata, self.graded = kata, None
        self.show(self.statement)
        self.follow(self.path, self.changed.set)
        self.changed.set()

    async def grade_for_ever(self) -> None:
        """Grade whenever something has changed; what changes meanwhile is graded next."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            try:
                solution = read_solution(str(self.path))
            except KitError:
                self.graded = None
                self.tell("the file is gone: waiting for it")
                continue
            text = (self.kata.name, solution.source)
            if text == self.graded:
                continue
            self.tell("grading ...")
            self.reading = False
            try:
                await self.grade_text(self.kata, solution, text)
            except KitError as error:
                self.tell(str(error))

    async def grade_text(self, kata: Kata, solution: Solution, text: tuple[str, bytes]) -> None:
        """Grade one text; a verdict that a newer save has overtaken is dropped."""
        begun = self.answers

        def overtaken() -> bool:
            return kata is not self.kata or self.changed.is_set()

        def on_core(verdict: Verdict) -> None:
            if not overtaken():
                self.call_from_thread(self.show_verdict, verdict, "follow-ups are running")

        verdict = await asyncio.to_thread(self.grader, kata, solution, on_core)
        if overtaken():
            return
        self.graded = text
        if verdict.status != "stub":
            verdict.notes = (*verdict.notes, *actions.record(verdict, kata, solution.source))
        self.answers = begun
        self.show_verdict(verdict)
        self.verdicts += 1

    def show_verdict(self, verdict: Verdict, more: str = "") -> None:
        """Show a verdict; an untouched stub leaves the task on the screen."""
        if verdict.status != "stub" and not self.reading:
            kata = self.kata
            self.show(lambda screen: verdict_lines(screen, kata, verdict))
        self.answers += 1
        status = f"{verdict.status.replace('-', ' ')} in {verdict.seconds:.2f} s"
        self.tell(f"{status}; {more} ..." if more else status)

    def statement(self, screen: Screen) -> list[Line]:
        """Return the statement of the kata."""
        return task_lines(screen, self.kata, self.path)

    def body_lines(self, screen: Screen) -> list[Line]:
        """Return the task, a hint or a verdict."""
        return self.make(screen)

    def show(self, make: Callable[[Screen], list[Line]]) -> None:
        """Put other lines into the body, the first at the top."""
        self.make = make
        self.draw()
        self.body.scroll_home(animate=False)

    def tell(self, state: str) -> None:
        """Say in the head what goes on."""
        self.state = state
        self.draw_head(short_path(str(self.path)), state)

    def on_key(self, event: Key) -> None:
        """Any other key takes a reset back."""
        self.reset_asked = self.reset_asked and event.key == "x"

    def action_grade(self) -> None:
        """Grade the file as it is: not every file system shows that a file was saved."""
        self.graded = None
        self.changed.set()

    def action_hint(self) -> None:
        """Show the next hint, and remember that it was seen."""
        kata, tier = self.kata, actions.next_tier(self.kata)
        actions.remember_hint(kata, tier)
        text = catalog.read_hints(kata)[catalog.TIERS[tier - 1]]
        self.reading = True
        self.show(lambda screen: hint_lines(screen, kata, tier, text))

    def action_next(self) -> None:
        """Go to the next kata, from the last one to the first."""
        self.go_to(catalog.following_kata(self.kata) or catalog.all_katas()[0])

    def action_choose(self) -> None:
        """Choose a kata from the list."""

        def go(name: str | None) -> None:
            if name:
                self.go_to(catalog.find_kata(name))

        self.push_screen(ChooseKata(self.kata.name), go)

    def action_reset(self) -> None:
        """Put the stub back at the second press; what stood there is kept."""
        if not self.reset_asked:
            self.reset_asked = True
            self.tell("x again puts the stub back; your file is kept in the history")
            return
        self.reset_asked = False
        try:
            actions.put_stub_back(self.kata, self.path)
        except KitError as error:
            self.tell(str(error))
            return
        self.go_to(self.kata)

    def action_edit(self) -> None:
        """Open the file in the learner's editor."""
        try:
            self.open_editor(self.path)
        except KitError as error:
            self.tell(str(error))
