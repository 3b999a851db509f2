"""The kinds of phases. A new one is a class in a module of its own and a line in this table."""

from __future__ import annotations

from grader.interview.phases.asking import BugHunt, Derivation, FollowUps, WarmUp
from grader.interview.phases.clarifying import Clarifying
from grader.interview.phases.coding import Coding
from grader.interview.phases.part import Part
from grader.interview.phases.testing import Testing
from grader.interview.phases.wrapping_up import WrappingUp

PARTS: dict[str, type[Part]] = {
    "questions": WarmUp,
    "clarify": Clarifying,
    "derive": Derivation,
    "test": Testing,
    "code": Coding,
    "bug": BugHunt,
    "follow-ups": FollowUps,
    "wrap-up": WrappingUp,
}


def kinds_for(line: str) -> list[str]:
    """Return the kinds of phases that a line of the scorecard is computed from."""
    return [kind for kind, part in PARTS.items() if line in part.counts_for]
