"""The phase at the end: clarifying questions are compared, and people rate what no program sees."""

from __future__ import annotations

from grader.content.questions import open_points
from grader.interview import rubric
from grader.interview.events import NotesCompared, RatingGiven
from grader.interview.phases.part import Part
from grader.quiz import asking
from grader.quiz.asking import Unreadable
from grader.ui.screen import Line


class WrappingUp(Part):
    """First a comparison for each kata that questions were asked about, then the ratings."""

    title = "Wrap-up"

    def is_over(self) -> bool:
        """Whether everything is compared and rated."""
        return self.state.rated >= len(rubric.RATINGS) and not self._to_compare()

    def _to_compare(self) -> str:
        """Return a kata whose clarifying questions wait to be compared, or nothing."""
        waiting = [kata for kata in self.state.notes if kata not in self.state.compared]
        return waiting[0] if waiting else ""

    def body(self) -> list[Line]:
        """Return the next comparison or rating."""
        if self.is_over():
            return []
        if kata := self._to_compare():
            return self._comparison(kata)
        rating = rubric.RATINGS[self.state.rated]
        lines: list[Line] = []
        if self.state.rated == 0:
            words = rubric.PARTNER if self.interview.plan.interviewer else rubric.SELF
            lines += self.say(words, "dim")
        title = f"{rating.title}: 1 {rating.low}; 4 {rating.high}."
        return [*lines, *self.say(title), *self.say("1 to 4, or :skip", "dim")]

    def _comparison(self, kata: str) -> list[Line]:
        lines = self.say("You asked:", "bold")
        lines += [line for note in self.state.notes[kata] for line in self.say(f"- {note}")]
        lines += [[], *self.say("The interviewer's sentence leaves open:", "bold")]
        for number, point in enumerate(open_points(kata), 1):
            lines += self.say(f"{number}  {point}")
        return [*lines, [], *self.say("Which of these did you ask? Numbers, 'all' or 'none'.")]

    def take(self, text: str) -> list[Line]:
        """Take the numbers of a comparison, or a rating."""
        if kata := self._to_compare():
            return self._compare(kata, text)
        if text.strip() not in ("1", "2", "3", "4"):
            return self.say(f"{text.strip()!r} is no rating: write 1, 2, 3 or 4, or :skip.")
        self._rate(int(text))
        return self.body()

    def _compare(self, kata: str, text: str) -> list[Line]:
        points = open_points(kata)
        try:
            count = asking.count_ticks(text, len(points))
        except Unreadable as error:
            return self.say(str(error))
        self.interview.record(NotesCompared(kata, count, len(points)))
        return self.body()

    def _rate(self, value: int | None) -> None:
        self.interview.record(RatingGiven(rubric.RATINGS[self.state.rated].name, value))

    def skip(self) -> list[Line]:
        """Leave out the comparison or the rating."""
        if kata := self._to_compare():
            self.interview.record(NotesCompared(kata, None, 0))
        else:
            self._rate(None)
        return self.body()
