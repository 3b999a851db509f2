"""Watch mode, driven without a terminal: saves, keys, and files that come and go."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from grader.content import catalog
from grader.core.model import Kata, Solution, Verdict
from grader.core.store import NAME, Store
from grader.grading.judge import Options, grade
from grader.practice.watch import ChooseKata, Watch

KATA = catalog.find_kata("kata02")
RIGHT = catalog.solution_of(KATA)
STUB = catalog.stub_of(KATA)
Body = Callable[[Watch, Pilot[None]], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A katas folder with stubs, and a progress folder beside it."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / ".grader"))
    katas = tmp_path / "katas"
    katas.mkdir()
    for kata in catalog.all_katas():
        (katas / f"{kata.name}.py").write_text(catalog.stub_of(kata), "utf-8")
    return katas


class Fake:
    """A grader that notes what it was given, and can be held up."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, kata: Kata, solution: Solution, on_core: object) -> Verdict:
        self.texts.append(solution.source.decode())
        assert self.gate.wait(10)
        status = "stub" if self.texts[-1] == catalog.stub_of(kata) else "failed"
        return Verdict(kata.name, solution.path, status, f"text {len(self.texts)}", seconds=0.1)  # type: ignore[arg-type]


def drive(app: Watch, body: Body, size: tuple[int, int] = (100, 40)) -> None:
    """Run the screen without a terminal and do something with it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await until(lambda: app.verdicts == 1)  # the stub, or what stood there
            await body(app, pilot)

    asyncio.run(run())


async def until(claim: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.01)


def shown(app: Watch) -> str:
    """Return what stands in the body."""
    return str(app.query_one("#body", Static).render())


def test_save_is_graded_and_recorded(folder: Path) -> None:
    """From the stub to a failure to a pass, each with its verdict on the screen and in the store."""
    app = Watch(KATA, folder)

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        assert "kata02 · The backward of * · 8 minutes" in shown(app)
        app.path.write_text(RIGHT.replace("+= other.data * out.grad", "+= other.data"))
        await until(lambda: app.verdicts == 2)
        assert "a.grad should be" in shown(app)
        assert app.state.startswith("failed in")
        app.path.write_text(RIGHT)
        await until(lambda: app.verdicts == 3)
        assert "kata02 passed: 9 of 9 core checks." in shown(app)

    drive(app, body)
    store = Store(folder.parent / ".grader" / NAME)
    assert [entry.status for entry in store.attempts()] == ["failed", "passed"]


def test_two_saves_in_a_row_have_one_verdict_on_the_last_text(folder: Path) -> None:
    """Editors that write twice cost one verdict, and one attempt in the history."""

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text("x = 1\n" + RIGHT)
        await asyncio.sleep(0.03)
        app.path.write_text("x = 2\n" + RIGHT)
        await until(lambda: app.verdicts == 2)
        await asyncio.sleep(0.4)
        assert app.verdicts == 2

    drive(Watch(KATA, folder), body)
    (entry,) = Store(folder.parent / ".grader" / NAME).attempts()
    assert entry.source.startswith("x = 2")


def test_core_verdict_comes_before_the_follow_ups(folder: Path) -> None:
    """The verdict on the core checks is shown while follow-ups still run."""
    states: list[str] = []

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text(RIGHT)

        def graded() -> bool:
            states.append(app.state)
            return app.verdicts == 2

        await until(graded)
        assert any("; follow-ups are running ..." in state for state in states)
        assert app.state.startswith("passed in")

    drive(Watch(KATA, folder), body)


def test_save_while_grading_is_graded_next(folder: Path) -> None:
    """Nothing is graded twice at once, and the last text always is; the verdict before is dropped."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        fake.gate.clear()
        app.path.write_text("one")
        await until(lambda: len(fake.texts) == 2)
        assert app.state == "grading ..."
        app.path.write_text("two")
        await asyncio.sleep(0.3)
        assert len(fake.texts) == 2
        fake.gate.set()
        await until(lambda: app.verdicts == 2)
        assert fake.texts[1:] == ["one", "two"]

    drive(Watch(KATA, folder, fake), body)


def test_rename_into_place_is_a_save(folder: Path) -> None:
    """vim and VS Code write another file and rename it."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        other = folder / ".kata02.swp"
        other.write_text("renamed")
        os.replace(other, app.path)
        await until(lambda: app.verdicts == 2)
        assert fake.texts[-1] == "renamed"

    drive(Watch(KATA, folder, fake), body)


def test_file_that_vanishes_is_waited_for(folder: Path) -> None:
    """Gone is a state, not an error; back again it is graded, even with the same text."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.unlink()
        await until(lambda: app.state == "the file is gone: waiting for it")
        app.path.write_text(STUB)
        await until(lambda: app.verdicts == 2)

    drive(Watch(KATA, folder, fake), body)


