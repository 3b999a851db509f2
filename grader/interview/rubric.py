"""The scorecard of an interview: lines computed from its events, and the rule to a verdict.

What was not measured is not scored: a line without data has no value, a planned part that was not
reached widens the verdict to a range, and what people rate themselves is shown beside, never added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.content.questions import find_question
from grader.core.store import Event
from grader.interview.plan import Plan
from grader.interview.tally import Coding, answers_of, coding_of, of_kind, short

WEIGHTS = {
    "correctness": 40,
    "speed": 10,
    "independence": 15,
    "depth": 10,
    "testing": 10,
    "knowledge": 15,
}
AFTER_HINT = {0: 100, 1: 87, 2: 67, 3: 40, 4: 0}  # independence after the highest tier seen
FREE_RUNS, RUN_COST, RUNS_COST = 3, 2, 20
WRONG_TEST_COST = 10
BANDS = ("no hire", "lean no hire", "lean hire", "hire", "strong hire")
SELF = "Rate yourself. These ratings are shown beside the score and never added to it."
PARTNER = (
    "Now the partner rates, from what was seen and heard. These ratings are shown beside the score "
    "and never added to it."
)


@dataclass(frozen=True)
class Rating:
    """Something that no program can see, rated from 1 to 4."""

    name: str
    title: str
    low: str
    high: str


RATINGS = (
    Rating("clarified", "Clarifying", "began without a question", "asked what decides the design"),
    Rating("narrated", "Thinking aloud", "was silent", "said what comes next and why, all along"),
    Rating("explained", "Explaining", "could not say why it works", "gave reasons and trade-offs"),
    Rating(
        "limits", "Costs and limits", "named none", "named cost, memory and what fails, unasked"
    ),
)
LINES = {
    "correctness": "the share of core checks that pass when the time of a kata is over",
    "speed": (
        "100 for a kata that passed within half of its budget, 50 at all of it, 0 if it did not "
        "pass; not measured in an interview with a pause"
    ),
    "independence": (
        f"{', '.join(str(AFTER_HINT[tier]) for tier in range(4))} or {AFTER_HINT[4]} after no "
        f"hint, hint 1, 2, 3 or 4; failed runs beyond the first {FREE_RUNS} cost {RUN_COST} each, "
        f"at most {RUNS_COST}"
    ),
    "depth": "the mean of stretch checks passed and follow-ups answered",
    "testing": (
        "the share of a kata's wrong solutions that your tests catch; a test that a right "
        f"solution fails costs {WRONG_TEST_COST}"
    ),
    "knowledge": "the mean over warm-up, derivation and bug questions; a skipped one is 0",
}
RULES = (
    "no hire: the score is below 45, or two core checks or more fail in every kata",
    "lean no hire: the score is below 62, or any core check fails",
    "strong hire: the score is 88 or more, with no hint beyond the first, each kata within its "
    "budget, and knowledge, if it was asked, at 66 or more",
    "hire: the score is 75 or more, with no hint beyond the second",
    "lean hire: otherwise",
)
UNREACHED = (
    "What was planned and not reached counts once as 0 and once as 100, and the verdict is the "
    "range between."
)
CAVEAT = (
    "A practice signal from checks, clock and hints. It does not see how you communicate, which "
    "people rate beside it, and it predicts nothing."
)


@dataclass(frozen=True)
class Scored:
    """One line of the rubric: its value from 0 to 100, over the share of it that was reached."""

    name: str
    value: float | None
    source: str  # what it was computed from
    planned: bool = True
    reached: float = 1.0

    def bound(self, unknown: float) -> float:
        """Return the value with what was not reached counted as `unknown`."""
        if self.value is None:
            return unknown
        return self.value * self.reached + unknown * (1 - self.reached)


@dataclass(frozen=True)
class Scorecard:
    """The lines, the score as a range, the verdict as a range, and what people rated."""

    lines: tuple[Scored, ...]
    low: float
    high: float
    verdicts: tuple[str, str]
    ratings: dict[str, int | None] = field(default_factory=dict)
    clarified: tuple[int, int] | None = None  # points asked for, of points the tasks leave open
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        low, high = self.verdicts
        return low if low == high else f"{low} to {high}"

    def line(self, name: str) -> Scored:
        """Return a line by its name."""
        return next(line for line in self.lines if line.name == name)


def mean(values: Iterable[float]) -> float:
    """Return the mean of at least one number."""
    listed = list(values)
    return sum(listed) / len(listed)


def scorecard(plan: Plan, events: Sequence[Event]) -> Scorecard:
    """Return the scorecard of an interview."""
    codings = coding_of(plan, events)
    paused = bool(of_kind(events, "pause"))
    lines = (
        _correctness(plan, codings),
        _speed(plan, codings, paused),
        _independence(plan, codings),
        _depth(plan, codings, events),
        _testing(plan, events),
        _knowledge(plan, events),
    )
    low, high = _score(lines, 0.0), _score(lines, 100.0)
    clarified = [data for data in of_kind(events, "compared") if data["asked"] is not None]
    ratings: dict[str, int | None] = {r.name: None for r in RATINGS}
    ratings.update({data["name"]: data["value"] for data in of_kind(events, "rating")})
    return Scorecard(
        lines,
        low,
        high,
        (_verdict(lines, codings, low), _verdict(lines, codings, high)),
        ratings,
        (sum(d["asked"] for d in clarified), sum(d["total"] for d in clarified))
        if clarified
        else None,
        ("It was paused, so speed is not measured.",) if paused else (),
    )


def _correctness(plan: Plan, codings: list[Coding]) -> Scored:
    told = [f"{short(c.kata)} {c.core[0]} of {c.core[1]} core checks" for c in codings]
    values = [100 * c.core[0] / c.core[1] for c in codings]
    return _of_katas("correctness", plan, codings, values, told)


def _of_katas(
    name: str, plan: Plan, codings: list[Coding], values: Sequence[float], told: list[str]
) -> Scored:
    """Return a line that is the mean over the katas that were reached."""
    planned = [phase.kata for phase in plan.phases if phase.kind == "code"]
    if not planned:
        return Scored(name, None, "no kata was planned", planned=False)
    missing = [short(kata) for kata in planned if kata not in {c.kata for c in codings}]
    told += [f"{', '.join(missing)} not reached"] if missing else []
    value = mean(values) if values else None
    return Scored(name, value, ", ".join(told), reached=len(values) / len(planned))


def _speed(plan: Plan, codings: list[Coding], paused: bool) -> Scored:
    if paused:
        return Scored("speed", None, "not measured: the interview was paused", planned=False)
    told = [f"{short(c.kata)} {passed_in(c)}" for c in codings]
    return _of_katas("speed", plan, codings, [speed_of(c) for c in codings], told)


def passed_in(coding: Coding) -> str:
    budget = f"{coding.budget / 60:.0f} minutes"
    if coding.seconds is None:
        return f"not passed in {budget}"
    return f"passed after {coding.seconds / 60:.1f} of {budget}"


def speed_of(coding: Coding) -> float:
    if coding.seconds is None:
        return 0.0
    return max(0.0, min(100.0, 150 - 100 * coding.seconds / coding.budget))


def _independence(plan: Plan, codings: list[Coding]) -> Scored:
    told = [
        f"{short(c.kata)} {f'hint {c.tier}' if c.tier else 'no hint'}, {_runs(c.failed_runs)}"
        for c in codings
    ]
    values = [
        max(0, AFTER_HINT[c.tier] - min(RUNS_COST, RUN_COST * max(0, c.failed_runs - FREE_RUNS)))
        for c in codings
    ]
    return _of_katas("independence", plan, codings, values, told)


def _runs(count: int) -> str:
    return "1 failed run" if count == 1 else f"{count} failed runs"


def _depth(plan: Plan, codings: list[Coding], events: Sequence[Event]) -> Scored:
    planned = [phase for phase in plan.phases if phase.kind in ("code", "follow-ups")]
    if not planned:
        return Scored("depth", None, "neither a kata nor follow-ups were planned", planned=False)
    passed, total = (sum(c.stretch[i] for c in codings) for i in (0, 1))
    found = answers_of(plan, events, "follow-ups")
    scores = [score for _, score in found if score is not None]
    parts, told = [], []
    if total:
        parts.append(passed / total)
        told.append(f"{passed} of {total} stretch checks")
    if scores:
        own = sum(find_question(id).kind == "open" for id, score in found if score is not None)
        parts.append(mean(scores))
        told.append(f"{sum(scores):.1f} of {len(scores)} follow-ups ({own} ticked by yourself)")
    wanted = bool(total) + any(phase.kind == "follow-ups" for phase in planned)
    value = 100 * mean(parts) if parts else None
    told += ["no follow-up was judged"] if len(parts) < wanted and not scores else []
    return Scored(
        "depth", value, ", ".join(told) or "not reached", reached=len(parts) / max(1, wanted)
    )


def _index(plan: Plan, kind: str) -> int | None:
    return next((i for i, phase in enumerate(plan.phases) if phase.kind == kind), None)


def _testing(plan: Plan, events: Sequence[Event]) -> Scored:
    if _index(plan, "test") is None:
        return Scored("testing", None, "no tests were asked for", planned=False)
    found = of_kind(events, "trial")
    if not found:
        return Scored("testing", None, "the part for tests was not reached")
    told, values = [], []
    for data in found:
        total = len(data["caught"]) + len(data["missed"])
        value = 100 * len(data["caught"]) / total - WRONG_TEST_COST * len(data["rejected"])
        values.append(max(0.0, value))
        words = f"{tests_words(data)} {len(data['caught'])} of {total} wrong solutions"
        if data["rejected"]:
            words += f", {len(data['rejected'])} of them fail on a right one"
        told.append(f"{short(data['kata'])} {data['fault'] or words}")
    return Scored("testing", mean(values), ", ".join(told))


def tests_words(trial: dict[str, Any]) -> str:
    """Return "1 test catches" or "2 tests catch"."""
    count = len(trial["tests"])
    return "1 test catches" if count == 1 else f"{count} tests catch"


def _knowledge(plan: Plan, events: Sequence[Event]) -> Scored:
    kinds = ("questions", "derive", "bug")
    planned = sum(len(phase.questions) for phase in plan.phases if phase.kind in kinds)
    if not planned:
        return Scored("knowledge", None, "no questions were planned", planned=False)
    scores = [score for _, score in answers_of(plan, events, *kinds) if score is not None]
    if not scores:
        return Scored("knowledge", None, f"none of {planned} questions was reached")
    told = f"{sum(scores):g} of {len(scores)} right"
    if len(scores) < planned:
        told += f", {planned - len(scores)} not reached"
    return Scored("knowledge", 100 * mean(scores), told, reached=len(scores) / planned)


def _score(lines: Sequence[Scored], unknown: float) -> float:
    planned = [line for line in lines if line.planned]
    total = sum(WEIGHTS[line.name] for line in planned)
    if not total:
        return unknown
    return sum(WEIGHTS[line.name] * line.bound(unknown) for line in planned) / total


def _verdict(lines: Sequence[Scored], codings: list[Coding], score: float) -> str:
    failing = [c.core[1] - c.core[0] for c in codings]
    tier = max((c.tier for c in codings), default=0)
    in_time = all(c.seconds is not None and c.seconds <= c.budget for c in codings)
    knowledge = next(line.value for line in lines if line.name == "knowledge")
    if score < 45 or (failing and min(failing) >= 2):
        return "no hire"
    if score < 62 or any(failing):
        return "lean no hire"
    if score >= 88 and tier <= 1 and in_time and (knowledge is None or knowledge >= 66):
        return "strong hire"
    if score >= 75 and tier <= 2:
        return "hire"
    return "lean hire"
