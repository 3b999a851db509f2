"""Interviews are begun, taken up again, and held one at a time."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from grader.core import workspace
from grader.core.files import write_atomically
from grader.core.lock import alone
from grader.core.model import KitError, printable
from grader.core.store import Store
from grader.interview.agenda import Plan, plan_from_json
from grader.interview.events import InterviewBegun, PhaseBegun
from grader.interview.phases.kinds import PARTS
from grader.interview.state import Interview
from grader.interview.stopwatch import Clock


def begin(store: Store, plan: Plan, clock: Clock) -> Interview:
    """Begin an interview with fresh stubs in a folder of its own; one at a time.

    Raises KitError while another one goes on.
    """
    if running := running_interview(store, clock):
        left = max(0, round(running.left() / 60))
        raise KitError(
            f"An interview is going on ({printable(running.plan.title)}, {left} minutes left).",
            "'python -m grader interview --resume' goes on with it, 'interview --stop' ends it.",
        )
    interview = Interview(store, store.begin_interview(plan.as_json()), plan, clock)
    interview.record(InterviewBegun())
    interview.record(PhaseBegun(0))
    write_files(interview)
    return interview


def running_interview(store: Store, clock: Clock) -> Interview | None:
    """Return the interview that has not ended, or None."""
    for sitting in reversed(store.interviews()):
        if sitting.ended is None:
            found = Interview(store, sitting.id, plan_from_json(sitting.plan), clock)
            if not found.state.ended:
                return found
            store.end_interview(found.id)  # it was killed between its last event and this note
    return None


def resume(store: Store, clock: Clock) -> Interview:
    """Return the interview that goes on, its clock having run; raise KitError if there is none."""
    interview = running_interview(store, clock)
    if interview is None:
        raise KitError("No interview is going on.", "'python -m grader interview' begins one.")
    if not interview.store.events(interview.id):  # killed before its first event
        interview.record(InterviewBegun())
        interview.record(PhaseBegun(0))
    write_files(interview)
    return interview


def write_files(interview: Interview) -> None:
    """Write the stubs and test files that are not there yet."""
    try:
        interview.folder.mkdir(parents=True, exist_ok=True)
        for phase in interview.plan.phases:
            for path, text in PARTS[phase.kind].files(interview, phase.kata).items():
                if not path.exists():
                    write_atomically(path, text)
    except OSError as error:
        raise KitError(
            f"{str(interview.folder)!r} can't be written: {error.strerror}.",
            "Free some space or make the folder writable.",
        ) from None


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the interview for this process; another one that tries meanwhile gets KitError."""
    home = workspace.find_home()
    assert home is not None
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(alone(Path(home, "interview"), patience=0.1))
        except sqlite3.OperationalError:
            raise KitError(
                "An interview is going on in another window.", "Go on there, or close it first."
            ) from None
        yield
