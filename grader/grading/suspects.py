"""The suspects: a process that runs a kata's wrong solutions and says which behave as the attempt.

They are the kit's own texts, so no wall is needed; a process of their own keeps a suspect that
hangs, or eats the memory, away from the judge. The first reply that differs clears a suspect, so
most are run on a handful of requests.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

from grader.grading.signature import alike, signature
from grader.sandbox.candidate import Candidate, Gate

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

    The first line of input has the texts and the battery; the second has the attempt's replies, or
    null to ask for every suspect's own.
    """
    asked = json.loads(sys.stdin.readline())
    sys.meta_path.append(Gate(asked["allowed"]))
    battery, seconds = asked["battery"], asked["seconds"]
    group = {name: Suspect(text, asked["allowed"]) for name, text in asked["texts"].items()}
    replies, follow_ups_only = json.loads(sys.stdin.readline()) or (None, False)
    found: Any = {}
    with contextlib.redirect_stdout(io.StringIO()):
        if replies is not None:
            found = matching(group, asked["whole"], battery, replies, follow_ups_only, seconds)
        else:
            for name, suspect in group.items():
                suspect.load()
                found[name] = list(suspect.signatures(battery, seconds))
    print(json.dumps(found))
