"""The suspects: a process that runs a kata's wrong solutions and says which behave as the attempt.

They are the kit's own texts, behind the wall all the same: one that hangs, or eats the memory,
stays away from the judge. The first reply that differs clears a suspect, so
most are run on a handful of requests.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

from grader.grading.signature import alike, signature
from grader.sandbox import wall
from grader.sandbox.candidate import Candidate, Gate, Pipe

Battery = list[dict[str, Any]]


class Suspect(Candidate):
    """A wrong solution, compiled and not yet executed."""

    def __init__(self, text: str, allowed: dict[str, str]) -> None:
        super().__init__("suspect.py", "suspect", allowed)
        self.code = compile(text, "suspect.py", "exec", dont_inherit=True)

    def load(self) -> dict[str, Any]:
        """Execute the text as the learner's module."""
        self.module.__dict__["__builtins__"] = builtins
        sys.modules[self.name] = self.module
        exec(self.code, self.module.__dict__)
        return {"syntax": None}

    def likeness(self, battery: Battery, replies: list[Any], seconds: float) -> int:
        """Return 2 if it gives all of these replies, 1 if all but those to follow-ups, else 0."""
        self.load()
        same = 2
        seen = self.signatures(battery, seconds)
        for item, own, reply in zip(battery, seen, replies, strict=False):
            if not alike(own, reply):
                if not item["stretch"]:
                    return 0
                same = 1
        return same

    def signatures(self, battery: Battery, seconds: float) -> Iterator[Any]:
        """Yield its signatures on the battery, up to the first request that hangs."""
        for item in battery:
            reply = self.timed(item["ask"], seconds)
            yield signature(item["ask"], reply, item.get("graph"))
            if "timed_out" in reply:
                return


def matching(
    group: dict[str, Suspect],
    whole: list[str],
    battery: Battery,
    replies: list[Any],
    follow_ups_only: bool,
    seconds: float,
) -> list[str]:
    """Return the names of those who behave like the attempt, the most alike first.

    Those in `whole` have to be like it in the follow-ups as well: in nothing else are they wrong.
    They alone count for an attempt that is wrong in follow-ups only.
    """
    found = {name: suspect.likeness(battery, replies, seconds) for name, suspect in group.items()}
    names = [name for name, same in found.items() if same == 2 or (same and name not in whole)]
    if follow_ups_only:
        names = [name for name in names if name in whole]
    return sorted(names, key=lambda name: -found[name])


def main() -> None:
    """Get ready while the attempt answers, then say who behaves like it.

    The first request has the texts and the battery; the second has the attempt's replies, or null
    to ask for every suspect's own.
    """
    pipe = Pipe()
    setup = pipe.receive()
    assert setup
    sys.meta_path.append(Gate(setup["allowed"]))
    raised = wall.confine(setup)
    group = {name: Suspect(text, setup["allowed"]) for name, text in setup["texts"].items()}
    pipe.send({"wall": raised, "pid": os.getpid()})
    request = pipe.receive()
    if request is None:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        pipe.send({"found": answer_to(request["asked"], group, setup)})


def answer_to(asked: Any, group: dict[str, Suspect], setup: dict[str, Any]) -> Any:
    """Return the names of those who behave like the attempt, or the signatures of all."""
    battery, seconds = setup["battery"], setup["seconds"]
    if asked:
        replies, follow_ups_only = asked
        return matching(group, setup["whole"], battery, replies, follow_ups_only, seconds)
    found = {}
    for name, suspect in group.items():
        suspect.load()
        found[name] = list(suspect.signatures(battery, seconds))
    return found
