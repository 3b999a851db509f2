"""One process at a time: by SQLite's own file lock, which is gone when the process is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone(path: Path, patience: float) -> Iterator[None]:
    """Keep out others that ask for the same path; raise OperationalError after so many seconds."""
    lock = sqlite3.connect(f"{path}.lock", timeout=patience, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()
