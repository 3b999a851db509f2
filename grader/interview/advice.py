"""What to practise after an interview: the worst first."""

from __future__ import annotations

from dataclasses import dataclass

from grader.content.questions import TOPICS, by_id
from grader.interview.agenda import Plan
from grader.interview.scorecard import CodedKata, coded_katas, passed_in, speed_of
from grader.interview.transcript import Transcript


@dataclass(frozen=True)
class Advice:
    """A kata or a topic to practise next, and why."""

    kind: str  # kata or topic
    name: str
    reason: str


def advise(plan: Plan, told: Transcript, count: int = 3) -> list[Advice]:
    """Return what to practise next: the worst first, then what the interview did not ask."""
    found: list[tuple[float, Advice]] = []
    for c in coded_katas(told):
        reason, weight = _reason(c)
        if reason:
            found.append((weight, Advice("kata", c.kata, reason)))
    missed: dict[str, float] = {}
    for one in told.answers:
        if one.score is not None and one.score < 1:
            topic = by_id()[one.question].topic
            missed[topic] = missed.get(topic, 0.0) + 1 - one.score
    for topic, loss in missed.items():
        reason = f"{loss:.2g} answers missed" if loss != 1 else "an answer missed"
        found.append((loss, Advice("topic", topic, reason)))
    best = [advice for _, advice in sorted(found, key=lambda pair: -pair[0])]
    planned = [by_id().get(id) for phase in plan.phases for id, _ in phase.questions]
    asked = {question.topic for question in planned if question}
    rest = [Advice("topic", topic, "not asked this time") for topic in TOPICS if topic not in asked]
    begin = plan.seed % max(1, len(rest))
    return [*best, *rest[begin:], *rest[:begin]][:count]


def _reason(c: CodedKata) -> tuple[str, float]:
    """Return why a kata should be practised, and how much; nothing if it went well."""
    if c.status != "passed":
        return f"{c.core[0]} of {c.core[1]} core checks passed", 10.0
    if c.tier >= 2:
        return f"passed with hint {c.tier}", 3.0 + c.tier
    if speed_of(c) < 75:
        return f"passed late, {passed_in(c).removeprefix('passed ')}", 2.5
    if c.stretch[0] < c.stretch[1]:
        return f"{c.stretch[1] - c.stretch[0]} follow-up checks left", 0.5
    return "", 0.0
