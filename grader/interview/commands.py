"""The commands `interview` and `report`, and the interview on lines."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import secrets
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from grader.core.files import write_file
from grader.core.store import Store, open_store
from grader.interview import report, report_page, session
from grader.interview.dialogue import GOES_ON, Conductor
from grader.interview.plan import read_set, sample_plan
from grader.interview.state import Interview
from grader.interview.stopwatch import Clock, MachineClock
from grader.ui.screen import Line, Screen

PATIENCE = 0.3  # seconds between two looks at clock and file
Read = Callable[[float], str | None]  # a line, None if none came in time; EOFError at the end
Write = Callable[[list[Line]], None]


class TypedLines:
    """Lines from the standard input, read beside the clock.

    The descriptor is read directly: a thread that waits in `sys.stdin` would hold its lock when
    the interpreter shuts down.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self.lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.ended = False
        threading.Thread(target=self._fill, args=(descriptor,), daemon=True).start()

    def _fill(self, descriptor: int) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(descriptor, 4096):
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    self.lines.put(line.decode("utf-8", "replace").rstrip("\r"))
        if rest:
            self.lines.put(rest.decode("utf-8", "replace"))
        self.lines.put(None)

    def read(self, seconds: float) -> str | None:
        """Return the next line, or None if none comes in time."""
        if self.ended:
            raise EOFError
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            return None
        if line is None:
            self.ended = True
            raise EOFError
        return line


def hold_on_lines(conductor: Conductor, read: Read, write: Write) -> None:
    """Hold the interview on lines, until it is over or the input ends (EOFError)."""
    write(conductor.opening())
    while not conductor.over:
        line = read(PATIENCE)
        write(conductor.tick() if line is None else conductor.accept(line))


def hold(options: argparse.Namespace) -> int:
    """Begin an interview, or go on with one."""
    screen = Screen(options.plain)
    clock = MachineClock()
    with contextlib.closing(open_store(clock.now)) as store, session.only_one():
        if options.stop:
            return _stop(screen, store, clock)
        held = _resumed_or_begun(options, store, clock)
        folder = f"Your files: {report_path(held.folder)}."
        if options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
            screen.write([*screen.wrap(folder), *screen.wrap(":help says what can be typed.")])
            conductor = Conductor(held, screen)
            _at_a_terminal(conductor, screen)
        else:
            from grader.interview.screen import InterviewApp  # textual takes a while to import

            conductor = Conductor(held, Screen())
            InterviewApp(conductor).run()
        if not held.state.ended:
            print(f"{conductor.clock_words}: {GOES_ON}", file=sys.stderr)
            return 2
        screen.write([[], *report.text(screen, report.find_report(store, held.id))])
    return 0


def report_path(path: Path) -> str:
    """Return a folder as short as it can be named from here."""
    with contextlib.suppress(ValueError):
        near = os.path.relpath(path)
        return near if len(near) < len(str(path)) else str(path)
    return str(path)


def _resumed_or_begun(options: argparse.Namespace, store: Store, clock: Clock) -> Interview:
    if options.resume:
        return session.resume(store, clock)
    template = read_set(options.set)
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    plan = sample_plan(
        template,
        seed,
        options.minutes,
        strict=options.strict,
        allow_pause=options.allow_pause,
        interviewer=options.interviewer,
    )
    return session.begin(store, plan, clock)


def _stop(screen: Screen, store: Store, clock: Clock) -> int:
    """End the interview that goes on, as ':end' would."""
    held = session.resume(store, clock)
    conductor = Conductor(held, screen)
    screen.write(conductor.tick())
    if not held.state.ended:
        screen.write(conductor.accept(":end"))
    screen.write([[], *report.text(screen, report.find_report(store, held.id))])
    return 0


def _at_a_terminal(conductor: Conductor, screen: Screen) -> None:
    prompt = sys.stdin.isatty()

    def write(lines: list[Line]) -> None:
        if lines:
            screen.write(lines)
            if prompt and not conductor.over:
                print("> ", end="", flush=True)
            else:
                sys.stdout.flush()

    try:
        hold_on_lines(conductor, TypedLines().read, write)
    except (EOFError, KeyboardInterrupt):
        print()


def show(options: argparse.Namespace) -> int:
    """Show the report of an interview."""
    screen = Screen(options.plain)
    if options.explain:
        screen.write(report.explanation(screen))
        return 0
    with contextlib.closing(open_store()) as store:
        found = report.find_report(store, options.id)
    if options.html:
        write_file(options.html, report_page.page_of(found))
    if options.json:
        print(json.dumps(report.as_json(found), allow_nan=False))
    elif options.html:
        screen.write(screen.wrap(f"{options.html} is written.", 0))
    else:
        screen.write(report.text(screen, found))
    return 0
