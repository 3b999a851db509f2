"""What the events of an interview amount to: katas coded, questions answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.content import catalog
from grader.content.questions import by_id
from grader.core.store import Event
from grader.interview.plan import Plan


@dataclass(frozen=True)
class Coding:
    """What became of one kata."""

    kata: str
    status: str
    core: tuple[int, int]  # passed, of
    stretch: tuple[int, int]
    seconds: float | None  # from the beginning of its phase to the first pass
    budget: float
    failed_runs: int
    tier: int


def of_kind(events: Sequence[Event], kind: str) -> list[dict[str, Any]]:
    """Return what the events of a kind say."""
    return [event.data for event in events if event.kind == kind]


def coding_of(plan: Plan, events: Sequence[Event]) -> list[Coding]:
    """Return what became of each kata whose phase was reached."""
    found: list[Coding] = []
    begins = {data["index"]: float(data["at"]) for data in of_kind(events, "phase")}
    for index, phase in enumerate(plan.phases):
        seen = phase.kata in {coding.kata for coding in found}
        if phase.kind != "code" or index not in begins or seen:
            continue
        runs = [run for run in of_kind(events, "run") if run["kata"] == phase.kata]
        passes = [run["at"] for run in runs if run["status"] == "passed"]
        before = [run for run in runs if not passes or run["at"] < passes[0]]
        hints = [data["tier"] for data in of_kind(events, "hint") if data["kata"] == phase.kata]
        checks = runs[-1]["checks"] if runs else []
        found.append(
            Coding(
                phase.kata,
                runs[-1]["status"] if runs else "not run",
                _share(checks, "core", phase.kata),
                _share(checks, "stretch", phase.kata),
                passes[0] - begins[index] if passes else None,
                phase.seconds,
                _failed_texts(before),
                max(hints, default=0),
            )
        )
    return found


def _failed_texts(runs: Sequence[dict[str, Any]]) -> int:
    """Return how many texts failed before the pass; the same text graded again is no new one."""
    texts = [r["source"] for r in runs if r["status"] not in ("stub", "passed") and not r["final"]]
    return sum(index == 0 or text != texts[index - 1] for index, text in enumerate(texts))


def _share(checks: list[dict[str, Any]], level: str, kata: str) -> tuple[int, int]:
    total = sum(c.level == level for c in catalog.read_checks(catalog.find_kata(kata)))
    return sum(c["level"] == level and c["outcome"] == "passed" for c in checks), total


def answers_of(plan: Plan, events: Sequence[Event], *kinds: str) -> list[tuple[str, float | None]]:
    """Return the questions of these phases that were reached, with their scores; a skip is 0."""
    kind = ""
    found: list[tuple[str, float | None]] = []
    for event in events:
        if event.kind == "phase":
            kind = plan.phases[event.data["index"]].kind
        elif kind in kinds and event.kind in ("skip", "answer"):
            found.append((event.data["question"], event.data.get("score", 0.0)))
    return [(id, score) for id, score in found if id in by_id()]  # a newer kit may lack one


def short(kata: str) -> str:
    """Return kata03 for kata03_topo_sort."""
    return kata.split("_", 1)[0]
