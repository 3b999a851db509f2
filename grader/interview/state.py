"""One interview: a plan, the events so far, and where they have led.

Everything that happens is an event, stored as it happens; the state is what follows from the
events. So a killed interview is taken up again by reading them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.core import workspace
from grader.core.store import Store
from grader.interview.agenda import Phase, Plan
from grader.interview.events import (
    AnswerWritten,
    FileGraded,
    Happening,
    HintShown,
    InterviewEnded,
    LineTyped,
    NotesCompared,
    NoteTaken,
    PhaseBegun,
    QuestionAnswered,
    QuestionSkipped,
    RatingGiven,
    Unknown,
    WarningShown,
    decode,
    encode,
)
from grader.interview.stopwatch import Clock, Stopwatch

WARNINGS = (300.0, 60.0)  # seconds before the end; half of the time is a warning as well


@dataclass
class State:
    """Where an interview is; made of its events, one after the other."""

    phase: int = 0
    question: int = 0  # the place of the next one in the phase
    pending: list[str] = field(default_factory=list)  # lines of an answer that is being written
    written: str | None = None  # an open answer whose points are not ticked yet
    sources: dict[str, str] = field(default_factory=dict)  # the text of each kata's last run
    tiers: dict[str, int] = field(default_factory=dict)  # the highest hint of each kata
    notes: dict[str, list[str]] = field(default_factory=dict)  # what was asked in `clarify`
    compared: set[str] = field(default_factory=set)
    rated: int = 0
    warned: set[float] = field(default_factory=set)
    ended: str = ""

    def take(self, what: Happening | Unknown) -> None:
        """Go on by one event."""
        match what:
            case PhaseBegun(index=index):
                self.phase, self.question = index, 0
                self.pending, self.written = [], None
            case LineTyped(text=text):
                self.pending.append(text)
            case AnswerWritten(text=text):
                self.pending, self.written = [], text
            case QuestionAnswered() | QuestionSkipped():
                self.question += 1
                self.pending, self.written = [], None
            case NoteTaken(kata=kata, text=text):
                self.notes.setdefault(kata, []).append(text)
            case NotesCompared(kata=kata):
                self.compared.add(kata)
            case FileGraded(kata=kata, source=source):
                self.sources[kata] = source
            case HintShown(kata=kata, tier=tier):
                self.tiers[kata] = max(self.tiers.get(kata, 0), tier)
            case RatingGiven():
                self.rated += 1
            case WarningShown(left=left):
                self.warned.add(left)
            case InterviewEnded(reason=reason):
                self.ended = reason


class Interview:
    """One interview that goes on: its clock, its state, and the store that keeps its events."""

    def __init__(self, store: Store, id: int, plan: Plan, clock: Clock) -> None:
        self.store = store
        self.id = id
        self.plan = plan
        self.state = State()
        moments = decode(store.events(id))
        for moment in moments:
            self.state.take(moment.what)
        self.watch = Stopwatch(clock, moments)

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

    def record(self, what: Happening) -> None:
        """Store an event, then let the state follow from it."""
        self.store.record_event(self.id, *encode(what, self.watch.stamp()))
        self.state.take(what)

    def warning_due(self) -> str:
        """Return a warning that has become due, once; nothing otherwise."""
        left = self.left()
        half = self.plan.seconds / 2
        due = [mark for mark in (half, *WARNINGS) if left <= mark and mark not in self.state.warned]
        for mark in due:
            self.record(WarningShown(mark))
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
        self.record(InterviewEnded(reason))
        self.store.end_interview(self.id)


def folder_of(id: int) -> Path:
    """Return the folder of an interview, beside the store."""
    home = workspace.find_home()
    assert home is not None  # or there would be no store
    return Path(home, "interviews", str(id))
