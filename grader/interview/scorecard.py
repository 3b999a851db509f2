"""The scorecard of an interview: lines computed from what happened, the score, the verdict.

What was not measured is not scored: a line without data has no value, a planned part that was not
reached widens the verdict to a range, and what people rate themselves is shown beside, never added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.content import catalog
from grader.interview import rubric
from grader.interview.agenda import Phase, Plan
from grader.interview.events import FileGraded, Moment, OwnTestsScored
from grader.interview.phases.kinds import PARTS, kinds_for
from grader.interview.transcript import Stay, Transcript, short


@dataclass(frozen=True)
class CodedKata:
    """What became of one kata."""

    kata: str
    status: str
    core: tuple[int, int]  # passed, of
    stretch: tuple[int, int]
    seconds: float | None  # from the beginning of its phase to the first pass
    budget: float
    failed_runs: int
    tier: int
    written: bool = True  # anything at all, in place of the stub


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


def scorecard(plan: Plan, told: Transcript) -> Scorecard:
    """Return the scorecard of an interview."""
    coded = coded_katas(told)
    lines = (
        _correctness(plan, coded),
        _speed(plan, coded, told.paused),
        _independence(plan, coded),
        _depth(plan, coded, told),
        _testing(plan, told),
        _knowledge(plan, told),
    )
    low, high = _score(lines, 0.0), _score(lines, 100.0)
    return Scorecard(
        lines,
        low,
        high,
        (verdict_of(lines, coded, low), verdict_of(lines, coded, high)),
        {rating.name: told.ratings.get(rating.name) for rating in rubric.RATINGS},
        told.clarified,
        ("It was paused, so speed is not measured.",) if told.paused else (),
    )


def coded_katas(told: Transcript) -> list[CodedKata]:
    """Return what became of each kata whose phase was reached."""
    found: dict[str, CodedKata] = {}
    for stay in told.stays:
        if stay.kind in kinds_for("correctness") and stay.kata not in found:
            runs = [run for run in told.runs if run.what.kata == stay.kata]
            found[stay.kata] = _coded(stay, runs, told.tiers.get(stay.kata, 0))
    return list(found.values())


def _coded(stay: Stay, runs: Sequence[Moment[FileGraded]], tier: int) -> CodedKata:
    passes = [run.at for run in runs if run.what.status == "passed"]
    before = [run.what for run in runs if not passes or run.at < passes[0]]
    last = runs[-1].what if runs else None
    return CodedKata(
        stay.kata,
        last.status if last else "not run",
        _passed(last, "core", stay.kata),
        _passed(last, "stretch", stay.kata),
        passes[0] - stay.began if passes else None,
        stay.budget,
        _failed_texts(before),
        tier,
        any(run.what.status != "stub" and run.what.source.strip() for run in runs),
    )


def _failed_texts(runs: Sequence[FileGraded]) -> int:
    """Return how many texts failed before the pass; the same text graded again is no new one."""
    texts = [r.source for r in runs if r.status not in ("stub", "passed") and not r.final]
    return sum(index == 0 or text != texts[index - 1] for index, text in enumerate(texts))


def _passed(run: FileGraded | None, level: str, kata: str) -> tuple[int, int]:
    """Return how many checks of a level passed, of how many there were when the file was graded."""
    asked = run.checks if run and run.checks else catalog.read_checks(catalog.find_kata(kata))
    checks = run.checks if run else ()
    passed = sum(c.level == level and c.outcome == "passed" for c in checks)
    return passed, sum(c.level == level for c in asked)


def _planned(plan: Plan, line: str) -> list[Phase]:
    """Return the phases that a line is computed from."""
    kinds = kinds_for(line)
    return [phase for phase in plan.phases if phase.kind in kinds]


def _correctness(plan: Plan, coded: list[CodedKata]) -> Scored:
    told = [f"{short(c.kata)} {c.core[0]} of {c.core[1]} core checks" for c in coded]
    values = [100 * c.core[0] / c.core[1] for c in coded]
    return _of_katas("correctness", plan, coded, values, told)


def _of_katas(
    name: str, plan: Plan, coded: list[CodedKata], values: Sequence[float], told: list[str]
) -> Scored:
    """Return a line that is the mean over the katas that were reached."""
    planned = [phase.kata for phase in _planned(plan, name)]
    if not planned:
        return Scored(name, None, "no kata was planned", planned=False)
    missing = [short(kata) for kata in planned if kata not in {c.kata for c in coded}]
    told += [f"{', '.join(missing)} not reached"] if missing else []
    value = mean(values) if values else None
    return Scored(name, value, ", ".join(told), reached=len(values) / len(planned))


def _speed(plan: Plan, coded: list[CodedKata], paused: bool) -> Scored:
    if paused:
        return Scored("speed", None, "not measured: the interview was paused", planned=False)
    told = [f"{short(c.kata)} {passed_in(c)}" for c in coded]
    return _of_katas("speed", plan, coded, [speed_of(c) for c in coded], told)


def passed_in(one: CodedKata) -> str:
    budget = f"{one.budget / 60:.0f} minutes"
    if one.seconds is None:
        return f"not passed in {budget}"
    return f"passed after {one.seconds / 60:.1f} of {budget}"


def speed_of(one: CodedKata) -> float:
    return 0.0 if one.seconds is None else rubric.speed_at(one.seconds / one.budget)


def _independence(plan: Plan, coded: list[CodedKata]) -> Scored:
    told = [f"{short(c.kata)} {_helped(c)}" for c in coded]
    values = [rubric.independence_after(c.tier, c.failed_runs) if c.written else 0.0 for c in coded]
    return _of_katas("independence", plan, coded, values, told)


def _helped(one: CodedKata) -> str:
    if not one.written:
        return "nothing written"
    return f"{f'hint {one.tier}' if one.tier else 'no hint'}, {_runs(one.failed_runs)}"


def _runs(count: int) -> str:
    return "1 failed run" if count == 1 else f"{count} failed runs"


def _depth(plan: Plan, coded: list[CodedKata], told: Transcript) -> Scored:
    planned = _planned(plan, "depth")
    if not planned:
        return Scored("depth", None, "neither a kata nor follow-ups were planned", planned=False)
    passed, total = (sum(c.stretch[i] for c in coded) for i in (0, 1))
    found = told.judged(kinds_for("depth"))
    scores = [score for _, score in found]
    parts, words = [], []
    if total:
        parts.append(passed / total)
        words.append(f"{passed} of {total} stretch checks")
    if scores:
        own = sum(one.asked.kind == "open" for one, _ in found)
        parts.append(mean(scores))
        words.append(f"{sum(scores):.1f} of {len(scores)} follow-ups ({own} ticked by yourself)")
    wanted = bool(total) + any(PARTS[phase.kind].asks for phase in planned)
    value = 100 * mean(parts) if parts else None
    words += ["no follow-up was judged"] if len(parts) < wanted and not scores else []
    source = ", ".join(words) or "not reached"
    return Scored("depth", value, source, reached=len(parts) / max(1, wanted))


def _testing(plan: Plan, told: Transcript) -> Scored:
    if not _planned(plan, "testing"):
        return Scored("testing", None, "no tests were asked for", planned=False)
    katas = {**told.tests, **told.tests_scored}
    if not katas:
        return Scored("testing", None, "the part for tests was not reached")
    scored = [told.tests_scored.get(kata) for kata in katas]
    values = [_tests_value(one) for one in scored if one and one.total]
    words = [
        f"{short(kata)} {_tests_told(one) if one else 'tests were not scored'}"
        for kata, one in zip(katas, scored, strict=True)
    ]
    return Scored("testing", mean(values) if values else None, ", ".join(words))


def _tests_value(one: OwnTestsScored) -> float:
    caught = 100 * len(one.caught) / one.total
    return max(0.0, caught - rubric.WRONG_TEST_COST * len(one.rejected))


def _tests_told(one: OwnTestsScored) -> str:
    if one.fault:
        return one.fault
    words = f"{tests_words(one)} {len(one.caught)} of {one.total} wrong solutions"
    return words + f", {len(one.rejected)} of them fail on a right one" * bool(one.rejected)


def tests_words(one: OwnTestsScored) -> str:
    """Return "1 test catches" or "2 tests catch"."""
    count = len(one.tests)
    return "1 test catches" if count == 1 else f"{count} tests catch"


def _knowledge(plan: Plan, told: Transcript) -> Scored:
    planned = sum(len(phase.questions) for phase in _planned(plan, "knowledge"))
    if not planned:
        return Scored("knowledge", None, "no questions were planned", planned=False)
    scores = [score for _, score in told.judged(kinds_for("knowledge"))]
    if not scores:
        return Scored("knowledge", None, f"none of {planned} questions was reached")
    words = f"{sum(scores):g} of {len(scores)} right"
    if len(scores) < planned:
        words += f", {planned - len(scores)} not reached"
    return Scored("knowledge", 100 * mean(scores), words, reached=len(scores) / planned)


def _score(lines: Sequence[Scored], unknown: float) -> float:
    planned = [line for line in lines if line.planned]
    total = sum(rubric.WEIGHTS[line.name] for line in planned)
    if not total:
        return unknown
    return sum(rubric.WEIGHTS[line.name] * line.bound(unknown) for line in planned) / total


def verdict_of(lines: Sequence[Scored], coded: list[CodedKata], score: float) -> str:
    """Return the verdict on a score."""
    return rubric.verdict_for(
        rubric.Facts(
            score,
            [c.core[1] - c.core[0] for c in coded],
            max((c.tier for c in coded), default=0),
            all(c.seconds is not None and c.seconds <= c.budget for c in coded),
            next(line.value for line in lines if line.name == "knowledge"),
        )
    )
