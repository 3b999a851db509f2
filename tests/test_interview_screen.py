"""The full-screen interview, driven without a terminal."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from grader.core.store import Store
from grader.interview import screen, session
from grader.interview.dialogue import Conductor
from grader.interview.screen import InterviewApp
from grader.ui.screen import Screen
from tests.conftest import Hands
from tests.test_interview import KATA, Scripted, plan_of, told

Body = Callable[[InterviewApp, Pilot[None]], Awaitable[None]]


def stage_of(store: Store, clock: Hands, *kinds: str, **options: Any) -> InterviewApp:
    """Return the view of an interview that begins."""
    held = session.begin(store, plan_of(*kinds, **options), clock)
    return InterviewApp(Conductor(held, Screen(), Scripted()))


def drive(app: InterviewApp, body: Body, size: tuple[int, int] = (100, 40)) -> None:
    """Run the view and do something with it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await until(lambda: bool(app.lines))
            await body(app, pilot)

    asyncio.run(run())


async def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true, at most ten seconds."""
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


def head(app: InterviewApp) -> str:
    return str(app.query_one("#head", Static).render())


def dialogue(app: InterviewApp) -> str:
    return told(app.lines)


async def type_line(app: InterviewApp, pilot: Pilot[None], text: str) -> None:
    app.query_one(Input).value = text
    before = app.acts
    await pilot.press("enter")
    await until(lambda: app.acts > before and not app.turn.locked())


def test_answers_are_typed_and_the_head_counts_down(store: Store, clock: Hands) -> None:
    """The part, its time and that of the whole; the answer is stored."""

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        assert head(app) == "Warm-up questions  10:00 of this part, 20:00 in all  "
        await type_line(app, pilot, "a")
        clock.move(61)
        await until(lambda: "8:59 of this part, 18:59 in all" in head(app))
        assert "2 of 2" in dialogue(app)

    drive(stage_of(store, clock, "questions", "wrap-up"), body)
    assert [e.kind for e in store.events(1)].count("answer") == 1


def test_keys_do_what_they_say(store: Store, clock: Hands) -> None:
    """F1 helps, F2 grades, F3 hints, F4 skips, F5 goes on."""

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("f1")
        await until(lambda: "Lines that begin with a colon" in dialogue(app))
        await pilot.press("f2")
        await until(lambda: "stub" in dialogue(app))
        await pilot.press("f3")
        await until(lambda: "Nudge" in dialogue(app))
        await pilot.press("f5")
        await until(lambda: "Derive by hand" in head(app))
        await pilot.press("f4")
        await until(lambda: "Wrap-up" in head(app))

    drive(stage_of(store, clock, "code", "derive", "wrap-up"), body)
    kinds = [event.kind for event in store.events(1)]
    assert {"run", "hint", "skip"} <= set(kinds)


def test_a_save_is_graded_while_the_clock_goes_on(store: Store, clock: Hands) -> None:
    """Grading happens beside the screen: the countdown moves meanwhile."""
    app = stage_of(store, clock, "code", "wrap-up")
    gate = threading.Event()
    grade = app.conductor.room.grader

    def slow(*arguments: Any) -> Any:
        assert gate.wait(10)
        return grade(*arguments)

    app.conductor.room.grader = slow

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        app.conductor.interview.file_of(KATA.name).write_text("# right")
        await until(lambda: app.turn.locked())
        clock.move(60)
        await until(lambda: "9:00 of this part" in head(app))
        assert "All core checks pass." not in dialogue(app)
        gate.set()
        await until(lambda: "All core checks pass." in dialogue(app))

    drive(app, body)


def test_a_save_is_noticed_between_two_ticks(
    store: Store, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of a part is followed from the part's beginning, whatever the clock does."""
    monkeypatch.setattr(screen, "TICK", 1000)

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        await type_line(app, pilot, ":next")
        app.conductor.interview.file_of(KATA.name).write_text("# right")
        await until(lambda: "All core checks pass." in dialogue(app))

    drive(stage_of(store, clock, "clarify", "code", "wrap-up"), body)


def test_the_end_closes_the_screen(store: Store, clock: Hands) -> None:
    """When the time is over, without a key."""

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        clock.move(601)
        await until(lambda: app.conductor.over)

    app = stage_of(store, clock, "code")
    drive(app, body)
    assert app.conductor.state.ended == "time"


def test_leaving_keeps_it_running(store: Store, clock: Hands) -> None:
    """Ctrl+Q closes the screen; another one goes on in the same place."""

    async def leave(app: InterviewApp, pilot: Pilot[None]) -> None:
        await type_line(app, pilot, ":skip")
        await pilot.press("ctrl+q")
        await until(lambda: app.conductor.over)

    drive(stage_of(store, clock, "questions", "wrap-up"), leave)
    clock.move(60)

    async def again(app: InterviewApp, pilot: Pilot[None]) -> None:
        assert "2 of 2" in dialogue(app)
        assert "9:00 of this part" in head(app)

    drive(InterviewApp(Conductor(session.resume(store, clock), Screen(), Scripted())), again)


def test_pausing_is_seen_and_taken_back(store: Store, clock: Hands) -> None:
    """F8 twice, with --allow-pause."""

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("f8")
        await until(lambda: "paused" in head(app))
        clock.move(300)
        await pilot.press("f8")
        await until(lambda: "10:00 of this part" in head(app))

    drive(stage_of(store, clock, "code", allow_pause=True), body)


@pytest.mark.parametrize("size", [(100, 40), (80, 24), (40, 12)])
def test_it_survives_resizing(store: Store, clock: Hands, size: tuple[int, int]) -> None:
    """From any size to any other, the input and the countdown stay in view."""

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        for wide, high in ((120, 50), (50, 14), (80, 24)):
            await pilot.resize_terminal(wide, high)
            await type_line(app, pilot, ":time")
            assert 0 < app.query_one(Input).region.bottom < high
            assert app.query_one("#head", Static).region.y == 0
        assert dialogue(app).count("in all.") == 3

    drive(stage_of(store, clock, "wrap-up"), body, size)


def test_the_editor_opens_the_file_of_the_part(
    store: Store, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F6 runs $EDITOR on it; without a file, or an editor, it says why not."""
    ran: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    app = stage_of(store, clock, "code", "wrap-up")

    class Suspended:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(app, "suspend", Suspended)

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("f6")
        assert "No editor is set. Set EDITOR to open the file from here." in dialogue(app)
        monkeypatch.setenv("EDITOR", "vim -n")
        await pilot.press("f6")
        await pilot.press("f5")
        await until(lambda: "Wrap-up" in head(app))
        await pilot.press("f6")
        assert "There is no file to edit in this part." in dialogue(app)

    path = str(app.conductor.interview.file_of(KATA.name))
    drive(app, body)
    assert ran == [["vim", "-n", path]]


def test_what_ends_after_the_screen_is_closed_shows_nothing(store: Store, clock: Hands) -> None:
    """A tick or a verdict that comes while widgets are taken down finds none and asks for none."""

    class Closing(InterviewApp):
        async def _close_all(self) -> None:
            await super()._close_all()
            self.tick()
            self.show([[("late", "")]])

    app = Closing(stage_of(store, clock, "wrap-up").conductor)

    async def body(app: InterviewApp, pilot: Pilot[None]) -> None: ...

    drive(app, body)
    assert "late" not in dialogue(app)
