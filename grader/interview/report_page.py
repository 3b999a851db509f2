"""An interview's report as one HTML page: what `report.html` of the templates shows."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from grader.content import catalog
from grader.interview import rubric
from grader.interview.events import FileGraded, OwnTestsScored
from grader.interview.plan import TITLES
from grader.interview.report import (
    ENDINGS,
    Report,
    advice_words,
    changes,
    score_words,
    word_for,
)
from grader.interview.scorecard import tests_words
from grader.interview.transcript import Stay, short
from grader.ui import page

WIDTH, BAR, GAP = 880, 26, 4
MOST_RUNS = 12  # columns that fit; of more, the first two and the last ten


def page_of(report: Report) -> str:
    """Return the page: verdict, scorecard, timeline, checks over time, code, answers."""
    return page.fill(
        "report.html",
        report=report,
        when=f"{report.started.astimezone():%Y-%m-%d %H:%M}",
        took=f"{report.took / 60:.0f} of {report.plan.seconds / 60:.0f} minutes",
        ending=ENDINGS[report.reason],
        score=score_words(report.card),
        weights=rubric.WEIGHTS,
        moved=changes(report),
        rated=_rated(report),
        timeline=timeline(report),
        katas=[_coded(report, kata) for kata in _katas_run(report)],
        own_tests=[_own_tests(report, kata) for kata in report.told.tests_scored],
        word_for=word_for,
        advice=list(map(advice_words, report.advice)),
        caveat=rubric.CAVEAT,
    )


def _rated(report: Report) -> str:
    by = "a partner" if report.plan.interviewer else "the candidate"
    given = [
        f"{r.title.lower()} {report.card.ratings[r.name]} of 4"
        for r in rubric.RATINGS
        if report.card.ratings[r.name] is not None
    ]
    words = f"{', '.join(given)}; rated by {by}" if given else "not rated"
    if report.card.clarified:
        words += (
            f"; asked about {report.card.clarified[0]} of {report.card.clarified[1]} open points"
        )
    return words


@dataclass(frozen=True)
class Mark:
    """Something that happened in a phase."""

    symbol: str
    tone: str
    x: float
    told: str


@dataclass(frozen=True)
class Bar:
    """A phase: a bar with marks for runs, hints, answers and pauses."""

    name: str
    is_code: bool
    x: float
    y: int
    wide: float
    told: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Timeline:
    """The interview as a picture: a bar a phase, and minutes below."""

    words: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[int, float]]
    wide: int = WIDTH
    thick: int = BAR

    @property
    def foot(self) -> int:
        """Where the bars end and the minutes begin."""
        return len(self.bars) * (BAR + GAP)

    @property
    def high(self) -> int:
        """The height of the picture."""
        return self.foot + 30


def timeline(report: Report) -> Timeline:
    """Return the interview's bars, marks and minutes, each at its place."""
    whole = max(report.plan.seconds, report.took, 1.0)

    def x(seconds: float) -> float:
        return round(140 + (WIDTH - 150) * seconds / whole, 1)

    return Timeline(
        f"{len(report.told.stays)} parts in {report.took / 60:.0f} minutes",
        [_bar(report, row, stay, x) for row, stay in enumerate(report.told.stays)],
        [(minute, x(minute * 60)) for minute in _minutes_below(whole / 60)],
    )


def _bar(report: Report, row: int, stay: Stay, x: Callable[[float], float]) -> Bar:
    is_code, title = stay.kind == "code", TITLES.get(stay.kind, stay.kind)
    return Bar(
        f"{title} {short(stay.kata)}" if is_code else title,
        is_code,
        x(stay.began),
        row * (BAR + GAP),
        round(max(2.0, x(stay.ended) - x(stay.began)), 1),
        f"{_clock(stay.began)} to {_clock(stay.ended)}",
        _marks(report, row, x),
    )


MARKS = {"hint": ("?", "hint"), "answer": ("•", ""), "skip": ("•", "soft"), "pause": ("‖", "soft")}


def _marks(report: Report, row: int, x: Callable[[float], float]) -> list[Mark]:
    """Return the marks of one phase: what happened between its beginning and the next one's."""
    found, phase = [], -1
    for moment in report.told.moments:
        what, kind = moment.what, moment.kind
        phase += kind == "phase"
        if phase != row or kind not in (*MARKS, "run"):
            continue
        if isinstance(what, FileGraded):
            symbol, tone = ("✓", "pass") if what.status == "passed" else ("✗", "fail")
        else:
            symbol, tone = MARKS[kind]
        found.append(Mark(symbol, tone, x(moment.at), f"{kind} at {_clock(moment.at)}"))
    return found


def _minutes_below(minutes: float) -> list[int]:
    step = next(step for step in (1, 5, 10, 30, 60) if minutes / step <= 13 or step == 60)
    return list(range(0, int(minutes) + 1, step))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _katas_run(report: Report) -> list[str]:
    return list(dict.fromkeys(run.what.kata for run in report.told.runs))


def _coded(report: Report, name: str) -> dict[str, Any]:
    """Return the checks of a kata and its runs, each with what changed since the one before."""
    kata = catalog.find_kata(name)
    said = [run for run in report.told.runs if run.what.kata == name]
    texts = [catalog.stub_of(kata), *(run.what.source for run in said)]
    runs = [
        {
            "clock": _clock(run.at),
            "status": run.what.status,
            "message": run.what.message,
            "source": run.what.source,
            "outcomes": {check.title: check.outcome for check in run.what.checks},
            "diff": _diff(*change),
        }
        for run, change in zip(said, pairwise(texts), strict=True)
    ]
    shown = runs if len(runs) <= MOST_RUNS else [*runs[:2], *runs[2 - MOST_RUNS :]]
    return {
        "short": short(name),
        "checks": catalog.read_checks(kata),
        "runs": runs,
        "shown": shown,
        "left_out": len(runs) - len(shown),
    }


def _diff(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines of a unified diff, each with the sign it begins with."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return [(line[:1], f"{line}\n") for line in list(lines)[2:]]


def _own_tests(report: Report, kata: str) -> dict[str, Any]:
    """Return what came of a kata's own tests, and their text."""
    scored = report.told.tests_scored[kata]
    mutants = {m.name: m for m in catalog.read_mutants(catalog.find_kata(kata))}
    return {
        "short": short(kata),
        "words": _own_tests_words(scored),
        "rejected": scored.rejected,
        "missed": [mutants[name].title for name in scored.missed if name in mutants],
        "source": report.told.tests.get(kata, ""),
    }


def _own_tests_words(scored: OwnTestsScored) -> str:
    if scored.fault:
        return f"Nothing could be run: {scored.fault}."
    return f"{tests_words(scored)} {len(scored.caught)} of {scored.total} wrong solutions."
