"""The store: every graded attempt, hint and review, in one SQLite file.

Each event is one transaction, so a kill at any moment loses at most the one being written. An
older file is migrated step by step, a newer one is refused, and a damaged one is set aside, never
deleted.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.core import workspace
from grader.core.model import KitError, Verdict

NAME = "progress.sqlite3"
PATIENCE = 1.0  # seconds to wait for another process that writes
SHOWN, SOLUTION = 0, 5  # beside the four tiers: the task was shown, the solution was
Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Entry:
    """One attempt as it was recorded; a file kept at a reset has the status "kept"."""

    id: int
    kata: str
    time: datetime
    status: str
    seconds: float
    source: str
    verdict: dict[str, Any]

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def stars(self) -> int:
        """The number of stretch checks it passed."""
        return int(self.verdict.get("stretch", {}).get("passed", 0))


@dataclass(frozen=True)
class Seen:
    """A hint tier that was shown, or the task (0), or the solution (5)."""

    kata: str
    tier: int
    time: datetime


@dataclass(frozen=True)
class Answer:
    """An answer to a question; `score` is None until it is judged."""

    question: str
    time: datetime
    seed: int
    given: str
    score: float | None


@dataclass(frozen=True)
class Event:
    """Something that happened in an interview; `data` is plain JSON."""

    time: datetime
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Sitting:
    """An interview as the store has it; `ended` is None while it goes on."""

    id: int
    started: datetime
    plan: dict[str, Any]
    ended: datetime | None


def _create(db: sqlite3.Connection) -> None:
    """Version 1: what DESIGN names."""
    for statement in (
        "CREATE TABLE attempts (id INTEGER PRIMARY KEY, kata TEXT NOT NULL, time TEXT NOT NULL,"
        " verdict TEXT NOT NULL, source TEXT NOT NULL, seconds REAL NOT NULL)",
        "CREATE INDEX attempts_by_kata ON attempts (kata, time)",
        "CREATE TABLE hints (id INTEGER PRIMARY KEY, kata TEXT NOT NULL, tier INTEGER NOT NULL,"
        " time TEXT NOT NULL)",
        "CREATE TABLE cards (key TEXT PRIMARY KEY, card TEXT NOT NULL, due TEXT NOT NULL)",
        "CREATE TABLE reviews (id INTEGER PRIMARY KEY, key TEXT NOT NULL, time TEXT NOT NULL,"
        " rating INTEGER NOT NULL, reason TEXT NOT NULL)",
        "CREATE TABLE interviews (id INTEGER PRIMARY KEY, started TEXT NOT NULL,"
        " plan TEXT NOT NULL, ended TEXT)",
        "CREATE TABLE interview_events (id INTEGER PRIMARY KEY,"
        " interview INTEGER NOT NULL REFERENCES interviews, time TEXT NOT NULL,"
        " kind TEXT NOT NULL, data TEXT NOT NULL)",
    ):
        db.execute(statement)


def _add_answers(db: sqlite3.Connection) -> None:
    """Version 2: answers to questions; one without a score was given and not judged yet."""
    db.execute(
        "CREATE TABLE answers (id INTEGER PRIMARY KEY, question TEXT NOT NULL, time TEXT NOT NULL,"
        " seed INTEGER NOT NULL, given TEXT NOT NULL, score REAL)"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create, _add_answers)


class Store:
    """The open file; `note` says what had to be done about it, if anything."""

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self.path = path
        self.clock = clock
        self.note = ""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # busy, full, or not to be written
                raise
            self.note = self._set_aside()
            self.db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
            _migrate(db, self.path)
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self) -> str:
        stamp = self.clock().strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        os.replace(self.path, aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(OSError):
                os.replace(f"{self.path}{suffix}", f"{aside}{suffix}")
        return f"The progress file was damaged. It is kept as {aside.name}, and a new one is begun."

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all that is written inside, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def record_attempt(self, verdict: Verdict, source: str) -> int:
        """Keep a graded attempt with its text; return its number."""
        document = verdict.as_json()
        return self._add_attempt(verdict.kata, document, source, verdict.seconds)

    def keep_file(self, kata: str, source: str) -> int:
        """Keep a file that is about to be replaced; return its number in the history."""
        return self._add_attempt(kata, {"status": "kept"}, source, 0.0)

    def _add_attempt(self, kata: str, document: dict[str, Any], source: str, seconds: float) -> int:
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO attempts (kata, time, verdict, source, seconds)"
                " VALUES (?, ?, ?, ?, ?)",
                (kata, self.clock().isoformat(), json.dumps(document), source, seconds),
            )
        return int(cursor.lastrowid or 0)

    def attempts(self, kata: str | None = None) -> list[Entry]:
        """Return the attempts at one kata or at all, the oldest first."""
        where, values = ("WHERE kata = ?", (kata,)) if kata else ("", ())
        rows = self.db.execute(
            f"SELECT id, kata, time, verdict, seconds, source FROM attempts {where} ORDER BY id",
            values,
        )
        return [_entry(*row) for row in rows]

    def record_hint(self, kata: str, tier: int) -> None:
        """Remember that a tier was seen."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO hints (kata, tier, time) VALUES (?, ?, ?)",
                (kata, tier, self.clock().isoformat()),
            )

    def hints(self, kata: str | None = None) -> list[Seen]:
        """Return what was shown of one kata or of all, the oldest first."""
        where, values = ("WHERE kata = ?", (kata,)) if kata else ("", ())
        rows = self.db.execute(f"SELECT kata, tier, time FROM hints {where} ORDER BY id", values)
        return [Seen(name, tier, datetime.fromisoformat(time)) for name, tier, time in rows]

    def record_answer(self, question: str, seed: int, given: str, score: float | None) -> int:
        """Keep an answer to a question as it was given; return its number."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO answers (question, time, seed, given, score) VALUES (?, ?, ?, ?, ?)",
                (question, self.clock().isoformat(), seed, given, score),
            )
        return int(cursor.lastrowid or 0)

    def score_answer(self, id: int, score: float) -> None:
        """Fill in what an answer was worth, once it is judged."""
        with self.transaction() as db:
            db.execute("UPDATE answers SET score = ? WHERE id = ?", (score, id))

    def answers(self) -> list[Answer]:
        """Return every answer, the oldest first."""
        rows = self.db.execute("SELECT question, time, seed, given, score FROM answers ORDER BY id")
        return [
            Answer(question, datetime.fromisoformat(time), seed, given, score)
            for question, time, seed, given, score in rows
        ]

    def begin_interview(self, plan: dict[str, Any]) -> int:
        """Keep the plan of an interview that begins; return its number."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO interviews (started, plan) VALUES (?, ?)",
                (self.clock().isoformat(), json.dumps(plan)),
            )
        return int(cursor.lastrowid or 0)

    def end_interview(self, id: int) -> None:
        """Note that an interview is over."""
        with self.transaction() as db:
            db.execute(
                "UPDATE interviews SET ended = ? WHERE id = ?", (self.clock().isoformat(), id)
            )

    def interviews(self) -> list[Sitting]:
        """Return every interview, the oldest first."""
        rows = self.db.execute("SELECT id, started, plan, ended FROM interviews ORDER BY id")
        return [
            Sitting(
                id,
                datetime.fromisoformat(started),
                json.loads(plan),
                datetime.fromisoformat(ended) if ended else None,
            )
            for id, started, plan, ended in rows
        ]

    def record_event(self, interview: int, kind: str, data: dict[str, Any]) -> Event:
        """Keep an event of an interview, and return it."""
        event = Event(self.clock(), kind, data)
        with self.transaction() as db:
            db.execute(
                "INSERT INTO interview_events (interview, time, kind, data) VALUES (?, ?, ?, ?)",
                (interview, event.time.isoformat(), kind, json.dumps(data)),
            )
        return event

    def events(self, interview: int) -> list[Event]:
        """Return what happened in an interview, the oldest first."""
        rows = self.db.execute(
            "SELECT time, kind, data FROM interview_events WHERE interview = ? ORDER BY id",
            (interview,),
        )
        return [
            Event(datetime.fromisoformat(time), kind, json.loads(data)) for time, kind, data in rows
        ]

    def card(self, key: str) -> dict[str, Any] | None:
        """Return the scheduler's card for a kata or a question."""
        row = self.db.execute("SELECT card FROM cards WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def cards_due(self, until: datetime) -> list[tuple[str, datetime]]:
        """Return what is due by then, the longest due first."""
        rows = self.db.execute("SELECT key, due FROM cards ORDER BY due")
        due = [(key, datetime.fromisoformat(time)) for key, time in rows]
        return [(key, time) for key, time in due if time <= until]

    def record_review(
        self, key: str, card: dict[str, Any], due: datetime, rating: int, reason: str
    ) -> None:
        """Keep a review and the card as it is after it."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO reviews (key, time, rating, reason) VALUES (?, ?, ?, ?)",
                (key, self.clock().isoformat(), rating, reason),
            )
            db.execute(
                "INSERT INTO cards (key, card, due) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET card = excluded.card, due = excluded.due",
                (key, json.dumps(card), due.isoformat()),
            )


def _entry(id: int, kata: str, time: str, document: str, seconds: float, source: str) -> Entry:
    verdict: dict[str, Any] = json.loads(document)
    status = str(verdict.get("status", "failed"))
    return Entry(id, kata, datetime.fromisoformat(time), status, seconds, source, verdict)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file to this version, each step in a transaction of its own."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise KitError(
            f"{path} was written by a newer version of the kit (its schema is {version}, this "
            f"one knows {len(MIGRATIONS)}).",
            "Update the kit, or set GRADER_HOME to another folder.",
        )
    for number in range(version, len(MIGRATIONS)):
        db.execute("BEGIN IMMEDIATE")
        try:
            (again,) = db.execute("PRAGMA user_version").fetchone()  # another process was faster?
            if again == number:
                MIGRATIONS[number](db)
                db.execute(f"PRAGMA user_version = {number + 1}")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def open_store(clock: Clock = now) -> Store:
    """Return the store of the practice folder in use, or raise KitError with the reason."""
    home = workspace.find_home()
    if home is None:
        raise KitError(
            "There is no katas/ folder here or above, so there is no progress to keep.",
            "'python -m grader init DIR' makes a practice folder.",
        )
    path = Path(home, NAME)
    try:
        return Store(path, clock)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(
            f"The progress file {str(path)!r} can't be used: {reason}.",
            "Free some space or make the folder writable, or set GRADER_HOME to another one.",
        ) from None
