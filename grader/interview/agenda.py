"""The plan of an interview: its phases, their budgets, and what each of them is about."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Phase:
    """A part of the interview; `ends` is its planned end, in seconds from the beginning.

    A phase that is left early begins the next one early and moves no planned end.
    """

    kind: str
    seconds: float
    ends: float
    kata: str = ""
    questions: tuple[tuple[str, int], ...] = ()  # ids, and the seeds to sample them with


@dataclass(frozen=True)
class Plan:
    """An interview before it begins."""

    name: str
    title: str
    seed: int
    phases: tuple[Phase, ...]
    strict: bool = False
    allow_pause: bool = False
    interviewer: bool = False

    @property
    def seconds(self) -> float:
        """The planned length of the whole."""
        return self.phases[-1].ends

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def plan_from_json(said: dict[str, Any]) -> Plan:
    """Return the plan that was stored."""
    phases = tuple(
        Phase(**{**phase, "questions": tuple((id, seed) for id, seed in phase["questions"])})
        for phase in said["phases"]
    )
    return Plan(**{**said, "phases": phases})
