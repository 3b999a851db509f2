"""What every kind of phase is: how it opens, what a line and a tick do, and how it ends."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from grader.content import catalog
from grader.content.questions import Question
from grader.core.model import Kata, Solution, Verdict
from grader.interview.agenda import Phase
from grader.interview.state import Interview, State
from grader.quiz.asking import Asked
from grader.ui.screen import Line, Screen

Grader = Callable[[Kata, Solution], Verdict]
HELP = (
    "Lines that begin with a colon are commands: :next leaves this part, :skip a question, :run "
    "grades, :hint shows a hint at a price, :show the task, :time the time left, "
    ":pause and :continue (with --allow-pause), :end ends the interview, :quit leaves it running."
)


@dataclass
class Room:
    """Where an interview is held: its events, the screen, and who grades."""

    interview: Interview
    screen: Screen
    grader: Grader

    def say(self, text: str, style: str = "") -> list[Line]:
        """Return a sentence as lines."""
        return self.screen.wrap(text, style=style)


class Part(ABC):
    """A phase while it is held; each kind of phase is a class.

    What its methods return is shown. `is_over` is looked at after each of them.
    """

    title: ClassVar[str]
    counts_for: ClassVar[tuple[str, ...]] = ()  # lines of the scorecard
    about_kata: ClassVar[bool] = False  # its plan names a pool of katas
    asks: ClassVar[bool] = False  # its plan holds questions
    runs = 0  # how often the file was graded

    def __init__(self, room: Room) -> None:
        self.room = room
        self.interview = room.interview
        self.phase: Phase = room.interview.phase
        self.say = room.say
        self.skipped = False

    @property
    def state(self) -> State:
        """Where the interview is."""
        return self.interview.state

    @property
    def kata(self) -> Kata:
        """The kata of the phase."""
        return catalog.find_kata(self.phase.kata)

    # What a plan needs of a kind.

    @classmethod
    def pool(cls, kata: str, katas: Sequence[str]) -> list[Question]:
        """Return the questions to choose from: of a phase about `kata`, in a plan about `katas`."""
        return []

    @classmethod
    def choose(cls, rng: random.Random, pool: list[Question], count: int) -> list[Question]:
        """Return which of the pool are asked, in their order."""
        return rng.sample(pool, min(count, len(pool)))

    @classmethod
    def files(cls, interview: Interview, kata: str) -> dict[Path, str]:
        """Return the files that the learner writes in, with what they begin with."""
        return {}

    # What is said and done.

    def opening(self) -> list[Line]:
        """Return what a phase begins with; one that is taken up again begins where it was."""
        minutes = self.interview.left_in_phase() / 60
        left = f"{minutes:.0f} minutes" if minutes >= 1.5 else f"{minutes * 60:.0f} seconds"
        head = [[("", "")], [(f"  {self.title}", "bold"), (f"  up to {left}", "dim")], []]
        return [*head, *self.body()]

    @abstractmethod
    def body(self) -> list[Line]:
        """Return what is asked for now."""

    @abstractmethod
    def take(self, text: str) -> list[Line]:
        """Take a line that is no command."""

    def tick(self) -> list[Line]:
        """Look at what may have changed without a line."""
        return []

    def is_over(self) -> bool:
        """Whether nothing is left to ask for."""
        return self.skipped

    @property
    def asked(self) -> Asked | None:
        """The question that waits for an answer."""
        return None

    @property
    def file(self) -> Path | None:
        """The file that the learner writes in."""
        return None

    def skip(self) -> list[Line]:
        """Leave out what is asked for now; a part that asks for one thing is left."""
        self.skipped = True
        return []

    def skip_rest(self) -> list[Line]:
        """Note what is left out when the learner leaves the part on purpose."""
        return []

    def leave(self) -> list[Line]:
        """Take what the phase leaves behind, however it ends."""
        return []

    def run(self) -> list[Line]:
        """Grade, or look at, what is written so far."""
        return self.say("There is nothing to grade in this part.")

    def hint(self) -> list[Line]:
        """Show a hint."""
        return self.say("Hints belong to the coding part.")

    def show(self) -> list[Line]:
        """Show again what the part is about."""
        return self.opening()

    def task(self) -> list[Line]:
        """Return the statement of the kata of the phase."""
        return [*self.room.screen.block(catalog.task_of(self.kata), 2, "cyan"), []]
