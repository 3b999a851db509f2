"""What an interview shows when a phase begins, goes on, or is taken up again."""

from __future__ import annotations

from grader.content import catalog
from grader.content.questions import brief_of, find_question, open_points
from grader.core.model import Kata
from grader.interview import rubric
from grader.interview.plan import ASKING
from grader.interview.session import Interview, State
from grader.quiz import asking, views
from grader.quiz.asking import Asked
from grader.ui.screen import Line, Screen, short_path


class Prompter:
    """Says where an interview is and what it asks for; it changes nothing."""

    def __init__(self, interview: Interview, screen: Screen) -> None:
        self.interview = interview
        self.screen = screen

    @property
    def state(self) -> State:
        """Where the interview is."""
        return self.interview.state

    @property
    def asked(self) -> Asked | None:
        """The question that is being asked, if this is a part with questions."""
        questions = self.interview.phase.questions
        if self.state.question >= len(questions):
            return None
        id, seed = questions[self.state.question]
        return asking.draw(find_question(id), seed)

    def say(self, text: str, style: str = "") -> list[Line]:
        """Return a sentence as lines."""
        return self.screen.wrap(text, style=style)

    # What is shown when a phase begins, or is taken up again.

    def opening(self) -> list[Line]:
        """Return what a phase begins with; one that is taken up again begins where it was."""
        phase = self.interview.phase
        minutes = self.interview.left_in_phase() / 60
        left = f"{minutes:.0f} minutes" if minutes >= 1.5 else f"{minutes * 60:.0f} seconds"
        head = [[("", "")], [(f"  {phase.title}", "bold"), (f"  up to {left}", "dim")], []]
        return [*head, *self.body()]

    def body(self) -> list[Line]:
        """Return what a phase asks for now."""
        lines: list[Line] = getattr(self, f"_open_{self.kind()}")()
        return lines

    def is_exhausted(self) -> bool:
        """Whether a phase has nothing left to ask."""
        if self.kind() == "asking":
            return self.asked is None
        rated = self.state.rated >= len(rubric.RATINGS)
        return self.kind() == "wrap_up" and rated and not self.to_compare()

    def kind(self) -> str:
        """Return the kind of the phase; all that ask questions are one kind."""
        kind = self.interview.phase.kind
        return "asking" if kind in ASKING else kind.replace("-", "_")

    def _open_asking(self) -> list[Line]:
        asked = self.asked
        assert asked is not None  # or the phase is exhausted
        place = f"{self.state.question + 1} of {len(self.interview.phase.questions)}"
        lines = views.question(self.screen, asked, place)
        if self.state.given is not None:
            lines += views.model_answer(self.screen, asked)
            return [*lines, *self.say("Write their numbers, 'all', or 'none'.", "dim")]
        lines += [[(f"  > {line}", "")] for line in self.state.pending]
        return [*lines, *self.say(f"Answer with {asked.takes()}.", "dim")]

    def _open_clarify(self) -> list[Line]:
        return [
            *self.say(f"The interviewer says: {brief_of(self.interview.phase.kata)}", "bold"),
            [],
            *self.say("Which questions do you ask before you begin? One a line; :next goes on."),
            *self.say("At the end they are compared with what this leaves open.", "dim"),
        ]

    def _open_test(self) -> list[Line]:
        path = self.interview.tests_of(self.interview.phase.kata)
        return [
            *self.task(),
            *self.say(f"Write your own test cases in {short_path(str(path))}, then :next."),
            *self.say("They count by the wrong solutions that they catch.", "dim"),
        ]

    def _open_code(self) -> list[Line]:
        kata = self.interview.phase.kata
        how = "when you say :run" if self.interview.plan.strict else "on every save, and on :run"
        path = short_path(str(self.interview.file_of(kata)))
        task = self.task() if self._is_new() else self.say(":show shows the task again.", "dim")
        return [
            *task,
            *self.say(f"Edit {path} in your own editor. It is graded {how}; :next goes on."),
            *self.say(f":hint shows a hint. {self.price_of_next()}", "dim"),
        ]

    def price_of_next(self) -> str:
        """Say what the next hint costs."""
        tier = min(self.state.tiers.get(self.interview.phase.kata, 0) + 1, len(catalog.TIERS))
        return f"Independence is {rubric.AFTER_HINT[tier]} of 100 at the most after hint {tier}."

    def _is_new(self) -> bool:
        """Whether no earlier part has shown the task of this one."""
        earlier = self.interview.plan.phases[: self.state.phase]
        return all(p.kata != self.interview.phase.kata or p.kind != "test" for p in earlier)

    def _open_wrap_up(self) -> list[Line]:
        if kata := self.to_compare():
            return self._comparison(kata)
        rating = rubric.RATINGS[self.state.rated]
        lines: list[Line] = []
        if self.state.rated == 0:
            words = rubric.PARTNER if self.interview.plan.interviewer else rubric.SELF
            lines += self.say(words, "dim")
        title = f"{rating.title}: 1 {rating.low}; 4 {rating.high}."
        return [*lines, *self.say(title), *self.say("1 to 4, or :skip", "dim")]

    def to_compare(self) -> str:
        """Return a kata whose clarifying questions wait to be compared, or nothing."""
        waiting = [kata for kata in self.state.notes if kata not in self.state.compared]
        return waiting[0] if waiting else ""

    def _comparison(self, kata: str) -> list[Line]:
        lines = self.say("You asked:", "bold")
        lines += [line for note in self.state.notes[kata] for line in self.say(f"- {note}")]
        lines += [[], *self.say("The interviewer's sentence leaves open:", "bold")]
        for number, point in enumerate(open_points(kata), 1):
            lines += self.say(f"{number}  {point}")
        return [*lines, [], *self.say("Which of these did you ask? Numbers, 'all' or 'none'.")]

    def task(self) -> list[Line]:
        """Return the statement of the kata of the phase."""
        kata = self.kata()
        lines = self.screen.block(catalog.task_of(kata), 2, "cyan")
        return [*lines, []]

    def kata(self) -> Kata:
        """Return the kata of the phase."""
        return catalog.find_kata(self.interview.phase.kata)
