"""The learner's own test cases, tried on the solution and on the kata's wrong solutions.

The share of wrong solutions that they catch is the most honest measure of testing there is. They
run in the candidate, behind its wall, together with the text that they test.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Kata, Solution, clip
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.sandbox.protocol import SCRIPT

TAIL = """

__tests = {{"__name__": "tests"}}
exec(compile({text!r}, "tests.py", "exec", dont_inherit=True), __tests)
globals().update({{name: __tests[name] for name in {names!r}}})
"""


@dataclass(frozen=True)
class Trial:
    """What a file of test cases is worth."""

    tests: tuple[str, ...] = ()
    rejected: dict[str, str] = field(default_factory=dict)  # a right solution fails them: why
    caught: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    fault: str = ""  # why nothing could be run

    @property
    def share(self) -> float:
        """The share of wrong solutions that are caught, from 0 to 1."""
        return len(self.caught) / max(1, len(self.caught) + len(self.missed))


def find_tests(text: str) -> tuple[list[str], str]:
    """Return the test functions that a file defines, or the reason why it can't be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return [], f"line {line}: {getattr(error, 'msg', error)}" if line else str(error)
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ], ""


def try_tests(kata: Kata, text: str) -> Trial:
    """Run the tests on the solution, then on every wrong solution that core checks reject."""
    tests, fault = find_tests(text)
    core = {check.id for check in catalog.read_checks(kata) if check.level == "core"}
    mutants = [mutant for mutant in catalog.read_mutants(kata) if mutant.caught_by in core]
    names = tuple(mutant.name for mutant in mutants)
    if fault or not tests:
        return Trial(missed=names, fault=fault or "there is no function called test_...")
    rejected = _failures(kata, catalog.solution_of(kata), text, tests, every=True)
    good = [name for name in tests if name not in rejected]
    if not good:
        return Trial(tuple(tests), rejected, missed=names)

    # one after the other: at its end each candidate takes down every process that is new
    caught = tuple(
        mutant.name
        for mutant in mutants
        if _failures(kata, catalog.mutate(kata, mutant), text, good, every=False)
    )
    return Trial(tuple(tests), rejected, caught, tuple(n for n in names if n not in caught))


def _failures(
    kata: Kata, source: str, text: str, tests: list[str], *, every: bool
) -> dict[str, str]:
    """Return the tests that fail on a text, and why; without `every`, the first of them."""
    whole = Solution(f"{kata.name}.py", (source + TAIL.format(text=text, names=tests)).encode())
    failed: dict[str, str] = {}
    with Attempt(Exercise(kata).submit(whole)) as at:
        try:
            at.load()
        except (Ended, LearnerError) as error:
            return dict.fromkeys(tests, clip(str(error), 300))
        for name in tests:
            try:
                at.ask(SCRIPT, name, code=f"{name}()", inputs={}, reads=[], names=[name])
            except LearnerError as error:
                failed[name] = clip(str(error), 300)
            except (Ended, NotRun) as error:
                failed[name] = clip(getattr(error, "message", "") or "it was not run", 300)
            if failed and not every:
                break
    return failed
