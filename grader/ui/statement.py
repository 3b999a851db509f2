"""A kata's statement and its hints, as lines."""

from __future__ import annotations

from pathlib import Path

from grader.content import catalog
from grader.core.model import Kata
from grader.ui.screen import Line, Screen, short_path


def task_lines(screen: Screen, kata: Kata, file: Path) -> list[Line]:
    """Return the statement of a kata and where to write."""
    text = catalog.task_of(kata)
    head, _, rest = text.partition("\n")
    return [
        [(head, "bold")],
        *[[(line, "")] for line in rest.splitlines()],
        [],
        [("Write in ", "dim"), (short_path(str(file)), "cyan")],
        [("Grade with ", "dim"), (f"python -m grader {kata.short}", "cyan")],
    ]


def hint_lines(screen: Screen, kata: Kata, tier: int, text: str) -> list[Line]:
    """Return one tier of a kata's hints."""
    name = catalog.TIERS[tier - 1]
    head: Line = [(f"{kata.short} · hint {tier} of {len(catalog.TIERS)} · {name}", "bold")]
    more = (
        f"More: python -m grader hint {kata.short} --tier {tier + 1}"
        if tier < len(catalog.TIERS)
        else "This was the last hint."
    )
    return [head, [], *[[("  " + line, "")] for line in text.splitlines()], [], [(more, "dim")]]
