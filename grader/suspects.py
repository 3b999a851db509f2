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

from grader.candidate import Candidate, Gate
from grader.signature import alike, signature

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
        return {"ok": True}

    def behaves(self, battery: Battery, replies: list[Any], seconds: float) -> bool:
        """Whether it gives these replies, one after the other."""
        self.load()
        return all(
            alike(seen, reply)
            for seen, reply in zip(self.signatures(battery, seconds), replies, strict=False)
        )

    def signatures(self, battery: Battery, seconds: float) -> Iterator[Any]:
        """Yield its signatures on the battery, up to the first request that hangs."""
        for item in battery:
            reply = self.timed(item["ask"], seconds)
            yield signature(item["ask"], reply, item.get("graph"))
            if "timed_out" in reply:
                return


def main() -> None:
    """Get ready while the attempt answers, then say who behaves like it.

    The first line of input has the texts in groups; the second has the attempt's replies, or null
    to ask for every suspect's own. The names come from the first group in which somebody matches.
    """
    asked = json.loads(sys.stdin.readline())
    sys.meta_path.append(Gate(asked["allowed"]))
    battery, seconds = asked["battery"], asked["seconds"]
    groups = [
        {name: Suspect(text, asked["allowed"]) for name, text in group.items()}
        for group in asked["groups"]
    ]
    replies = json.loads(sys.stdin.readline())
    found: Any = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for group in groups:
            if replies is None:
                for name, suspect in group.items():
                    suspect.load()
                    found[name] = list(suspect.signatures(battery, seconds))
            elif not found:
                found = [
                    n for n, suspect in group.items() if suspect.behaves(battery, replies, seconds)
                ]
    print(json.dumps(found))
