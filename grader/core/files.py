"""Writing files: what a command was told to write, and what no reader may see half of."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader import __version__
from grader.core.model import KitError


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
