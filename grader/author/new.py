"""A new kata: its files, begun for their author to fill in."""

from __future__ import annotations

import re

from grader.content import catalog
from grader.core.model import KitError
from grader.ui.screen import Screen

NEW_FILES = {
    "kata.toml": """\
title = "{title}"
track = "engine"
level = 1
minutes = 10
entry = ["answer"]
allow = []
needs = []
asked = 1
""",
    "solution.py": '''\
"""{short} · {title} · 10 minutes

answer() = 42        (write the formula here)

>>> answer()
42

Write here what people get wrong.
"""


def answer():
    """Return the answer."""
    # >>> write answer here
    return 42
    # <<<
''',
    "checks.py": '''\
"""The checks of {short}."""

from grader.checks.programs import run


def test_replace_this(attempt):
    """A sentence that states one property."""
    run(attempt, "b = a + a", a=2)
''',
    "mutants.toml": """\
[[mutant]]
name = "wrong-answer"
title = "returns another number"
explanation = "Why this gives the numbers it gives."
find = "return 42"
replace = "return 41"
caught_by = "test_replace_this"
""",
    "questions.toml": "",
}


def new(screen: Screen, slug: str | None) -> int:
    """Write the files of a new kata for its author to fill in."""
    if not slug or not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug):
        raise KitError(
            f"{slug!r} is not a slug.", "Use small letters and underscores, such as 'softplus'."
        )
    taken = {folder.name.partition("_")[2] for folder in catalog.kata_folders()}
    if slug in taken:
        raise KitError(f"There is a kata {slug!r} already.", "Choose another slug.")
    number = max((int(folder.name[4:6]) for folder in catalog.kata_folders()), default=0) + 1
    if number > 99:
        raise KitError("The numbers of the katas are used up.", "Remove one first.")
    folder = catalog.BANK / f"kata{number:02d}_{slug}"
    words = {"short": f"kata{number:02d}", "title": slug.replace("_", " ").capitalize()}
    folder.mkdir(parents=True)
    for name, text in NEW_FILES.items():
        filled = text.replace("{short}", words["short"]).replace("{title}", words["title"])
        (folder / name).write_text(filled, "utf-8")
    hints = catalog.hints_folder() / f"{folder.name}.md"
    hints.write_text("".join(f"## {tier}\n\n" for tier in catalog.TIERS), "utf-8")
    screen.write(
        screen.wrap(
            f"{folder} and {hints} are begun. Next: fill them in, then 'python -m grader dev "
            f"stubs' and 'python -m grader dev check {words['short']}'."
        )
    )
    return 0
