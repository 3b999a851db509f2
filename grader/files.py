"""Files that a command writes because it was told to."""

from __future__ import annotations

from pathlib import Path

from grader.model import KitError


def write_file(path: str, text: str) -> None:
    """Write a file, or raise KitError with the reason why it can't be."""
    try:
        Path(path).write_text(text, "utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(f"{path!r} can't be written: {reason}.", "Name another file.") from None
