"""What the full-screen views share: width, scrolling, the editor, and noticing a save."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

import pytest
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.widgets import Static

from grader.core.model import KitError
from grader.ui import saves
from grader.ui.full_screen import Body, FullScreen, editor_command, scroll_keys
from grader.ui.saves import saves_of
from grader.ui.screen import Line, Screen


class View(FullScreen):
    """As many lines as wanted, the first of which tells the width and whether there is colour."""

    BINDINGS: ClassVar[list[BindingType]] = scroll_keys("home", "end")

    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self.count = count

    def body_lines(self, screen: Screen) -> list[Line]:
        return [[(f"{screen.width} {screen.plain}", "")]] * self.count


def drive(
    app: View, body: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (80, 10)
) -> None:
    """Run the view and do something with it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await body(pilot)

    asyncio.run(run())


def test_lines_are_made_for_the_width_and_again_after_resizing() -> None:
    """Four columns less than the window, from 40 to 100."""
    app = View()
    seen = []

    async def body(pilot: Pilot[None]) -> None:
        for wide in (80, 60, 200, 30):
            await pilot.resize_terminal(wide, 20)
            seen.append(str(app.query_one("#body", Static).render()))

    drive(app, body)
    assert seen == ["76 False", "56 False", "100 False", "40 False"]


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR means plain lines."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = View()

    async def body(pilot: Pilot[None]) -> None:
        assert str(app.query_one("#body", Static).render()) == "76 True"

    drive(app, body)


def test_keys_scroll_the_body() -> None:
    """By a line, by a page, to the ends."""
    app = View(50)
    seen = []

    async def body(pilot: Pilot[None]) -> None:
        for key in ("pagedown", "down", "up", "pageup", "end", "home"):
            await pilot.press(key)
            seen.append(app.query_one(Body).scroll_y)

    drive(app, body)
    page, last = seen[0], seen[4]
    assert seen == [page, page + 1, page, 0, last, 0]
    assert 0 < page < 10 < last


@pytest.mark.parametrize(
    ("editor", "posix", "command"),
    [
        ("vim -n", True, ["vim", "-n"]),
        ("'/opt/my editor' -w", True, ["/opt/my editor", "-w"]),
        (r"C:\Windows\notepad.exe", False, [r"C:\Windows\notepad.exe"]),
        (r'"C:\Program Files\Vim\vim.exe" -n', False, [r"C:\Program Files\Vim\vim.exe", "-n"]),
    ],
)
def test_an_editor_may_have_options(editor: str, posix: bool, command: list[str]) -> None:
    """Quoted as the system's shell would have it; on Windows a backslash is a backslash."""
    assert editor_command(editor, Path("kata.py"), posix) == [*command, "kata.py"]


def test_an_editor_may_be_a_script_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a program is started by its file alone, which `code` is not."""
    monkeypatch.setattr(shutil, "which", lambda name: rf"C:\bin\{name}.cmd")

    assert editor_command("code -w", Path("x.py"), False) == [r"C:\bin\code.cmd", "-w", "x.py"]


@pytest.mark.parametrize(
    ("editor", "sentence"),
    [
        (" ", "No editor is set. Set EDITOR to open the file from here."),
        ("'vim", "\"'vim\" can't be started: No closing quotation. Set EDITOR to another."),
        ("vim", "No editor can be opened from here. Open kata.py."),
    ],
)
def test_no_editor_is_told(monkeypatch: pytest.MonkeyPatch, editor: str, sentence: str) -> None:
    """Nothing set, nothing that can be read, and a screen that can't step aside (a browser's)."""
    monkeypatch.setenv("VISUAL", editor)
    app = View()

    async def body(pilot: Pilot[None]) -> None:
        with pytest.raises(KitError) as told:
            app.open_editor(Path("kata.py"))
        assert str(told.value) == sentence

    drive(app, body)


def _write(path: Path) -> None:
    path.write_text("longer than before")


def _rename(path: Path) -> None:
    other = path.with_suffix(".swp")
    other.write_text("a")  # of the same size
    os.utime(other, ns=(7, 7))  # and of the same time
    os.replace(other, path)


def _touch(path: Path) -> None:
    os.utime(path, ns=(8, 8))


@pytest.mark.parametrize("change", [_write, _rename, _touch, Path.unlink])
def test_a_save_is_one_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    """From the call on, however the file is saved; gone and back are events as well."""
    monkeypatch.setattr(saves, "LOOK", 0)
    path = tmp_path / "kata.py"
    path.write_text("a")
    os.utime(path, ns=(7, 7))
    count = 0

    async def run() -> None:
        found = saves_of(path)
        change(path)

        async def listen() -> None:
            nonlocal count
            async for _ in found:
                count += 1

        listening = asyncio.create_task(listen())
        for _ in range(20):
            await asyncio.sleep(0)
        listening.cancel()

    asyncio.run(run())
    assert count == 1
