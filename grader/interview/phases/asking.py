"""The phases that ask questions: warm-up, derivations, the bug hunt, follow-ups."""

from __future__ import annotations

import random
from collections.abc import Sequence

from grader.content.questions import Question, all_questions, find_question, questions_of
from grader.interview.events import AnswerWritten, LineTyped, QuestionAnswered, QuestionSkipped
from grader.interview.phases.part import Part
from grader.quiz import asking, views
from grader.quiz.asking import Asked, Unreadable
from grader.ui.screen import Line


class Asking(Part):
    """One question after the other; a judged answer is noted and shown at the end only."""

    asks = True

    @property
    def asked(self) -> Asked | None:
        """The question that waits for an answer."""
        if self.state.question >= len(self.phase.questions):
            return None
        id, seed = self.phase.questions[self.state.question]
        return asking.sample(find_question(id), seed)

    def is_over(self) -> bool:
        """Whether every question was answered or skipped."""
        return self.asked is None

    def body(self) -> list[Line]:
        """Return the question, and what is written of its answer."""
        asked = self.asked
        if asked is None:
            return []
        place = f"{self.state.question + 1} of {len(self.phase.questions)}"
        lines = views.question(self.room.screen, asked, place)
        if self.state.written is not None:
            return [*lines, *self._model_answer(asked)]
        lines += [[(f"  > {line}", "")] for line in self.state.pending]
        return [*lines, *self.say(f"Answer with {asked.takes()}.", "dim")]

    def _model_answer(self, asked: Asked) -> list[Line]:
        lines = views.model_answer(self.room.screen, asked)
        return [*lines, *self.say("Write their numbers, 'all', or 'none'.", "dim")]

    def take(self, text: str) -> list[Line]:
        """Judge an answer without saying how; one in one's own words goes on line by line."""
        asked = self.asked
        assert asked is not None  # or the part would be over
        if asked.kind == "open":
            return self._take_words(asked, text)
        if not text.strip():
            return self.say(f"Answer with {asked.takes()}, or :skip.")
        try:
            found = asking.judge(asked, text, run=False)
        except Unreadable as error:
            return self.say(str(error))
        self._record(asked, text, found.score)
        return [*self.say("Noted.", "dim"), *self.body()]

    def _take_words(self, asked: Asked, text: str) -> list[Line]:
        written = self.state.written
        if written is None:
            if text.strip():
                self.interview.record(LineTyped(text))
                return []
            self.interview.record(AnswerWritten("\n".join(self.state.pending)))
            return self._model_answer(asked)
        try:
            found = asking.judge_points(asked, text)
        except Unreadable as error:
            return self.say(str(error))
        self._record(asked, written, found.score, text.strip())
        return [*self.say("Noted.", "dim"), *self.body()]

    def _record(
        self, asked: Asked, text: str, score: float | None, ticked: str | None = None
    ) -> None:
        id, seed = asked.question.id, asked.seed
        self.interview.record(QuestionAnswered(id, seed, text, score, ticked))

    def skip(self) -> list[Line]:
        """Leave out the question."""
        if asked := self.asked:
            self.interview.record(QuestionSkipped(asked.question.id, asked.seed))
        return self.body()

    def skip_rest(self) -> list[Line]:
        """Note every question that is left as skipped."""
        while self.asked:
            self.skip()
        return []

    def leave(self) -> list[Line]:
        """Keep an answer that is half written, without a score."""
        if (asked := self.asked) and (self.state.pending or self.state.written is not None):
            self._record(asked, self.state.written or "\n".join(self.state.pending), None)
        return []


def general(katas: Sequence[str], *kinds: str) -> list[Question]:
    """Return the questions of these kinds, without those of the katas that are to be coded."""
    return [q for q in all_questions() if q.kata not in katas and q.kind in kinds]


class WarmUp(Asking):
    """Short questions at the beginning."""

    title = "Warm-up questions"
    counts_for = ("knowledge",)

    @classmethod
    def pool(cls, kata: str, katas: Sequence[str]) -> list[Question]:
        """Return what has an answer to choose or to compute."""
        return general(katas, "choice", "numeric")


class Derivation(Asking):
    """Gradients of a small program, by hand."""

    title = "Derive by hand"
    counts_for = ("knowledge",)

    @classmethod
    def pool(cls, kata: str, katas: Sequence[str]) -> list[Question]:
        """Return the numbers that come out of a program."""
        return [question for question in general(katas, "numeric") if question.program]


class BugHunt(Asking):
    """Scripts with one wrong line."""

    title = "Bug hunt"
    counts_for = ("knowledge",)

    @classmethod
    def pool(cls, kata: str, katas: Sequence[str]) -> list[Question]:
        """Return the scripts."""
        return general(katas, "bug")


class FollowUps(Asking):
    """What an interviewer asks about the kata that was just coded."""

    title = "Follow-ups"
    counts_for = ("depth",)
    about_kata = True

    @classmethod
    def pool(cls, kata: str, katas: Sequence[str]) -> list[Question]:
        """Return the kata's own questions."""
        return [question for question in questions_of(kata) if question.kind in ("open", "choice")]

    @classmethod
    def choose(cls, rng: random.Random, pool: list[Question], count: int) -> list[Question]:
        """Return one to explain in one's own words, and others to choose from."""
        rng.sample(pool, min(count, len(pool)))  # a seed's plan stays what it has always been
        chosen = sorted(rng.sample(pool, len(pool)), key=lambda question: question.kind != "open")
        return [*chosen[:1], *[q for q in chosen[1:] if q.kind != "open"]][:count]
