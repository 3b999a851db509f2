"""Reading what is to be graded, and writing files that no reader sees half of."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader import __version__
from grader.core.model import KitError, Solution

SOURCE_LIMIT = 4_000_000


def read_solution(path: str) -> Solution:
    """Return the file's bytes, or raise KitError for what is not a readable file."""
    try:
        if not os.path.exists(path):
            raise KitError(f"There is no file {path!r}.", "Name the file to grade.")
        if os.path.isdir(path):
            raise KitError(f"{path!r} is a folder.", "Name the file to grade.")
        if not os.path.isfile(path):
            raise KitError(f"{path!r} is not a regular file.", "Name the file to grade.")
        if os.path.getsize(path) > SOURCE_LIMIT:
            raise KitError(f"{path!r} is larger than 4 MB.", "Name a Python file.")
        return Solution(path, Path(path).read_bytes())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(f"{path!r} can't be read: {reason}.", "Name a readable file.") from None


def write_file(path: str, text: str) -> None:
    """Write a file, or raise KitError with the reason why it can't be."""
    try:
        Path(path).write_text(text, "utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(f"{path!r} can't be written: {reason}.", "Name another file.") from None


def write_atomically(path: Path, text: str) -> None:
    """Write a file that no reader ever sees half of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def fingerprint(*sources: Path) -> str:
    """Return what changes when one of the files does, or the kit's version."""
    stats = [path.stat() for path in sources if path.exists()]
    return "-".join([__version__, *(f"{s.st_size}.{s.st_mtime_ns}" for s in stats)])
