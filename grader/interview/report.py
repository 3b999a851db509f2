"""What an interview came to: the scorecard, the answers, the change since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.content.questions import all_questions
from grader.core.model import KitError, printable
from grader.core.records import Sitting
from grader.core.store import Store
from grader.interview import rubric
from grader.interview.advice import Advice, advise
from grader.interview.agenda import Plan, plan_from_json
from grader.interview.scorecard import Scorecard, scorecard
from grader.interview.transcript import Response, Transcript, read_transcript, short
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table

ENDINGS = {
    "finished": "all parts were gone through",
    "time": "the time was over",
    "stopped": "it was ended early",
}


@dataclass(frozen=True)
class Report:
    """Everything that the text, the page and the JSON of an interview are made of."""

    id: int
    started: datetime
    plan: Plan
    card: Scorecard
    told: Transcript
    advice: tuple[Advice, ...]
    before: tuple[int, Scorecard] | None = None  # the interview it is compared with

    @property
    def took(self) -> float:
        """The seconds from the beginning to the end."""
        return self.told.stays[-1].ended if self.told.stays else 0.0

    @property
    def reason(self) -> str:
        """Why it ended; what another version of the kit calls a reason is none of ours."""
        return self.told.reason if self.told.reason in ENDINGS else "stopped"


def find_report(store: Store, id: int | None) -> Report:
    """Return the report of an interview, the last one that ended unless named."""
    sittings = store.interviews()
    ended = [sitting for sitting in sittings if sitting.ended is not None]
    if id is None:
        if not ended:
            raise KitError(
                "There is no finished interview yet.", "'python -m grader interview' holds one."
            )
        return make_report(store, ended[-1], ended)
    for sitting in sittings:
        if sitting.id == id and sitting.ended is None:
            raise KitError(
                f"Interview {id} is still going on.",
                "'python -m grader interview --resume' goes on with it.",
            )
        if sitting.id == id:
            return make_report(store, sitting, ended)
    known = ", ".join(str(sitting.id) for sitting in ended) or "none"
    raise KitError(f"There is no interview {id}.", f"Finished are: {known}.")


def make_report(store: Store, sitting: Sitting, ended: Sequence[Sitting]) -> Report:
    """Return the report of one interview, compared with the last one of the same set before it."""
    plan = plan_from_json(sitting.plan)
    told = read_transcript(plan, store.events(sitting.id))
    earlier = [
        other
        for other in ended
        if other.id < sitting.id and other.plan["name"] == sitting.plan["name"]
    ]
    return Report(
        sitting.id,
        sitting.started,
        plan,
        scorecard(plan, told),
        told,
        tuple(advise(plan, told)),
        (earlier[-1].id, _card_of(store, earlier[-1])) if earlier else None,
    )


def _card_of(store: Store, sitting: Sitting) -> Scorecard:
    plan = plan_from_json(sitting.plan)
    return scorecard(plan, read_transcript(plan, store.events(sitting.id)))


def still_advised(store: Store) -> list[Advice]:
    """Return what the last interview advised and has not been practised since.

    A kata is practised by a pass, a topic by an answer to one of its questions.
    """
    ended = [sitting for sitting in store.interviews() if sitting.ended is not None]
    if not ended or ended[-1].ended is None:
        return []
    since = ended[-1].ended
    done = {entry.kata for entry in store.attempts() if entry.passed and entry.time > since}
    topics = {question.id: question.topic for question in all_questions()}
    done |= {topics.get(a.question, "") for a in store.answers() if a.time > since}
    found = make_report(store, ended[-1], ended).advice
    return [one for one in found if one.name not in done]


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as one JSON document."""
    card = report.card
    return {
        "schema": 1,
        "interview": report.id,
        "set": report.plan.name,
        "started": report.started.isoformat(),
        "seed": report.plan.seed,
        "minutes": round(report.plan.seconds / 60, 2),
        "took_minutes": round(report.took / 60, 2),
        "ended_because": report.reason,
        "score": [round(card.low, 1), round(card.high, 1)],
        "verdict": list(card.verdicts),
        "lines": [
            {
                "name": line.name,
                "value": None if line.value is None else round(line.value, 1),
                "weight": rubric.WEIGHTS[line.name],
                "planned": line.planned,
                "reached": round(line.reached, 3),
                "computed_from": line.source,
            }
            for line in card.lines
        ],
        "rated": {
            "by": "partner" if report.plan.interviewer else "self",
            "ratings": card.ratings,
            "clarified": card.clarified,
        },
        "phases": [
            {"kind": s.kind, "kata": s.kata or None, "began": s.began, "ended": s.ended}
            for s in report.told.stays
        ],
        "runs": [
            {"kata": r.what.kata, "at": r.at, "status": r.what.status, "final": r.what.final}
            for r in report.told.runs
        ],
        "questions": [
            {
                "id": a.question,
                "phase": a.phase,
                "seed": a.seed,
                "answer": a.text,
                "score": a.score,
            }
            for a in report.told.answers
        ],
        "compared_with": report.before and report.before[0],
        "change": {name: round(by, 1) for name, by in changes(report).items()},
        "next": [{"kind": a.kind, "name": a.name, "reason": a.reason} for a in report.advice],
    }


