"""The learner's own test cases, tried on the solution and on the kata's wrong solutions.

The share of wrong solutions that they catch is the most honest measure of testing there is. They
are a candidate's file, behind its wall; what they test is a module whose text they can't see.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.content.exercise import Exercise
from grader.core.files import bytes_of
from grader.core.model import Kata, Solution, Submission, clip
from grader.interview.events import OwnTestsScored
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import Ended, LearnerError
from grader.sandbox.protocol import SCRIPT


def find_tests(text: str) -> tuple[list[str], str]:
    """Return the test functions that a file defines, or the reason why it can't be read."""
    try:
        tree = ast.parse(text)
    except (RecursionError, MemoryError):  # what the parser says of brackets in brackets
        return [], "it is nested too deeply"
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return [], f"line {line}: {getattr(error, 'msg', error)}" if line else str(error)
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ], ""


def score_tests(kata: Kata, text: str) -> OwnTestsScored:
    """Run the tests on the solution, then on every wrong solution that core checks reject."""
    tests, fault = find_tests(text)
    exercise = Exercise(kata)
    names = tuple(mutant.name for mutant in exercise.core_mutants)
    if fault or not tests:
        return unscored(kata.name, fault or "there is no function called test_...", names)
    rejected = _failures(exercise, exercise.solution, text, tests, every=True)
    good = [name for name in tests if name not in rejected]
    caught = tuple(
        mutant.name
        for mutant in exercise.core_mutants
        if good and _failures(exercise, exercise.mutated(mutant), text, good, every=False)
    )
    missed = tuple(name for name in names if name not in caught)
    return OwnTestsScored(kata.name, tuple(tests), rejected, caught, missed, "")


def unscored(kata: str, fault: str, missed: tuple[str, ...] = ()) -> OwnTestsScored:
    """Return why tests have no score."""
    return OwnTestsScored(kata, (), {}, (), missed, fault)


def _failures(
    exercise: Exercise, source: str, text: str, tests: list[str], *, every: bool
) -> dict[str, str]:
    """Return the tests that fail on a text, and why; without `every`, the first of them.

    They share a candidate, which takes a while to start, until one of them ends it: that one is
    tried again alone, and those after it go on in another, so none pays for the time of others.
    """
    submission = _submit(exercise, source, text, tests)
    failed: dict[str, str] = {}
    left = tests
    while left and (every or not failed):
        with Attempt(submission) as attempt:
            try:
                attempt.load()
            except (Ended, LearnerError) as error:
                return {**failed, **dict.fromkeys(left, clip(str(error), 300))}
            left = _go_through(attempt, left, failed, every=every)
    return failed


def _submit(exercise: Exercise, source: str, text: str, tests: list[str]) -> Submission:
    """Return tests as a file, and what they test as a module that this file may import."""
    kata = exercise.kata
    allowed = {**exercise.allowed, kata.name: source}
    tester = replace(kata, entry=tuple(tests))
    return Submission(tester, Solution("tests.py", bytes_of(text)), allowed, module="tests")


def _go_through(
    attempt: Attempt, tests: list[str], failed: dict[str, str], *, every: bool
) -> list[str]:
    """Run tests in one candidate, note those that fail, and return those that need another."""
    for place, name in enumerate(tests):
        try:
            attempt.ask(SCRIPT, name, code=f"{name}()", inputs={}, reads=[], names=[name])
        except LearnerError as error:
            failed[name] = clip(str(error), 300)
        except Ended as ended:
            if place:
                return tests[place:]
            failed[name] = clip(ended.message, 300)
            return tests[1:]
        if failed and not every:
            break
    return []
