"""What happened in an interview, collected once from its events, to be read by every report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.content.questions import by_id, find_question
from grader.core.records import Event
from grader.interview.agenda import Plan
from grader.interview.events import (
    FileGraded,
    Happening,
    HintShown,
    InterviewEnded,
    InterviewPaused,
    Moment,
    NotesCompared,
    OwnTestsScored,
    OwnTestsTaken,
    PhaseBegun,
    QuestionAnswered,
    QuestionSkipped,
    RatingGiven,
    Unknown,
    decode,
)
from grader.quiz import asking
from grader.quiz.asking import Asked


@dataclass(frozen=True)
class Response:
    """A question that was reached, what was answered, and its score; None if nobody judged it."""

    question: str
    seed: int
    phase: str
    text: str
    score: float | None
    skipped: bool = False

    @cached_property
    def asked(self) -> Asked:
        """The question as it was asked."""
        return asking.sample(find_question(self.question), self.seed)

    @property
    def right(self) -> str:
        """The right answer in words."""
        if self.asked.kind == "numeric":
            return f"{self.asked.right:.6g}"
        if self.asked.kind == "bug":
            return "line " + " or ".join(map(str, self.asked.right))
        return str(self.asked.question.answer)

    @property
    def chosen(self) -> str:
        """The answer as it was meant: an option's text for its letter."""
        text = self.text.strip()
        place = asking.LETTERS.find(text.lower().rstrip(").")) if len(text) < 3 else -1
        if self.asked.kind == "choice" and 0 <= place < len(self.asked.options) and text:
            return self.asked.options[place]
        return text


@dataclass(frozen=True)
class Stay:
    """A phase as it was: when it began and ended, in seconds."""

    kind: str
    kata: str
    began: float
    ended: float
    budget: float


@dataclass
class Transcript:
    """What happened, by what it is; `read_transcript` fills it, and nothing changes it later."""

    moments: Sequence[Moment[Happening | Unknown]]
    stays: list[Stay] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    runs: list[Moment[FileGraded]] = field(default_factory=list)
    tiers: dict[str, int] = field(default_factory=dict)  # the highest hint of each kata
    tests: dict[str, str] = field(default_factory=dict)  # the learner's own, of each kata
    tests_scored: dict[str, OwnTestsScored] = field(default_factory=dict)
    ratings: dict[str, int | None] = field(default_factory=dict)
    clarified: tuple[int, int] | None = None  # points asked for, of points the tasks leave open
    paused: bool = False
    reason: str = ""  # why it ended

    def judged(self, kinds: Collection[str]) -> list[tuple[Response, float]]:
        """Return the answers of these phases that have a score; that of a skip is 0."""
        return [
            (one, one.score) for one in self.answers if one.phase in kinds and one.score is not None
        ]


def read_transcript(plan: Plan, rows: Sequence[Event]) -> Transcript:
    """Return what the store's rows of an interview amount to."""
    told = Transcript(decode(rows))
    for moment in told.moments:
        _take(told, plan, moment)
    return told


def _take(told: Transcript, plan: Plan, moment: Moment[Happening | Unknown]) -> None:
    if told.stays and not told.reason:
        last = told.stays[-1]
        told.stays[-1] = Stay(last.kind, last.kata, last.began, moment.at, last.budget)
    katas = {phase.kata for phase in plan.phases}  # a renamed one is none of this interview's
    match moment.what:
        case PhaseBegun(index=index) if 0 <= index < len(plan.phases):
            phase = plan.phases[index]
            told.stays.append(Stay(phase.kind, phase.kata, moment.at, moment.at, phase.seconds))
        case QuestionAnswered() | QuestionSkipped() as what if what.question in by_id():
            told.answers.append(_response(told.stays[-1].kind if told.stays else "", what))
        case FileGraded() as what if what.kata in katas:
            told.runs.append(Moment(what, moment.stamp, moment.time))
        case HintShown(kata=kata, tier=tier):
            told.tiers[kata] = max(told.tiers.get(kata, 0), tier)
        case OwnTestsTaken(kata=kata, source=source) if kata in katas:
            told.tests[kata] = source
        case OwnTestsScored() as what if what.kata in katas:
            told.tests_scored[what.kata] = what
        case RatingGiven(name=name, value=value):
            told.ratings[name] = value
        case NotesCompared(asked=int(asked), total=total):
            before = told.clarified or (0, 0)
            told.clarified = (before[0] + asked, before[1] + total)
        case InterviewPaused():
            told.paused = True
        case InterviewEnded(reason=reason):
            told.reason = reason


def _response(phase: str, what: QuestionAnswered | QuestionSkipped) -> Response:
    if isinstance(what, QuestionSkipped):
        return Response(what.question, what.seed, phase, "", 0.0, skipped=True)
    return Response(what.question, what.seed, phase, what.text, what.score)


def short(kata: str) -> str:
    """Return kata03 for kata03_topo_sort."""
    return kata.split("_", 1)[0]
