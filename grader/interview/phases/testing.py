"""The phase in which the learner writes test cases, before the code."""

from __future__ import annotations

from pathlib import Path

from grader.content import catalog
from grader.interview import own_tests
from grader.interview.events import OwnTestsTaken
from grader.interview.phases.part import HELP, Part
from grader.interview.state import Interview
from grader.ui.screen import Line, short_path


class Testing(Part):
    """Test cases of the learner's own; they are scored when the interview is over."""

    title = "Write tests"
    about_kata = True
    counts_for = ("testing",)

    @classmethod
    def files(cls, interview: Interview, kata: str) -> dict[Path, str]:
        """Return the file in which the test cases go."""
        return {interview.tests_of(kata): test_text(kata)}

    @property
    def file(self) -> Path:
        """The file in which the test cases go."""
        return self.interview.tests_of(self.phase.kata)

    def body(self) -> list[Line]:
        """Return the task, and where the tests go."""
        return [
            *self.task(),
            *self.say(f"Write your own test cases in {short_path(str(self.file))}, then :next."),
            *self.say("They count by the wrong solutions that they catch.", "dim"),
        ]

    def take(self, text: str) -> list[Line]:
        """Look at the tests for an empty line."""
        return self.say(HELP) if text.strip() else self.run()

    def run(self) -> list[Line]:
        """Say how many tests there are, or why they can't be read."""
        tests, fault = own_tests.find_tests(catalog.text_of_file(self.file))
        if fault:
            return self.say(f"The tests can't be read: {fault}.")
        return self.say(f"{len(tests)} test functions. They are scored at the end; :next goes on.")

    def leave(self) -> list[Line]:
        """Take the tests as they stand."""
        self.interview.record(OwnTestsTaken(self.phase.kata, catalog.text_of_file(self.file)))
        return []


def test_text(name: str) -> str:
    """Return the file in which the learner's own test cases go."""
    kata = catalog.find_kata(name)
    needed = "from reference.engine import Value\n" if "reference.engine" in kata.allow else ""
    return (
        f'"""Your test cases for {kata.short}: functions called test_..., with plain asserts.\n\n'
        "They are run on a right solution, which must pass, and on wrong ones, which should not.\n"
        'Besides the import below, the standard library is all they can use.\n"""\n\n'
        f"{needed}from {kata.name} import {', '.join(kata.names)}\n"
    )
