"""The phase in which the learner asks back before anything is written."""

from __future__ import annotations

from grader.content.questions import brief_of
from grader.interview.events import NoteTaken
from grader.interview.phases.part import Part
from grader.ui.screen import Line


class Clarifying(Part):
    """A task in one sentence; what it leaves open is asked for and compared in the wrap-up."""

    title = "Clarify"
    about_kata = True

    def body(self) -> list[Line]:
        """Return the interviewer's sentence."""
        return [
            *self.say(f"The interviewer says: {brief_of(self.phase.kata)}", "bold"),
            [],
            *self.say("Which questions do you ask before you begin? One a line; :next goes on."),
            *self.say("At the end they are compared with what this leaves open.", "dim"),
        ]

    def take(self, text: str) -> list[Line]:
        """Note a question."""
        if not text.strip():
            return []
        self.interview.record(NoteTaken(self.phase.kata, text.strip()))
        return self.say("Noted.", "dim")
