"""Where the learner's files are: the practice folder, and the progress folder beside it.

Loaded before anything else, so it imports next to nothing.
"""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(PACKAGE)


def from_clone() -> bool:
    """Whether this grader runs from a checkout rather than from an installed wheel."""
    return os.path.isfile(os.path.join(ROOT, "pyproject.toml"))


def find_practice_folder(start: str | None = None) -> str | None:
    """Return the nearest folder upwards that holds `katas/`, else the checkout, else None."""
    folder = os.path.abspath(start or os.getcwd())
    while True:
        if os.path.isdir(os.path.join(folder, "katas")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return ROOT if os.path.isdir(os.path.join(ROOT, "katas")) else None
        folder = parent


def find_home() -> str | None:
    """Return the progress folder: `$GRADER_HOME`, else `.grader/` beside `katas/`, else None."""
    if named := os.environ.get("GRADER_HOME"):
        return os.path.abspath(os.path.expanduser(named))
    practice = find_practice_folder()
    return practice and os.path.join(practice, ".grader")
