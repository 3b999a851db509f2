"""The phase in which a kata is coded: saves are graded, hints have a price."""

from __future__ import annotations

from pathlib import Path

from grader.content import catalog
from grader.core.files import read_solution, text_of
from grader.core.model import KitError, Verdict
from grader.interview import rubric
from grader.interview.events import CheckOutcome, FileGraded, HintShown
from grader.interview.phases.part import HELP, Part, Room
from grader.interview.state import Interview
from grader.ui.screen import Line, short_path
from grader.ui.verdict import verdict_lines


class Coding(Part):
    """A kata, from its stub; graded on every save, or on demand in a strict interview."""

    title = "Code"
    about_kata = True
    counts_for = ("correctness", "speed", "independence", "depth")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        graded = self.state.sources.get(self.phase.kata, catalog.stub_of(self.kata))
        self.seen = graded.encode()  # the file, when it was last looked at

    @classmethod
    def files(cls, interview: Interview, kata: str) -> dict[Path, str]:
        """Return the stub."""
        return {interview.file_of(kata): catalog.stub_of(catalog.find_kata(kata))}

    @property
    def file(self) -> Path:
        """The file in which the kata is solved."""
        return self.interview.file_of(self.phase.kata)

    def body(self) -> list[Line]:
        """Return the task, where the code goes, and what a hint costs."""
        how = "when you say :run" if self.interview.plan.strict else "on every save, and on :run"
        path = short_path(str(self.file))
        task = self.task() if self._is_new() else self.say(":show shows the task again.", "dim")
        return [
            *task,
            *self.say(f"Edit {path} in your own editor. It is graded {how}; :next goes on."),
            *self.say(f":hint shows a hint. {self._price_of_next()}", "dim"),
        ]

    def _is_new(self) -> bool:
        """Whether no earlier part has shown the task of this one."""
        earlier = self.interview.plan.phases[: self.state.phase]
        return all(p.kata != self.phase.kata or p.kind != "test" for p in earlier)

    def show(self) -> list[Line]:
        """Show the task."""
        return self.task()

    def take(self, text: str) -> list[Line]:
        """Grade for an empty line."""
        return self.say(HELP) if text.strip() else self.run()

    def tick(self) -> list[Line]:
        """Grade a file that was saved."""
        if self.interview.plan.strict:
            return []
        try:
            text = self.file.read_bytes()
        except OSError:
            return []
        return self.run() if text != self.seen else []

    def run(self, final: bool = False) -> list[Line]:
        """Grade the file as it stands, and remember the run."""
        kata, path = self.kata, str(self.file)
        try:
            solution = read_solution(path)
        except KitError as error:
            if final:
                self._record(Verdict(kata.name, path, "crashed", str(error)), "", final)
            return self.say(str(error))
        self.seen = solution.source
        self.runs += 1
        verdict = self.room.grader(kata, solution)
        self._record(verdict, text_of(solution.source), final)
        lines = [[], *verdict_lines(self.room.screen, kata, verdict, guide=False)]
        if verdict.passed and not final:
            lines += self.say("All core checks pass. :next goes on.", "green")
        return lines

    def _record(self, verdict: Verdict, source: str, final: bool) -> None:
        checks = tuple(
            CheckOutcome(check.source.title, check.source.level, check.outcome)
            for check in verdict.checks
        )
        self.interview.record(
            FileGraded(self.kata.name, verdict.status, verdict.message, checks, source, final)
        )

    def leave(self) -> list[Line]:
        """Grade the file as it stands, unless that was done."""
        last = self.state.sources.get(self.phase.kata)
        graded = self.file.is_file() and catalog.text_of_file(self.file) == last
        return [] if graded else self.run(final=True)

    def hint(self) -> list[Line]:
        """Show the next hint, and what it has cost."""
        kata = self.kata
        tier = min(self.state.tiers.get(kata.name, 0) + 1, len(catalog.TIERS))
        self.interview.record(HintShown(kata.name, tier))
        text = catalog.read_hints(kata)[catalog.TIERS[tier - 1]]
        price = f"Independence is {rubric.AFTER_HINT[tier]} of 100 at the most now."
        if tier < len(catalog.TIERS):
            price += f" {self._price_of_next()}"
        return [
            *self.say(catalog.TIERS[tier - 1], "bold"),
            *self.room.screen.block(text, 2),
            *self.say(price, "dim"),
        ]

    def _price_of_next(self) -> str:
        """Say what the next hint costs."""
        tier = min(self.state.tiers.get(self.phase.kata, 0) + 1, len(catalog.TIERS))
        return f"Independence is {rubric.AFTER_HINT[tier]} of 100 at the most after hint {tier}."
