"""A mock interview: a plan, the events so far, and where they have led.

Everything that happens is an event, stored as it happens; the state is what follows from the
events. So a killed interview is taken up again by reading them.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.content import catalog
from grader.core import workspace
from grader.core.files import write_atomically
from grader.core.model import KitError
from grader.core.store import Event, Store
from grader.interview.plan import Phase, Plan, plan_from_json
from grader.interview.stopwatch import Clock, Stopwatch

WARNINGS = (300.0, 60.0)  # seconds before the end; half of the time is a warning as well


@dataclass
class State:
    """Where an interview is; made of its events, one after the other."""

    phase: int = 0
    question: int = 0  # the place of the next one in the phase
    pending: list[str] = field(default_factory=list)  # lines of an answer that is being written
    given: str | None = None  # an open answer whose points are not ticked yet
    sources: dict[str, str] = field(default_factory=dict)  # the text of each kata's last run
    passed: set[str] = field(default_factory=set)
    tiers: dict[str, int] = field(default_factory=dict)  # the highest hint of each kata
    notes: dict[str, list[str]] = field(default_factory=dict)  # what was asked in `clarify`
    compared: set[str] = field(default_factory=set)
    rated: int = 0
    warned: set[float] = field(default_factory=set)
    ended: str = ""

    def take(self, event: Event) -> None:
        """Go on by one event."""
        data = event.data
        match event.kind:
            case "phase":
                self.phase, self.question = data["index"], 0
                self.pending, self.given = [], None
            case "line":
                self.pending.append(data["text"])
            case "given":
                self.pending, self.given = [], data["text"]
            case "answer" | "skip":
                self.question += 1
                self.pending, self.given = [], None
            case "note":
                self.notes.setdefault(data["kata"], []).append(data["text"])
            case "compared":
                self.compared.add(data["kata"])
            case "run":
                self.sources[data["kata"]] = data["source"]
                if data["status"] == "passed":
                    self.passed.add(data["kata"])
                else:
                    self.passed.discard(data["kata"])
            case "hint":
                self.tiers[data["kata"]] = max(self.tiers.get(data["kata"], 0), data["tier"])
            case "rating":
                self.rated += 1
            case "warning":
                self.warned.add(data["left"])
            case "ended":
                self.ended = data["reason"]


class Interview:
    """One interview that goes on: its clock, its state, and the store that keeps its events."""

    def __init__(self, store: Store, id: int, plan: Plan, clock: Clock) -> None:
        self.store = store
        self.id = id
        self.plan = plan
        self.state = State()
        events = store.events(id)
        for event in events:
            self.state.take(event)
        self.watch = Stopwatch(clock, events)

    @property
    def phase(self) -> Phase:
        return self.plan.phases[self.state.phase]

    @property
    def folder(self) -> Path:
        """Where the interview's own stubs and tests are."""
        return folder_of(self.id)

    def left(self) -> float:
        """Return the seconds until the interview is over, never below 0."""
        return max(0.0, self.plan.seconds - self.watch.read())

    def left_in_phase(self) -> float:
        """Return the seconds until the planned end of the phase, never below 0."""
        return max(0.0, self.phase.ends - self.watch.read())

    def record(self, kind: str, **data: Any) -> None:
        """Store an event, then let the state follow from it."""
        self.state.take(self.store.record_event(self.id, kind, {**data, **self.watch.stamp()}))

    def warning_due(self) -> str:
        """Return a warning that has become due, once; nothing otherwise."""
        left = self.left()
        half = self.plan.seconds / 2
        due = [mark for mark in (half, *WARNINGS) if left <= mark and mark not in self.state.warned]
        for mark in due:
            self.record("warning", left=mark)
        if not due or left == 0:
            return ""
        last = min(due)
        if last == half and half not in WARNINGS:
            return "Half of the time is over."
        return f"{last / 60:.0f} minute{'s' if last > 60 else ''} left."

    def file_of(self, kata: str) -> Path:
        """Return where the learner writes a kata."""
        return self.folder / f"{kata}.py"

    def tests_of(self, kata: str) -> Path:
        """Return where the learner writes test cases for a kata."""
        return self.folder / f"test_{kata}.py"

    def end(self, reason: str) -> None:
        """Note that it is over: "finished", "time" or "stopped"."""
        self.record("ended", reason=reason)
        self.store.end_interview(self.id)


