"""The suspects: a process that runs a kata's wrong solutions and says which behave as the attempt.

They are the kit's own texts, so no wall is needed; a process of their own keeps a suspect that
hangs, or eats the memory, away from the judge. The first reply that differs clears a suspect, so
most are run on a handful of requests.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

from grader.candidate import Candidate, Gate
from grader.signature import alike, signature


def matching(
    texts: dict[str, str], battery: list[dict[str, Any]], replies: list[Any], seconds: float
) -> list[str]:
    """Return the names of the texts whose replies are all like these signatures."""
    found = []
    for name, text in texts.items():
        suspect = Candidate(f"{name}.py", "suspect", sys.meta_path[-1].allowed)  # type: ignore[attr-defined]
        if behaves(suspect, text, battery, replies, seconds):
            found.append(name)
    return found


def behaves(
    suspect: Candidate,
    text: str,
    battery: list[dict[str, Any]],
    replies: list[Any],
    seconds: float,
) -> bool:
    """Whether a text gives these replies, one after the other."""
    try:
        suspect.execute(text.encode())
    except Exception:
        return False
    return all(
        alike(signature(item["ask"], suspect.timed(item["ask"], seconds), item.get("graph")), reply)
        for item, reply in zip(battery, replies, strict=False)
    )


def signatures(text: str, battery: list[dict[str, Any]], seconds: float) -> list[Any]:
    """Return a text's signatures on the whole battery, up to the first request that hangs."""
    suspect = Candidate("suspect.py", "suspect", sys.meta_path[-1].allowed)  # type: ignore[attr-defined]
    suspect.execute(text.encode())
    found = []
    for item in battery:
        reply = suspect.timed(item["ask"], seconds)
        found.append(signature(item["ask"], reply, item.get("graph")))
        if "timed_out" in reply:
            break
    return found


def main() -> None:
    """Answer the one request on standard input."""
    asked = json.loads(sys.stdin.readline())
    sys.meta_path.append(Gate(asked["allowed"]))
    texts, battery, seconds = asked["texts"], asked["battery"], asked["seconds"]
    with contextlib.redirect_stdout(io.StringIO()):
        if "replies" in asked:
            found: Any = matching(texts, battery, asked["replies"], seconds)
        else:
            found = {name: signatures(text, battery, seconds) for name, text in texts.items()}
    print(json.dumps(found))