def changes(report: Report) -> dict[str, float]:
    """Return how much each line moved since the interview before, where both have it."""
    if report.before is None:
        return {}
    earlier = {line.name: line.value for line in report.before[1].lines}
    return {
        line.name: line.value - earlier[line.name]  # type: ignore[operator]
        for line in report.card.lines
        if line.value is not None and earlier.get(line.name) is not None
    }


def text(screen: Screen, report: Report) -> list[Line]:
    """Return the report as it is shown at the end and by the command."""
    card, plan = report.card, report.plan
    when = f"{report.started.astimezone():%Y-%m-%d %H:%M}"
    lines: list[Line] = [
        [
            (f"  {printable(plan.title)}", "bold"),
            (f"  interview {report.id}, {when}, seed {plan.seed}", "dim"),
        ]
    ]
    took = f"{report.took / 60:.0f} of {plan.seconds / 60:.0f} minutes; {ENDINGS[report.reason]}."
    lines += [*screen.wrap(took, style="dim"), [], [("  Verdict: ", ""), (card.verdict, "bold")]]
    lines += [*screen.wrap(f"Score {score_words(card)} of 100."), []]
    lines += [*_scored(screen, card), [], *_communication(screen, report)]
    lines += _told_answers(screen, report)
    if report.before:
        moved = {name: f"{by:+.0f}" for name, by in changes(report).items() if abs(by) >= 0.5}
        words = ", ".join(f"{name} {by}" for name, by in moved.items()) or "no line has moved"
        lines += [[], *screen.wrap(f"Since interview {report.before[0]}: {words}.")]
    lines += [[], [("  Practise next", "bold")]]
    for number, one in enumerate(report.advice, 1):
        lines += screen.wrap(f"{number}  {advice_words(one)}")
    for note in (*card.notes, rubric.CAVEAT):
        lines += [[], *screen.wrap(note, style="dim")]
    again = f"python -m grader report {report.id}"
    more = (
        f"'{again} --html FILE' writes it as a page, '{again} --explain' says how it is computed."
    )
    return [*lines, *screen.wrap(more, style="dim")]


def _scored(screen: Screen, card: Scorecard) -> list[Line]:
    """Return the lines of the scorecard: name, value, and what it was computed from."""
    rows: list[list[Cell]] = []
    for line in card.lines:
        style = "cyan" if line.planned else "dim"
        none = "-" if screen.plain else "–"
        value = none if line.value is None else f"{line.value:.0f}"
        rows.append([[(line.name, style)], [(value, style)], line.source])
    columns = [Column(width=12), Column(width=3, right=True), Column(narrow="wrap")]
    return table(screen, columns, rows)


def score_words(card: Scorecard) -> str:
    """Return the score, or its range where a planned part was not reached."""
    low, high = round(card.low), round(card.high)
    return str(low) if low == high else f"{low} to {high}"


def advice_words(one: Advice) -> str:
    """Say what to practise, why, and with which command."""
    if one.kind == "kata":
        return f"{short(one.name)}: {one.reason} (python -m grader {short(one.name)})"
    return f"{one.name}: {one.reason} (python -m grader quiz --topic {one.name})"


def _communication(screen: Screen, report: Report) -> list[Line]:
    card = report.card
    by = "your partner" if report.plan.interviewer else "yourself"
    rated = [
        f"{rating.title.lower()} {card.ratings[rating.name]}"
        for rating in rubric.RATINGS
        if card.ratings[rating.name] is not None
    ]
    words = f"{', '.join(rated)} of 4, rated by {by}" if rated else "not rated"
    lines = screen.wrap(f"Communication (not in the score): {words}.")
    if card.clarified:
        asked, total = card.clarified
        lines += screen.wrap(f"You asked about {asked} of {total} points that were left open.")
    return lines


def _told_answers(screen: Screen, report: Report) -> list[Line]:
    if not report.told.answers:
        return []
    rows: list[list[Cell]] = []
    for one in report.told.answers:
        rows.append([[word_for(one)], one.asked.prompt.splitlines()[0]])
        if one.score != 1.0 and one.asked.kind != "open":
            rows.append(["", [(f"Right: {one.right}", "dim")]])
    columns = [Column(width=8), Column(narrow="wrap")]
    return [[], [("  Questions", "bold")], *table(screen, columns, rows, indent=4, gap=1)]


def word_for(one: Response) -> tuple[str, str]:
    """Return a word for an answer, and the style of the word."""
    if one.skipped:
        return "skipped", "yellow"
    if one.score is None:
        return "unjudged", "dim"
    if one.score >= 1:
        return "right", "green"
    return ("wrong", "red") if one.score == 0 else (f"{one.score:.0%}", "yellow")


def explanation(screen: Screen) -> list[Line]:
    """Return how lines, score and verdict are computed."""
    lines: list[Line] = [[("  How a scorecard is computed", "bold")], []]
    for name, words in rubric.LINES.items():
        lines += screen.wrap(f"{name} (weight {rubric.WEIGHTS[name]}): {words}.")
    lines += [[], *screen.wrap("The score is the weighted mean of the lines that were planned.")]
    lines += screen.wrap(rubric.UNREACHED)
    lines += [[], *screen.wrap("The verdict is the first of these that holds:")]
    lines += [line for rule in rubric.rule_sentences() for line in screen.wrap(f"- {rule}")]
    return [*lines, [], *screen.wrap(rubric.CAVEAT, style="dim")]
