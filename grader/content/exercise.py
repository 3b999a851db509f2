"""A kata with all that the bank holds of it, each piece read once, when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.content import catalog
from grader.core.model import CheckSource, Kata, Mutant, Solution, Submission


@dataclass(frozen=True)
class Exercise:
    """What grading, diagnosis and the author tools ask of one kata."""

    kata: Kata

    @cached_property
    def checks(self) -> tuple[CheckSource, ...]:
        """The checks that the source declares, core before stretch."""
        return catalog.read_checks(self.kata)

    @property
    def checks_path(self) -> Path:
        return self.kata.folder / "checks.py"

    @property
    def solution_path(self) -> Path:
        return self.kata.folder / "solution.py"

    @cached_property
    def solution(self) -> str:
        """The text of the solution."""
        return catalog.solution_of(self.kata)

    @cached_property
    def allowed(self) -> dict[str, str]:
        """The text of each module of the kit that a file may import."""
        return catalog.allowed_sources(self.kata)

    @cached_property
    def mutants(self) -> tuple[Mutant, ...]:
        """The bank of wrong solutions."""
        return tuple(catalog.read_mutants(self.kata))

    @cached_property
    def core_mutants(self) -> tuple[Mutant, ...]:
        """The wrong solutions that a core check rejects."""
        core = {check.id for check in self.checks if check.level == "core"}
        return tuple(mutant for mutant in self.mutants if mutant.caught_by in core)

    def mutated(self, mutant: Mutant) -> str:
        """Return the solution with the mutant's edit."""
        return catalog.mutate(self.kata, mutant)

    def is_stub(self, solution: Solution) -> bool:
        """Whether nothing is written in a file yet."""
        return catalog.is_stub(self.kata, solution.source)

    def submit(self, solution: Solution) -> Submission:
        """Return a file ready to be judged."""
        return Submission(self.kata, solution, self.allowed)

    def submit_text(self, text: str, path: str = "solution.py") -> Submission:
        """Return a text of the kit's own ready to be judged."""
        return self.submit(Solution(path, text.encode()))
