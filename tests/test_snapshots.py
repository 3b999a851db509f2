"""Every screen as a person sees it, compared with a text under tests/snapshots.

`python -m pytest tests/test_snapshots.py --renew` writes the texts; read their difference before
you commit it. They are text and not pictures, so that a change of wording reads as one in a review;
pytest-textual-snapshot compares pictures, and holds pytest below 9.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import textual
from textual.app import App
from textual.pilot import Pilot

from grader.cli import main
from grader.content import catalog
from grader.core.model import Solution, Verdict
from grader.core.store import NAME, Store
from grader.grading import diagnosis, judge
from grader.interview import session
from grader.interview.dialogue import Conductor
from grader.interview.screen import InterviewApp
from grader.practice.watch import Watch
from grader.tour.step_screen import Stepper
from grader.ui.screen import Screen
from grader.ui.verdict import verdict_lines
from tests.conftest import Hands
from tests.test_interview import Scripted, plan_of
from tests.test_step import walk
from tests.test_watch import until

SNAPSHOTS = Path(__file__).parent / "snapshots"
DRAWN_BY = "8"  # another major version of textual lays a screen out in its own way
SIZES = [(80, 24), (120, 40)]
KATA = catalog.find_kata("kata02")
MUTANTS = {mutant.name: mutant for mutant in catalog.read_mutants(KATA)}
WRONG = catalog.mutate(KATA, MUTANTS["overwrites-right"])
Act = Callable[[Any, Pilot[None]], Awaitable[None]]
Compare = Callable[[str, str], None]


@pytest.fixture
def compare(request: pytest.FixtureRequest) -> Compare:
    """Compare a text with the one that is kept under a name, or keep it with --renew."""

    def same(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--renew"):
            path.write_text(text, "utf-8")
        assert path.exists(), f"no {path.name}: --renew writes it"
        assert text == path.read_text("utf-8"), "is that meant? Then --renew writes it"

    return same


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh practice folder to stand in, and a screen of 80 columns."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / ".grader"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.chdir(tmp_path)
    katas = tmp_path / "katas"
    katas.mkdir()
    for kata in catalog.all_katas():
        (katas / f"{kata.name}.py").write_text(catalog.stub_of(kata), "utf-8")
    return katas


@pytest.fixture(scope="module")
def failed() -> Verdict:
    """A verdict on a file that assigns one of its gradients."""
    with pytest.MonkeyPatch.context() as patch:
        # a busy machine names the mistake as well
        patch.setattr(diagnosis, "PATIENCE", 60.0)
        return judge.grade(KATA, Solution(f"katas/{KATA.name}.py", WRONG.encode()))


def trimmed(lines: list[str]) -> str:
    """Return lines as one text, without the spaces at their ends."""
    return "".join(f"{line.rstrip()}\n" for line in lines)


def drawn(app: App[None], act: Act, size: tuple[int, int]) -> str:
    """Run a full-screen view, do something with it, and return what stands on the screen."""
    found: list[str] = []

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await act(app, pilot)
            await pilot.pause()
            found.extend(strip.text for strip in app.screen._compositor.render_strips())

    asyncio.run(run())
    return trimmed(found)


def watch(folder: Path, failed: Verdict) -> Watch:
    """Return the view of a file, with a grader that has its verdict ready."""
    stub = Verdict(KATA.name, failed.file, "stub", "", seconds=0.1)
    failed.seconds = 0.25

    def ready(kata: object, solution: Solution, on_core: object) -> Verdict:
        return failed if solution.source.decode() == WRONG else stub

    return Watch(KATA, folder, ready)


async def see_the_task(app: Watch, pilot: Pilot[None]) -> None:
    await until(lambda: app.verdicts == 1)


async def save_a_mistake(app: Watch, pilot: Pilot[None]) -> None:
    await until(lambda: app.verdicts == 1)
    app.path.write_text(WRONG, "utf-8")
    await until(lambda: app.verdicts == 2)


async def open_the_list(app: Watch, pilot: Pilot[None]) -> None:
    await until(lambda: app.verdicts == 1)
    await pilot.press("l")


async def ask_for_two_hints(app: Watch, pilot: Pilot[None]) -> None:
    await until(lambda: app.verdicts == 1)
    await pilot.press("h", "h")


WATCH = {"task": see_the_task, "verdict": save_a_mistake, "list": open_the_list}
WATCH["hint"] = ask_for_two_hints


async def be_asked(app: InterviewApp, pilot: Pilot[None]) -> None:
    await until(lambda: bool(app.lines))


async def run_the_stub(app: InterviewApp, pilot: Pilot[None]) -> None:
    await until(lambda: bool(app.lines))
    await pilot.press("f5")
    await until(lambda: app.acts == 2 and not app.turn.locked())
    await pilot.press("f2")
    await until(lambda: app.acts == 3 and not app.turn.locked())


STAGE = {"question": be_asked, "code": run_the_stub}

same_textual = pytest.mark.skipif(
    textual.__version__.split(".")[0] != DRAWN_BY, reason=f"drawn by textual {DRAWN_BY}"
)
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))


@same_textual
@each_size
@pytest.mark.parametrize("state", WATCH)
def test_watch(
    compare: Compare, folder: Path, failed: Verdict, state: str, size: tuple[int, int]
) -> None:
    """The task, a verdict, the list of katas, a hint."""
    text = drawn(watch(folder, failed), WATCH[state], size)

    compare(f"watch-{state}-{size[0]}", text)


@same_textual
@each_size
@pytest.mark.parametrize("state", STAGE)
def test_interview(compare: Compare, tmp_path: Path, state: str, size: tuple[int, int]) -> None:
    """A question, and the coding part after a run."""
    clock = Hands()
    with closing(Store(tmp_path / ".grader" / NAME, clock.now)) as store:
        held = session.begin(store, plan_of("questions", "code", "wrap-up"), clock)
        text = drawn(InterviewApp(Conductor(held, Screen(), Scripted())), STAGE[state], size)

    compare(f"interview-{state}-{size[0]}", text)


@same_textual
@each_size
def test_step(compare: Compare, size: tuple[int, int]) -> None:
    """A step of the backward pass."""

    async def go(app: Stepper, pilot: Pilot[None]) -> None:
        await pilot.press(*["space"] * 5)

    compare(f"step-{size[0]}", drawn(Stepper(walk("c = a*b + b**2", a=2, b=3)), go, size))


COMMANDS = {
    "overview": "overview",
    "list": "list",
    "show": "show kata03",
    "hint": "hint kata03",
    "solution": "solution kata02 --give-up",
    "today": "today",
    "graph": "graph|c = a*b + b**2|a=2|b=3",
    "step": "step|c = a*b|a=2|b=3",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command(compare: Compare, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What a command prints on a pipe, in a practice folder where one kata is due."""
    with closing(Store(Path(".grader", NAME))) as store:
        due = datetime.now(UTC) - timedelta(days=3, hours=1)
        store.record_review(KATA.name, {}, due, 3, "no hints")
    line = COMMANDS[name]

    assert main(line.split("|" if "|" in line else " ")) == 0
    compare(name, capsys.readouterr().out)


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "terminal"])
def test_verdict(compare: Compare, failed: Verdict, plain: bool) -> None:
    """A verdict on a pipe and on a terminal."""
    failed.seconds = 0.25
    screen = Screen()
    screen.plain, screen.width = plain, 80
    lines = verdict_lines(screen, KATA, failed)

    compare(
        f"verdict-{'plain' if plain else 'terminal'}",
        trimmed(["".join(text for text, _ in line) for line in lines]),
    )


def test_every_snapshot_is_compared() -> None:
    """No text is left over from a screen that is gone."""
    sized = [f"watch-{state}" for state in WATCH] + [f"interview-{state}" for state in STAGE]
    names = {f"{name}-{width}" for name in [*sized, "step"] for width, _ in SIZES}

    assert {path.stem for path in SNAPSHOTS.iterdir()} == {
        *names,
        *COMMANDS,
        "verdict-plain",
        "verdict-terminal",
    }
