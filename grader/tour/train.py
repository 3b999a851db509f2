"""The command `train`: a network on one's own engine learns a small set, and is drawn."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.content import catalog
from grader.core.files import insist_on_place, read_solution, write_file
from grader.core.model import Kata, KitError
from grader.grading.judge import Options, grade
from grader.tour import plot
from grader.tour.datasets import MAKERS, make_dataset
from grader.tour.training import Engine, History, Settings, own_engine, reference_engine, training
from grader.ui import page
from grader.ui.screen import Screen

EPOCHS = {"moons": 40, "circles": 40, "xor": 60, "spiral": 100}
MOST_EPOCHS, MOST_POINTS = 2_000, 500
ENGINES = ("mine", "reference")
SLICE = 0.4  # seconds of training between two looks at the screen

Show = Callable[[History], None]


def run(options: argparse.Namespace) -> int:
    """Train, then draw."""
    kata = catalog.find_kata("kata14")
    settings = settings_of(options)
    for path in filter(None, (options.svg, options.html)):
        insist_on_place(path)
    engine, why = choose_engine(kata, options.engine)
    screen = Screen(options.plain or options.json)
    if why and not options.json:
        screen.write([*screen.wrap(why), []])
    began = time.monotonic()
    with training(engine, settings) as trainer, stop_on_interrupt() as stopped:
        history = trainer.history
        with progress(screen, settings.epochs, quiet=options.json) as show:
            while len(history.losses) < settings.epochs and not stopped.is_set():
                left = settings.epochs - len(history.losses)
                trainer.train(min(_next_slice(history, began), left))
                show(history)
        trainer.draw()
    seconds = time.monotonic() - began
    _write_files(options, engine, settings, history)
    if options.json:
        print(json.dumps(as_json(engine, settings, history, seconds), allow_nan=False))
        return 0
    screen.write(
        [
            *plot.curve(screen, history.losses),
            [],
            *plot.boundary(screen, settings.data, history),
            [],
            *screen.wrap(told(engine, settings, history, seconds)),
        ]
    )
    return 0


def _next_slice(history: History, began: float) -> int:
    """Return how many epochs take about as long as a slice should."""
    done = len(history.losses)
    if not done:
        return 1
    each = (time.monotonic() - began) / done
    return max(1, int(SLICE / each))


def settings_of(options: argparse.Namespace) -> Settings:
    """Return what the options say, or raise KitError with the value that can't be."""
    if options.data not in MAKERS:
        raise KitError(f"There is no set {options.data!r}.", f"The sets are {', '.join(MAKERS)}.")
    epochs = EPOCHS[options.data] if options.epochs is None else options.epochs
    for what, number, most in (
        ("epochs", epochs, MOST_EPOCHS),
        ("points", options.points, MOST_POINTS),
    ):
        least = 1 if what == "epochs" else 4
        if not least <= number <= most:
            raise KitError(f"{number} {what} are not possible.", f"Choose {least} to {most}.")
    if not (math.isfinite(options.lr) and 0 < options.lr <= 10):
        raise KitError(f"A step of {options.lr:g} is not possible.", "--lr takes up to 10.")
    data = make_dataset(options.data, options.points, options.seed)
    return Settings(data, options.seed, epochs, options.lr)


def choose_engine(kata: Kata, wanted: str | None) -> tuple[Engine, str]:
    """Return the learner's engine if it passes, else the reference's, and why."""
    if wanted not in (None, *ENGINES):
        raise KitError(f"There is no engine {wanted!r}.", f"The engines are {', '.join(ENGINES)}.")
    if wanted == "reference":
        return reference_engine(kata), ""
    path = catalog.file_of(kata)
    reason = f"there is no file {path.name}"
    if path.is_file():
        solution = read_solution(str(path))
        verdict = grade(kata, solution, Options())
        if verdict.passed:
            return own_engine(kata, solution), ""
        reason = f"{kata.short} does not pass yet ({verdict.status.replace('-', ' ')})"
    advice = f"'python -m grader {kata.short}' grades it."
    if wanted == "mine":
        raise KitError(f"Your engine can't be trained: {reason}.", advice)
    return reference_engine(kata), f"This is the reference's engine: {reason}. {advice}"


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Let Ctrl-C end the training after the slice that runs, so that it can still be drawn."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return

    def stop(*_: object) -> None:
        if stopped.is_set():  # the second time at once
            raise KeyboardInterrupt
        stopped.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(screen: Screen, epochs: int, *, quiet: bool) -> Iterator[Show]:
    """Show how far the training is: a bar on a terminal, else a line for each tenth."""
    if quiet:
        yield lambda history: None
        return
    if screen.plain:
        tenths = 0

        def show_line(history: History) -> None:
            nonlocal tenths
            done = len(history.losses)
            if (now := 10 * done // epochs) > tenths:
                tenths = now
                print("  " + state_words(history, epochs), flush=True)

        yield show_line
        print()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.description}"), transient=True) as bar:
        task = bar.add_task("", total=epochs)
        yield lambda history: bar.update(
            task, completed=len(history.losses), description=state_words(history, epochs)
        )


def state_words(history: History, epochs: int) -> str:
    """Return where a training is, in a line."""
    return (
        f"epoch {len(history.losses)} of {epochs}: loss {history.losses[-1]:.4f}, "
        f"{history.accuracy[-1]:.0%} right"
    )


def told(engine: Engine, settings: Settings, history: History, seconds: float) -> str:
    """Say what was trained, how far, and in which time."""
    whose = "Your engine" if engine.name == "mine" else "The reference's engine"
    stopped = "" if len(history.losses) == settings.epochs else " It was stopped early."
    return (
        f"{whose} trained MLP(2, [16, 16, 1]) on {len(settings.data.points)} points of "
        f"{settings.data.name} for {len(history.losses)} epochs in {seconds:.0f} s: loss "
        f"{history.losses[-1]:.4f}, {history.accuracy[-1]:.0%} right.{stopped}"
    )


def as_json(
    engine: Engine, settings: Settings, history: History, seconds: float
) -> dict[str, object]:
    """Return the training as one JSON document."""
    return {
        "schema": 1,
        "engine": engine.name,
        "data": settings.data.name,
        "points": len(settings.data.points),
        "seed": settings.seed,
        "lr": settings.lr,
        "epochs": len(history.losses),
        "losses": history.losses,
        "accuracy": history.accuracy,
        "seconds": round(seconds, 2),
    }


def _write_files(
    options: argparse.Namespace, engine: Engine, settings: Settings, history: History
) -> None:
    title = f"{settings.data.name}, {engine.name} engine, {len(history.losses)} epochs"
    drawn = plot.picture(settings.data, history, title)
    if options.svg:
        write_file(options.svg, drawn + "\n")
    if options.html:
        write_file(options.html, page_of(settings, history, title, drawn))
    for path in (options.svg, options.html):
        if path and not options.json:
            print(f"{path} is written.", file=sys.stderr)


def page_of(settings: Settings, history: History, title: str, drawn: str) -> str:
    """Return a page with the picture of a training."""
    came_to = f"loss {history.losses[-1]:.4f}, {history.accuracy[-1]:.0%} right"
    return page.fill(
        "training.html",
        settings=settings,
        words=title,
        came_to=came_to,
        picture=page.drawing(drawn),
    )
