"""The README's pictures, made from real runs.

python -m tests.screens
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from grader.content import catalog
from grader.core.model import Solution
from grader.core.records import SHOWN
from grader.core.store import open_store
from grader.grading.judge import grade
from grader.home import overview_lines
from grader.interview import session
from grader.interview.agenda import Phase, Plan
from grader.interview.dialogue import Conductor
from grader.interview.screen import InterviewApp
from grader.interview.stopwatch import MachineClock
from grader.practice import actions, views
from grader.practice.standing import standings
from grader.practice.watch import Watch
from grader.tour import plot
from grader.tour.datasets import make_dataset
from grader.tour.train import EPOCHS
from grader.tour.training import Settings, own_engine, training
from grader.ui.screen import Line, Screen
from grader.ui.verdict import verdict_lines

HERE = Path(__file__).parent.parent / ".readme"
WIDTH = 88


def screen() -> Screen:
    """Return a screen with colour, whatever this runs on."""
    made = Screen()
    made.plain, made.width = False, WIDTH
    return made


def save(name: str, title: str, lines: list[Line]) -> None:
    """Write lines as a picture of a terminal."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)
    drawn = console.export_svg(title=title, theme=MONOKAI)
    (HERE / f"{name}.svg").write_text(without_fonts(drawn), "utf-8")


def without_fonts(drawn: str) -> str:
    """Return a picture that asks the network for nothing: any monospaced font will do."""
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def failing_verdict() -> None:
    """A mistake in the backward of *, named."""
    kata = catalog.find_kata("kata02")
    mutants = {mutant.name: mutant for mutant in catalog.read_mutants(kata)}
    text = catalog.mutate(kata, mutants["overwrites-right"])
    found = grade(kata, Solution("katas/kata02_mul_backward.py", text.encode()))
    save("verdict", "python -m grader kata02", verdict_lines(screen(), kata, found))


def overview(folder: Path) -> None:
    """Five katas passed, one of them with hints."""
    store = open_store()
    for short in ("kata01", "kata02", "kata03", "kata04", "kata08"):
        kata = catalog.find_kata(short)
        store.record_hint(kata.name, 2 if short == "kata03" else SHOWN)
        source = catalog.solution_of(kata).encode()
        actions.record(grade(kata, Solution("x.py", source)), kata, source)
    found = standings(store, folder)
    following = next(standing for standing in found if not standing.passed)
    save("overview", "python -m grader", overview_lines(screen(), found, following, []))
    save("list", "python -m grader list", views.listing(screen(), found))


async def watching(folder: Path) -> None:
    """The full-screen view after a save."""
    kata = catalog.find_kata("kata04")
    mutants = {mutant.name: mutant for mutant in catalog.read_mutants(kata)}
    app = Watch(kata, folder)
    async with app.run_test(size=(WIDTH, 40)):
        app.path.write_text(catalog.mutate(kata, mutants["breadth-first"]), "utf-8")
        while app.verdicts < 1 or not app.state.startswith("failed"):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        drawn = app.export_screenshot(title="python -m grader watch kata04")
    (HERE / "watch.svg").write_text(without_fonts(drawn), "utf-8")


async def interviewing() -> None:
    """The coding part of an interview, after a save that is nearly right."""
    kata = catalog.find_kata("kata03")
    phases = (
        Phase("clarify", 120, 120, kata.name),
        Phase("code", 720, 840, kata.name),
        Phase("wrap-up", 120, 960),
    )
    with contextlib.closing(open_store()) as store:
        plan = Plan("screen", "Phone screen", 1, phases)
        held = session.begin(store, plan, MachineClock())
        app = InterviewApp(Conductor(held, Screen()))
        async with app.run_test(size=(WIDTH, 40)):
            await app.perform(lambda: app.conductor.accept(":next"))
            mutants = {mutant.name: mutant for mutant in catalog.read_mutants(kata)}
            text = catalog.mutate(kata, mutants["pre-order"])
            held.file_of(kata.name).write_text(text, "utf-8")
            while "failed" not in "".join(piece for line in app.lines for piece, _ in line):
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.2)
            drawn = app.export_screenshot(title="python -m grader interview")
    (HERE / "interview.svg").write_text(without_fonts(drawn), "utf-8")


def training_picture() -> None:
    """The spiral, learned by the solution of kata14."""
    kata = catalog.find_kata("kata14")
    engine = own_engine(kata, Solution("x.py", catalog.solution_of(kata).encode()))
    settings = Settings(make_dataset("spiral", 100, 0), 0, EPOCHS["spiral"], 0.05)
    with training(engine, settings) as trainer:
        trainer.train(settings.epochs)
        trainer.draw()
    drawn = plot.picture(settings.data, trainer.history, "spiral")
    (HERE / "train.svg").write_text(drawn + "\n", "utf-8")


def main() -> None:
    """Make all of them."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        os.environ["GRADER_HOME"] = f"{place}/.grader"
        folder = Path(place, "katas")
        folder.mkdir()
        for kata in catalog.all_katas():
            (folder / f"{kata.name}.py").write_text(catalog.stub_of(kata), "utf-8")
        os.chdir(place)
        failing_verdict()
        overview(folder)
        asyncio.run(watching(folder))
        asyncio.run(interviewing())
        training_picture()


if __name__ == "__main__":
    main()
