"""A damaged store: how it is recognised, kept under another name, and read as far as it goes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

GAP = 10_000  # so many numbers without a readable row, and a table is at its end
PARTS = ("", "-wal", "-shm")  # the file, and what SQLite keeps beside it


class Damaged(sqlite3.DatabaseError):
    """A row that SQLite reads and that is not what was written."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error means that the file is damaged, rather than busy, full or read-only."""
    return (
        isinstance(error, Damaged)
        or code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        or str(error).startswith("Could not decode")  # Python's own, without a code
    )


def code_of(error: Exception) -> int:
    """Return SQLite's primary result code, 0 if the error is not SQLite's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what differs when another file gets the name, None where none can be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def renew(
    path: Path,
    stamp: str,
    open_new: Callable[[Path], sqlite3.Connection],
    close_old: Callable[[], None],
) -> str:
    """Put a new store in a damaged one's place; say where that is kept and what was saved.

    The damaged file has its name until the new one is whole, so a kill in between loses nothing,
    and a full disk leaves all as it was.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        kept, new = Path(folder, "kept"), Path(folder, "new")
        for part in PARTS:  # copied before anything else reads or closes the file
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(f"{path}{part}", f"{kept}{part}")
        with contextlib.closing(open_new(new)) as target:
            count = copy_rows(path, target)
        close_old()
        aside = _free_name(path, stamp)
        for part in reversed(PARTS):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{kept}{part}", f"{aside}{part}")
            if part:
                Path(f"{path}{part}").unlink(missing_ok=True)
        os.replace(new, path)
    told = f"The progress file was damaged. It is kept as {aside.name}, and a new one is begun"
    rows = f"{count} row{'s' if count != 1 else ''}"
    return f"{told} with the {rows} that can still be read." if count else f"{told}."


def _free_name(path: Path, stamp: str) -> Path:
    """Return a name for the damaged file that neither it nor its parts would take from another."""
    number, aside = 1, path.with_name(f"{path.name}.damaged-{stamp}")
    while any(Path(f"{aside}{part}").exists() for part in PARTS):
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    return aside


def copy_rows(damaged: Path, target: sqlite3.Connection) -> int:
    """Copy each row that can be read and makes sense to a new store; return how many."""
    count = 0
    with contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source:
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        source.execute("PRAGMA writable_schema = ON")  # or SQLite reads nothing of a truncated file
        target.execute("PRAGMA foreign_keys = OFF")  # an event may outlive its interview
        target.execute("BEGIN IMMEDIATE")
        for table in _tables_of(target):
            known = {name for _, name, *_ in target.execute(f"PRAGMA table_info({table})")}
            for row in filter(_makes_sense, _readable_rows(source, table)):
                names = [name for name in row if name in known]
                count += target.execute(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(names)})"
                    f" VALUES ({', '.join('?' * len(names))})",
                    [row[name] for name in names],
                ).rowcount
        target.execute("COMMIT")
    return count


def _tables_of(db: sqlite3.Connection) -> list[str]:
    listed = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in listed]


def _readable_rows(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """Read a table number by number, past the pages that are damaged."""
    try:
        if table not in _tables_of(db):
            return
    except sqlite3.DatabaseError:
        return
    number = missed = 0
    while missed < GAP:
        number, missed = number + 1, missed + 1
        with contextlib.suppress(sqlite3.DatabaseError):
            cursor = db.execute(f"SELECT * FROM {table} WHERE rowid = ?", (number,))
            if row := cursor.fetchone():
                missed = 0
                yield dict(zip((column[0] for column in cursor.description), row, strict=True))


def read_object(text: str) -> dict[str, Any]:
    """Return a JSON object, or raise ValueError."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(f"{text[:20]!r} is not a JSON object")
    return found


READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("time", "started", "ended", "due"), datetime.fromisoformat),
    **dict.fromkeys(("verdict", "card", "plan", "data"), read_object),
}


def _makes_sense(row: dict[str, Any]) -> bool:
    """Whether times are times and documents are documents, as every reader expects."""
    try:
        for name in READERS.keys() & row.keys():
            if row[name] is not None:
                READERS[name](row[name])
    except (ValueError, TypeError):
        return False
    return True
