"""The dialogue of a mock interview: the clock, the way from phase to phase, the commands.

It has no screen and no clock of its own: `accept` takes a line, `tick` is called now and then, and
both return what is to be shown. The full-screen view and the line mode drive the same dialogue.
What a phase says and does is its own affair (`phases`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from grader.content import catalog
from grader.core.model import Kata, KitError, Solution, Verdict
from grader.grading.judge import Options, grade
from grader.interview import own_tests
from grader.interview.events import InterviewContinued, InterviewPaused, PhaseBegun
from grader.interview.phases.kinds import PARTS
from grader.interview.phases.part import HELP, Grader, Part, Room
from grader.interview.state import Interview, State
from grader.interview.transcript import read_transcript
from grader.ui.screen import Line, Screen

GOES_ON = "'python -m grader interview --resume' goes on."


def grade_quietly(kata: Kata, solution: Solution) -> Verdict:
    """Grade a file without naming known mistakes: an interviewer would not."""
    verdict = grade(kata, solution, Options())
    verdict.diagnosis = None
    return verdict


class Conductor:
    """Leads through the phases of an interview."""

    def __init__(
        self, interview: Interview, screen: Screen, grader: Grader = grade_quietly
    ) -> None:
        self.interview = interview
        self.room = Room(interview, screen, grader)
        self.part = self._part()
        self.quit = False
        # These words change the clock or end the interview, so they work while it is paused.
        self.always: dict[str, Callable[[], list[Line]]] = {
            "continue": self._continue,
            "end": self._end,
            "quit": self._quit,
        }
        self.commands: dict[str, Callable[[], list[Line]]] = {
            **dict.fromkeys(("next", "n"), self._next),
            **dict.fromkeys(("skip", "s"), lambda: self.part.skip()),
            **dict.fromkeys(("run", "r"), lambda: self.part.run()),
            **dict.fromkeys(("hint", "h"), lambda: self.part.hint()),
            "show": lambda: self.part.show(),
            "time": self._time,
            "pause": self._pause,
            "help": lambda: self.say(HELP),
        }

    def _part(self) -> Part:
        """Return the phase that the clock is in, as it is held."""
        return PARTS[self.interview.phase.kind](self.room)

    @property
    def state(self) -> State:
        """Where the interview is."""
        return self.interview.state

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.quit or bool(self.state.ended)

    def say(self, text: str, style: str = "") -> list[Line]:
        """Return a sentence as lines."""
        return self.room.say(text, style)

    @property
    def clock_words(self) -> str:
        """What the clock of an interview does that is left."""
        return "The interview stays paused" if self.interview.watch.paused else "The clock runs on"

    def opening(self) -> list[Line]:
        """Return what the interview begins with, or goes on with."""
        return self._next_phase() if self.part.is_over() else self.part.opening()

    # A typed line.

    def accept(self, text: str) -> list[Line]:
        """Take a typed line and return what is to be shown."""
        part, runs = self.part, self.part.runs
        lines = self.tick()
        if self.over:
            return lines
        word = text.strip()
        if self.part is not part:  # it was meant for the part that is over
            late = f"{word!r} came after the time of its part, and was not taken."
            return [*lines, *self.say(late)] if word else lines
        if part.runs > runs and word in ("", ":run", ":r"):
            return lines  # the save that it is about has just been graded
        return [*lines, *self._obey(word, text)]

    def _obey(self, word: str, text: str) -> list[Line]:
        part, name = self.part, word[1:].lower()
        act: Callable[[], list[Line]]
        if not word.startswith(":"):
            act = partial(part.take, text)
        elif name in self.always:
            return self.always[name]()
        elif name in self.commands:
            act = self.commands[name]
        else:
            return [*self.say(f"There is no command {word!r}."), *self.say(HELP)]
        if self.interview.watch.paused:
            return self.say("The interview is paused; :continue goes on.")
        lines = act()
        if self.part is part and not self.over and part.is_over():
            return [*lines, *self._next_phase()]
        return lines

    def _next(self) -> list[Line]:
        return [*self.part.skip_rest(), *self._next_phase()]

    def _time(self) -> list[Line]:
        phase, whole = self.interview.left_in_phase(), self.interview.left()
        return self.say(f"{clock_face(phase)} for this part, {clock_face(whole)} in all.")

    def _pause(self) -> list[Line]:
        if not self.interview.plan.allow_pause:
            return self.say("An interview can't be paused, unless it began with --allow-pause.")
        self.interview.watch.pause()
        self.interview.record(InterviewPaused())
        return self.say("Paused. It is recorded, and the report says so. :continue goes on.")

    def _continue(self) -> list[Line]:
        if not self.interview.watch.paused:
            return self.say("The interview is not paused.")
        self.interview.record(InterviewContinued())
        self.interview.watch.go_on()
        return self.part.opening()

    def _end(self) -> list[Line]:
        return [*self.part.leave(), *self._finish("stopped")]

    def _quit(self) -> list[Line]:
        self.quit = True
        return self.say(f"{self.clock_words}. {GOES_ON}")

    # Time, and the way from phase to phase.

    def tick(self) -> list[Line]:
        """Do what time or a save makes due: warnings, the next phase, a new verdict."""
        if self.over or self.interview.watch.paused:
            return []
        warning = self.interview.warning_due()
        lines = self.say(warning, "bold yellow") if warning else []
        if self.interview.left() <= 0:
            lines += self.say("The time is over.", "bold")
            return [*lines, *self.part.leave(), *self._finish("time")]
        if self.interview.left_in_phase() <= 0:
            over = f"The time for this part is over ({self.part.title})."
            return [*lines, *self.say(over, "bold"), *self._next_phase()]
        return [*lines, *self.part.tick()]

    def _next_phase(self) -> list[Line]:
        """Leave the phase, and begin the next one that has time left and something to ask."""
        lines = self.part.leave()
        if self.state.phase + 1 >= len(self.interview.plan.phases):
            return [*lines, *self._finish("finished")]
        self.interview.record(PhaseBegun(self.state.phase + 1))
        self.part = self._part()
        if self.interview.left_in_phase() <= 0:
            return [*lines, *self._next_phase()]
        return [*lines, *self.opening()]

    def _finish(self, reason: str) -> list[Line]:
        """End the interview, then score the learner's tests: whatever they do, it has ended."""
        self.interview.end(reason)
        rows = self.interview.store.events(self.interview.id)
        told = read_transcript(self.interview.plan, rows)
        for kata, source in told.tests.items():
            if kata not in told.tests_scored:
                self._score_tests(kata, source)
        return self.say("The interview is over.", "bold")

    def _score_tests(self, kata: str, source: str) -> None:
        try:
            scored = own_tests.score_tests(catalog.find_kata(kata), source)
        except (KitError, OSError, RecursionError, MemoryError) as error:
            why = f"they could not be scored: {str(error) or type(error).__name__}"
            scored = own_tests.unscored(kata, why)
        self.interview.record(scored)


def clock_face(seconds: float) -> str:
    """Return a time left as a clock shows it."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