def folder_of(id: int) -> Path:
    """Return the folder of an interview, beside the store."""
    home = workspace.find_home()
    assert home is not None  # or there would be no store
    return Path(home, "interviews", str(id))


def begin(store: Store, plan: Plan, clock: Clock) -> Interview:
    """Begin an interview with fresh stubs in a folder of its own; one at a time.

    Raises KitError while another one goes on.
    """
    if running := running_interview(store, clock):
        left = max(0, round(running.left() / 60))
        raise KitError(
            f"An interview is going on ({running.plan.title}, {left} minutes left).",
            "'python -m grader interview --resume' goes on with it, 'interview --stop' ends it.",
        )
    interview = Interview(store, store.begin_interview(plan.as_json()), plan, clock)
    interview.record("begun")
    interview.record("phase", index=0)
    write_files(interview)
    return interview


def running_interview(store: Store, clock: Clock) -> Interview | None:
    """Return the interview that has not ended, or None."""
    for sitting in reversed(store.interviews()):
        if sitting.ended is None:
            return Interview(store, sitting.id, plan_from_json(sitting.plan), clock)
    return None


def resume(store: Store, clock: Clock) -> Interview:
    """Return the interview that goes on, its clock having run; raise KitError if there is none."""
    interview = running_interview(store, clock)
    if interview is None:
        raise KitError("No interview is going on.", "'python -m grader interview' begins one.")
    if not interview.store.events(interview.id):  # killed before its first event
        interview.record("begun")
        interview.record("phase", index=0)
    write_files(interview)
    return interview


def write_files(interview: Interview) -> None:
    """Write the stubs and test files that are not there yet."""
    try:
        interview.folder.mkdir(parents=True, exist_ok=True)
        for phase in interview.plan.phases:
            if phase.kind == "code":
                _write_new(interview.file_of(phase.kata), stub_text(phase.kata))
            if phase.kind == "test":
                _write_new(interview.tests_of(phase.kata), test_text(phase.kata))
    except OSError as error:
        raise KitError(
            f"{str(interview.folder)!r} can't be written: {error.strerror}.",
            "Free some space or make the folder writable.",
        ) from None


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        write_atomically(path, text)


def stub_text(name: str) -> str:
    """Return what the learner starts from."""
    return catalog.stub_of(catalog.find_kata(name))


def test_text(name: str) -> str:
    """Return the file in which the learner's own test cases go."""
    kata = catalog.find_kata(name)
    entry = [word for word in kata.entry if "." not in word]
    needed = "from reference.engine import Value\n" if "reference.engine" in kata.allow else ""
    return (
        f'"""Your test cases for {kata.short}: functions called test_..., with plain asserts.\n\n'
        "They are run on a right solution, which must pass, and on wrong ones, which should not.\n"
        'Besides the import below, the standard library is all they can use.\n"""\n\n'
        f"{needed}from {kata.name} import {', '.join(entry)}\n"
    )


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the interview for this process; another one that tries meanwhile gets KitError.

    SQLite's own file lock does it: on every platform, and gone when the process is.
    """
    home = workspace.find_home()
    assert home is not None
    os.makedirs(home, exist_ok=True)
    lock = sqlite3.connect(Path(home, "interview.lock"), timeout=0.1, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise KitError(
            "An interview is going on in another window.", "Go on there, or close it first."
        ) from None
    try:
        yield
    finally:
        lock.close()