def test_saving_the_same_text_again_grades_nothing(folder: Path) -> None:
    """A touched file has nothing new to say."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text(STUB)
        await asyncio.sleep(0.4)
        assert app.verdicts == 1

    drive(Watch(KATA, folder, fake), body)


def test_keys_work_while_grading(folder: Path) -> None:
    """Hint, next and list answer although a verdict is on its way; an old verdict is dropped."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        fake.gate.clear()
        app.path.write_text("slow")
        await until(lambda: len(fake.texts) == 2)
        await pilot.press("h")
        assert "hint 1 of 4 · Nudge" in shown(app)
        await pilot.press("h")
        assert "hint 2 of 4 · Idea" in shown(app)
        await pilot.press("n")
        assert app.kata.short == "kata03"
        assert "kata03 · Topological order" in shown(app)
        fake.gate.set()
        await until(lambda: app.verdicts == 2)
        assert fake.texts[-1] == catalog.stub_of(catalog.find_kata("kata03"))

    drive(Watch(KATA, folder, fake), body)
    store = Store(folder.parent / ".grader" / NAME)
    assert [hint.tier for hint in store.hints("kata02_mul_backward")] == [1, 2]


def test_hint_stays_when_the_verdict_comes(folder: Path) -> None:
    """Who reads a hint is not interrupted; the head tells the verdict, the next save shows its own."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        fake.gate.clear()
        app.path.write_text("one")
        await until(lambda: len(fake.texts) == 2)
        await pilot.press("h")
        fake.gate.set()
        await until(lambda: app.verdicts == 2)
        assert "hint 1 of 4 · Nudge" in shown(app)
        assert app.state.startswith("failed in")
        app.path.write_text("two")
        await until(lambda: app.verdicts == 3)
        assert "text 3" in shown(app)

    drive(Watch(KATA, folder, fake), body)


def test_list_goes_to_the_chosen_kata(folder: Path) -> None:
    """l opens the list, Enter goes there, Escape comes back."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        await pilot.press("l")
        assert isinstance(app.screen, ChooseKata)
        await pilot.press("escape")
        assert app.kata is KATA
        await pilot.press("l", "down", "down", "enter")
        await until(lambda: app.kata.short == "kata04")

    drive(Watch(KATA, folder, fake), body)


def test_reset_asks_once_and_keeps_the_file(folder: Path) -> None:
    """x asks, another key takes it back, x x puts the stub back."""

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text("my work = 1\n")
        await until(lambda: app.verdicts == 2)
        await pilot.press("x")
        assert app.state == "x again puts the stub back; your file is kept in the history"
        await pilot.press("j", "x")
        assert app.path.read_text() == "my work = 1\n"
        await pilot.press("x")
        await until(lambda: app.path.read_text() == STUB)

    drive(Watch(KATA, folder, Fake()), body)
    store = Store(folder.parent / ".grader" / NAME)
    assert [entry.source for entry in store.attempts()] == ["my work = 1\n"]


def test_editor_that_is_not_set_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """e without EDITOR says what to set."""
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        await pilot.press("e")
        assert app.state == "No editor is set. Set EDITOR to open the file from here."

    drive(Watch(KATA, folder, Fake()), body)


def test_editor_outlives_a_grading(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grading that ends while the editor is open leaves the editor alone."""
    opened, graded, saved = (tmp_path / name for name in ("opened", "graded", "saved"))
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!/bin/sh\ntouch {opened}\nuntil [ -e {graded} ]; do sleep 0.01; done\ntouch {saved}\n"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    candidate_runs = threading.Event()

    def wait_for_editor(_: Verdict) -> None:
        candidate_runs.set()
        while not opened.exists():
            time.sleep(0.01)  # noqa: TID251  (the editor is a process of its own)

    def grader(kata: Kata, solution: Solution, on_core: object) -> Verdict:
        text = solution.source.decode()
        if text == STUB:
            return Verdict(kata.name, solution.path, "stub", "", seconds=0.1)
        verdict = grade(kata, solution, Options(on_core=wait_for_editor))
        graded.touch()
        return verdict

    app = Watch(KATA, folder, grader)
    monkeypatch.setattr(app, "suspend", contextlib.nullcontext)

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text(RIGHT)
        await until(candidate_runs.is_set)
        await pilot.press("e")
        await until(lambda: app.verdicts == 2)

    drive(app, body)
    assert saved.exists()


def test_g_grades_now(folder: Path) -> None:
    """Also the same text, and also where no save is ever noticed."""
    fake = Fake()

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.workers.cancel_group(app, "saves")
        await pilot.press("g")
        await until(lambda: app.verdicts == 2)
        app.path.write_text("unseen")
        await pilot.press("g")
        await until(lambda: app.verdicts == 3)
        assert fake.texts == [STUB, STUB, "unseen"]

    drive(Watch(KATA, folder, fake), body)


def test_a_verdict_fits_a_new_width(folder: Path) -> None:
    """What is shown is made again when the window changes."""

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        app.path.write_text(RIGHT)
        await until(lambda: app.verdicts == 2)
        assert len(shown(app).splitlines()[0]) == 96
        await pilot.resize_terminal(60, 20)
        assert len(shown(app).splitlines()[0]) == 56

    drive(Watch(KATA, folder), body)


@pytest.mark.parametrize("size", [(40, 12), (200, 60)])
def test_any_size_will_do(folder: Path, size: tuple[int, int]) -> None:
    """Resizing loses nothing."""

    async def body(app: Watch, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(60, 15)
        app.path.write_text(RIGHT)
        await until(lambda: app.verdicts == 2)
        await pilot.resize_terminal(*size)
        assert "passed" in shown(app)

    drive(Watch(KATA, folder), body, size)


def test_without_a_terminal_it_says_what_to_run(
    cli: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """On a pipe there is no screen."""
    found = cli("watch", "kata03")

    assert found.returncode == 2
    assert found.stderr == "watch needs a terminal.\n'python -m grader kata03' grades once.\n"
