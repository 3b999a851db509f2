"""The dialogue of a mock interview: what is said, and what a typed line does.

It has no screen and no clock of its own: `accept` takes a line, `tick` is called now and then, and
both return what is to be shown. The full-screen view and the line mode drive the same dialogue.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from grader.content import catalog
from grader.content.questions import open_points
from grader.core.files import read_solution, text_of
from grader.core.model import Kata, KitError, Solution, Verdict
from grader.grading.judge import Options, grade
from grader.interview import own_tests, rubric, tally
from grader.interview.prompts import Prompter
from grader.interview.session import Interview
from grader.quiz import asking, views
from grader.quiz.asking import Asked, Unreadable
from grader.ui.screen import Line, Screen
from grader.ui.verdict import verdict_lines

Grader = Callable[[Kata, Solution], Verdict]
HELP = (
    "Lines that begin with a colon are commands: :next leaves this part, :skip a question, :run "
    "grades, :hint shows a hint at a price, :show the task, :time the time left, "
    ":pause and :continue (with --allow-pause), :end ends the interview, :quit leaves it running."
)


def grade_quietly(kata: Kata, solution: Solution) -> Verdict:
    """Grade a file without naming known mistakes: an interviewer would not."""
    verdict = grade(kata, solution, Options())
    verdict.diagnosis = None
    return verdict


class Conductor(Prompter):
    """Leads through the phases of an interview."""

    def __init__(
        self, interview: Interview, screen: Screen, grader: Grader = grade_quietly
    ) -> None:
        super().__init__(interview, screen)
        self.grader = grader
        self.quit = False
        self.runs = 0
        self.text: bytes | None = None  # of the file, when it was last looked at

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.quit or bool(self.state.ended)

    def begin_phase(self) -> list[Line]:
        """Return what the phase begins with, or go on to the next one if nothing is left in it."""
        if self.is_exhausted():
            return self._next_phase()
        if self.interview.phase.kind == "code":
            kata = self.interview.phase.kata
            self.text = self.state.sources.get(kata, catalog.stub_of(self.kata())).encode()
        return super().opening()

    def opening(self) -> list[Line]:
        """Return what the interview begins with, or goes on with."""
        return self.begin_phase()

    def _go_on(self) -> list[Line]:
        """Return the next question or rating of the phase, or leave it."""
        return self._next_phase() if self.is_exhausted() else self.body()

    # A typed line.

    COMMANDS: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("next", "n"), "_command_next"),
        **dict.fromkeys(("skip", "s"), "_command_skip"),
        **dict.fromkeys(("run", "r"), "_command_run"),
        **dict.fromkeys(("hint", "h"), "_command_hint"),
        "show": "_command_show",
        "time": "_command_time",
        "pause": "_command_pause",
        "continue": "_command_continue",
        "end": "_command_end",
        "quit": "_command_quit",
        "help": "_command_help",
    }

    def accept(self, text: str) -> list[Line]:
        """Take a typed line and return what is to be shown."""
        phase, runs = self.state.phase, self.runs
        lines = self.tick()
        if self.over:
            return lines
        word = text.strip()
        if self.state.phase != phase:  # it was meant for the part that is over
            late = f"{word!r} came after the time of its part, and was not taken."
            return [*lines, *self.say(late)] if word else lines
        if self.runs > runs and word in ("", ":run", ":r"):
            return lines  # the save that it is about has just been graded
        if word.startswith(":"):
            name = self.COMMANDS.get(word[1:].lower())
            if name is None:
                return [*lines, *self.say(f"There is no command {word!r}."), *self.say(HELP)]
            if self.interview.watch.paused and name not in ("_command_continue", "_command_quit"):
                return [*lines, *self.say("The interview is paused; :continue goes on.")]
            return [*lines, *getattr(self, name)()]
        if self.interview.watch.paused:
            return [*lines, *self.say("The interview is paused; :continue goes on.")]
        return [*lines, *getattr(self, f"_line_{self.kind()}")(text)]

    def _line_asking(self, text: str) -> list[Line]:
        asked = self.asked
        assert asked is not None  # or the part would be over
        if asked.kind == "open":
            return self._line_of_open(asked, text)
        if not text.strip():
            return self.say(f"Answer with {asked.takes()}, or :skip.")
        try:
            found = asking.judge(asked, text, run=False)
        except Unreadable as error:
            return self.say(str(error))
        self._record_answer(asked, text, found.score)
        return [*self.say("Noted.", "dim"), *self._go_on()]

    def _line_of_open(self, asked: Asked, text: str) -> list[Line]:
        if self.state.given is None:
            if text.strip():
                self.interview.record("line", text=text)
                return []
            self.interview.record("given", text="\n".join(self.state.pending))
            lines = views.model_answer(self.screen, asked)
            return [*lines, *self.say("Write their numbers, 'all', or 'none'.", "dim")]
        try:
            found = asking.judge_points(asked, text)
        except Unreadable as error:
            return self.say(str(error))
        self._record_answer(asked, self.state.given, found.score, ticked=text.strip())
        return [*self.say("Noted.", "dim"), *self._go_on()]

    def _record_answer(self, asked: Asked, text: str, score: float | None, **more: str) -> None:
        id, seed = asked.question.id, asked.seed
        self.interview.record("answer", question=id, seed=seed, text=text, score=score, **more)

    def _line_clarify(self, text: str) -> list[Line]:
        if not text.strip():
            return []
        self.interview.record("note", kata=self.interview.phase.kata, text=text.strip())
        return self.say("Noted.", "dim")

    def _line_test(self, text: str) -> list[Line]:
        return self._command_run() if not text.strip() else self.say(HELP)

    def _line_code(self, text: str) -> list[Line]:
        return self._line_test(text)

    def _line_wrap_up(self, text: str) -> list[Line]:
        if kata := self.to_compare():
            return self._compare(kata, text)
        if text.strip() not in ("1", "2", "3", "4"):
            return self.say(f"{text.strip()!r} is no rating: write 1, 2, 3 or 4, or :skip.")
        rating = rubric.RATINGS[self.state.rated]
        self.interview.record("rating", name=rating.name, value=int(text))
        return self._go_on()

    def _compare(self, kata: str, text: str) -> list[Line]:
        points = open_points(kata)
        try:
            count = asking.count_ticks(text, len(points))
        except Unreadable as error:
            return self.say(str(error))
        self.interview.record("compared", kata=kata, asked=count, total=len(points))
        return self._go_on()

    # Commands.

    def _command_help(self) -> list[Line]:
        return self.say(HELP)

    def _command_next(self) -> list[Line]:
        while asked := self.asked:  # what is left out on purpose counts as skipped
            self._record_skip(asked)
        return self._next_phase()

    def _record_skip(self, asked: Asked) -> None:
        self.interview.record("skip", question=asked.question.id, seed=asked.seed)

    def _command_skip(self) -> list[Line]:
        kind = self.kind()
        if asked := self.asked:
            self._record_skip(asked)
            return self._go_on()
        if kind == "wrap_up":
            if kata := self.to_compare():
                self.interview.record("compared", kata=kata, asked=None, total=0)
            else:
                name = rubric.RATINGS[self.state.rated].name
                self.interview.record("rating", name=name, value=None)
            return self._go_on()
        return self._next_phase()

    def _command_run(self) -> list[Line]:
        if self.interview.phase.kind == "code":
            return self.run()
        if self.interview.phase.kind == "test":
            return self._look_at_tests()
        return self.say("There is nothing to grade in this part.")

    def _command_hint(self) -> list[Line]:
        if self.interview.phase.kind != "code":
            return self.say("Hints belong to the coding part.")
        kata = self.kata()
        tier = min(self.state.tiers.get(kata.name, 0) + 1, len(catalog.TIERS))
        self.interview.record("hint", kata=kata.name, tier=tier)
        text = catalog.read_hints(kata)[catalog.TIERS[tier - 1]]
        price = f"Independence is {rubric.AFTER_HINT[tier]} of 100 at the most now."
        if tier < len(catalog.TIERS):
            price += f" {self.price_of_next()}"
        return [
            *self.say(catalog.TIERS[tier - 1], "bold"),
            *self.screen.block(text, 2),
            *self.say(price, "dim"),
        ]

    def _command_show(self) -> list[Line]:
        return self.task() if self.kind() == "code" else self.opening()

    def _command_time(self) -> list[Line]:
        phase, whole = self.interview.left_in_phase(), self.interview.left()
        return self.say(f"{clock_face(phase)} for this part, {clock_face(whole)} in all.")

    def _command_pause(self) -> list[Line]:
        if not self.interview.plan.allow_pause:
            return self.say("An interview can't be paused, unless it began with --allow-pause.")
        self.interview.watch.pause()
        self.interview.record("pause")
        return self.say("Paused. It is recorded, and the report says so. :continue goes on.")

    def _command_continue(self) -> list[Line]:
        if not self.interview.watch.paused:
            return self.say("The interview is not paused.")
        self.interview.record("continue")
        self.interview.watch.go_on()
        return self.opening()

    def _command_end(self) -> list[Line]:
        return [*self._leave(), *self._finish("stopped")]

    def _command_quit(self) -> list[Line]:
        self.quit = True
        return self.say("The clock runs on. 'python -m grader interview --resume' goes on.")

    # Time, and files that change.

    def tick(self) -> list[Line]:
        """Do what time or a save makes due: warnings, the next phase, a new verdict."""
        if self.over or self.interview.watch.paused:
            return []
        lines = [
            line
            for text in [self.interview.warning_due()]
            if text
            for line in self.say(text, "bold yellow")
        ]
        if self.interview.left() <= 0:
            return [
                *lines,
                *self.say("The time is over.", "bold"),
                *self._leave(),
                *self._finish("time"),
            ]
        if self.interview.left_in_phase() <= 0:
            over = f"The time for this part is over ({self.interview.phase.title})."
            return [*lines, *self.say(over, "bold"), *self._next_phase()]
        return [*lines, *self._look_at_file()]

    def _look_at_file(self) -> list[Line]:
        if self.interview.phase.kind != "code" or self.interview.plan.strict:
            return []
        try:
            text = self._path().read_bytes()
        except OSError:
            return []
        return self.run() if text != self.text else []

    def _path(self) -> Path:
        return self.interview.file_of(self.interview.phase.kata)

    def run(self, final: bool = False) -> list[Line]:
        """Grade the file of the phase as it stands, and remember the run."""
        kata, path = self.kata(), self._path()
        try:
            solution = read_solution(str(path))
        except KitError as error:
            if final:
                self._record_run(
                    kata, Verdict(kata.name, str(path), "crashed", str(error)), "", final
                )
            return self.say(str(error))
        self.text = solution.source
        self.runs += 1
        verdict = self.grader(kata, solution)
        self._record_run(kata, verdict, text_of(solution.source), final)
        lines = [[], *verdict_lines(self.screen, kata, verdict, guide=False)]
        if verdict.passed and not final:
            lines += self.say("All core checks pass. :next goes on.", "green")
        return lines

    def _record_run(self, kata: Kata, verdict: Verdict, source: str, final: bool) -> None:
        checks = [
            {"title": check.source.title, "level": check.source.level, "outcome": check.outcome}
            for check in verdict.checks
        ]
        self.interview.record(
            "run",
            kata=kata.name,
            status=verdict.status,
            message=verdict.message,
            checks=checks,
            source=source,
            final=final,
        )

    def _look_at_tests(self) -> list[Line]:
        tests, fault = own_tests.find_tests(self._tests_text())
        if fault:
            return self.say(f"The tests can't be read: {fault}.")
        return self.say(f"{len(tests)} test functions. They are scored at the end; :next goes on.")

    def _tests_text(self) -> str:
        path = self.interview.tests_of(self.interview.phase.kata)
        return catalog.text_of_file(path)

    def _leave(self) -> list[Line]:
        """Take what a phase leaves behind: the file as it stands, tests, an answer half written."""
        kind, kata = self.interview.phase.kind, self.interview.phase.kata
        if kind == "test":
            self.interview.record("tests", kata=kata, source=self._tests_text())
        if kind == "code" and not self._is_graded():
            return self.run(final=True)
        if (asked := self.asked) and (self.state.pending or self.state.given is not None):
            text = self.state.given or "\n".join(self.state.pending)
            self._record_answer(asked, text, None)
        return []

    def _is_graded(self) -> bool:
        """Whether the file was graded as it stands."""
        last = self.state.sources.get(self.interview.phase.kata)
        there = self._path().is_file()
        return there and last is not None and catalog.text_of_file(self._path()) == last

    def _next_phase(self) -> list[Line]:
        """Leave the phase, and begin the next one whose time is not over already."""
        lines = self._leave()
        phases = self.interview.plan.phases
        if self.state.phase + 1 >= len(phases):
            return [*lines, *self._finish("finished")]
        self.interview.record("phase", index=self.state.phase + 1)
        if self.interview.left_in_phase() <= 0:
            return [*lines, *self._next_phase()]
        return [*lines, *self.begin_phase()]

    def _finish(self, reason: str) -> list[Line]:
        """Score the learner's tests and end the interview."""
        events = self.interview.store.events(self.interview.id)
        scored = {data["kata"] for data in tally.of_kind(events, "trial")}
        written = {data["kata"]: data["source"] for data in tally.of_kind(events, "tests")}
        for kata, source in written.items():
            if kata not in scored:
                self._score_tests(kata, source)
        self.interview.end(reason)
        return self.say("The interview is over.", "bold")

    def _score_tests(self, kata: str, source: str) -> None:
        found = own_tests.try_tests(catalog.find_kata(kata), source)
        self.interview.record(
            "trial",
            kata=kata,
            tests=list(found.tests),
            rejected=found.rejected,
            caught=list(found.caught),
            missed=list(found.missed),
            fault=found.fault,
        )


def clock_face(seconds: float) -> str:
    """Return a time left as a clock shows it."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
