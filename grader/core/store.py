"""The store: every graded attempt, hint and review, in one SQLite file.

Each event is one transaction, so a kill at any moment loses at most the one being written. An
older file is migrated step by step, a newer one is refused, and a damaged one is set aside, never
deleted: what can still be read of it goes on in a new one. Whatever else keeps the file from being
used is a KitError.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time as machine
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from grader.core import salvage, workspace
from grader.core.files import text_of
from grader.core.lock import alone
from grader.core.model import KitError, Verdict
from grader.core.records import AnswerGiven, Entry, Event, HintSeen, Sitting
from grader.core.salvage import Damaged, code_of, identity_of, is_damage, read_object

NAME = "progress.sqlite3"
PATIENCE = 1.0  # seconds to wait for another process that writes
FIRST_PATIENCE = 10.0  # and for one that makes the file, or mends it
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
MACHINE = (  # what SQLite reports of the machine and the file; the rest are faults of the kit
    *BUSY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
)
Clock = Callable[[], datetime]
Found = TypeVar("Found")
Statement = tuple[str, tuple[Any, ...]]


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


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


def _add_source_bytes(db: sqlite3.Connection) -> None:
    """Version 3: a file's bytes, where they are not the UTF-8 of its text."""
    db.execute("ALTER TABLE attempts ADD COLUMN source_bytes BLOB")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create,
    _add_answers,
    _add_source_bytes,
)


class Store:
    """The open file; `note` says what had to be done about it, if anything."""

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self.path = path
        self.clock = clock
        self.note = ""
        self.identity = identity_of(path)
        with _told(path):
            self.db = _connection(path)
        try:
            self._guarded(self._prepare)
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        _prepare(self.db, self.path)
        self.identity = identity_of(self.path)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def _read(
        self, make: Callable[..., Found], sql: str, values: tuple[Any, ...] = ()
    ) -> list[Found]:
        def work() -> list[Found]:
            rows = self.db.execute(sql, values).fetchall()
            try:
                return [make(*row) for row in rows]
            except (ValueError, TypeError) as error:
                raise Damaged(str(error)) from None

        return self._guarded(work)

    def _write(self, *statements: Statement) -> int:
        """Do all of it or nothing; return the number of the last row."""

        def work() -> int:
            if identity_of(self.path) != self.identity:
                self._follow()
            with _transaction(self.db):
                cursors = [self.db.execute(*statement) for statement in statements]
            return int(cursors[-1].lastrowid or 0)

        return self._guarded(work)

    def _guarded(self, work: Callable[[], Found]) -> Found:
        """Do it, if need be once more with a new file in the place of a damaged one."""
        with _told(self.path):
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
            self._mend()
            return work()

    def _mend(self) -> None:
        """Set the damaged file aside, unless another process has done it meanwhile."""
        with alone(self.path, FIRST_PATIENCE):
            if identity_of(self.path) == self.identity:
                stamp = self.clock().strftime("%Y%m%d-%H%M%S")
                self.note = salvage.renew(self.path, stamp, _open, self.close)
            self._open_again()

    def _follow(self) -> None:
        """Go on with the file that has the name now; one that was deleted is written again."""
        if not self.path.exists():
            with contextlib.closing(_connection(self.path)) as new:
                self.db.backup(new)
            self.note = "The progress file was deleted while it was in use. It is written again."
        self._open_again()

    def _open_again(self) -> None:
        self.close()
        self.db = _connection(self.path)
        self._prepare()

    def record_attempt(self, verdict: Verdict, source: str | bytes) -> int:
        """Keep a graded attempt with its file; return its number."""
        document = verdict.as_json()
        return self._add_attempt(verdict.kata, document, source, verdict.seconds)

    def keep_file(self, kata: str, source: str | bytes) -> int:
        """Keep a file that is about to be replaced; return its number in the history."""
        return self._add_attempt(kata, {"status": "kept"}, source, 0.0)

    def _add_attempt(
        self, kata: str, document: dict[str, Any], source: str | bytes, seconds: float
    ) -> int:
        text = source if isinstance(source, str) else text_of(source)
        raw = None if source in (text, text.encode()) else source
        time = self.clock().isoformat()
        return self._write(
            (
                "INSERT INTO attempts (kata, time, verdict, source, seconds, source_bytes)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (kata, time, json.dumps(document), text, seconds, raw),
            )
        )

    def attempts(self, kata: str | None = None) -> list[Entry]:
        """Return the attempts at one kata or at all, the oldest first."""
        where, values = ("WHERE kata = ?", (kata,)) if kata else ("", ())
        return self._read(
            _entry,
            "SELECT id, kata, time, verdict, seconds, source, source_bytes FROM attempts"
            f" {where} ORDER BY id",
            values,
        )

    def record_hint(self, kata: str, tier: int) -> None:
        """Remember that a tier was seen."""
        self._write(
            (
                "INSERT INTO hints (kata, tier, time) VALUES (?, ?, ?)",
                (kata, tier, self.clock().isoformat()),
            )
        )

    def hints(self, kata: str | None = None) -> list[HintSeen]:
        """Return what was shown of one kata or of all, the oldest first."""
        where, values = ("WHERE kata = ?", (kata,)) if kata else ("", ())
        return self._read(
            lambda name, tier, time: HintSeen(name, tier, datetime.fromisoformat(time)),
            f"SELECT kata, tier, time FROM hints {where} ORDER BY id",
            values,
        )

    def record_answer(self, question: str, seed: int, given: str, score: float | None) -> int:
        """Keep an answer to a question as it was given; return its number."""
        return self._write(
            (
                "INSERT INTO answers (question, time, seed, given, score) VALUES (?, ?, ?, ?, ?)",
                (question, self.clock().isoformat(), seed, given, score),
            )
        )

    def score_answer(self, id: int, score: float) -> None:
        """Fill in what an answer was worth, once it is judged."""
        self._write(("UPDATE answers SET score = ? WHERE id = ?", (score, id)))

    def answers(self) -> list[AnswerGiven]:
        """Return every answer, the oldest first."""
        return self._read(
            lambda question, time, *rest: AnswerGiven(
                question, datetime.fromisoformat(time), *rest
            ),
            "SELECT question, time, seed, given, score FROM answers ORDER BY id",
        )

    def begin_interview(self, plan: dict[str, Any]) -> int:
        """Keep the plan of an interview that begins; return its number."""
        return self._write(
            (
                "INSERT INTO interviews (started, plan) VALUES (?, ?)",
                (self.clock().isoformat(), json.dumps(plan)),
            )
        )

    def end_interview(self, id: int) -> None:
        """Note that an interview is over."""
        time = self.clock().isoformat()
        self._write(("UPDATE interviews SET ended = ? WHERE id = ?", (time, id)))

    def interviews(self) -> list[Sitting]:
        """Return every interview, the oldest first."""
        return self._read(_sitting, "SELECT id, started, plan, ended FROM interviews ORDER BY id")

    def record_event(self, interview: int, kind: str, data: dict[str, Any]) -> Event:
        """Keep an event of an interview, and return it."""
        event = Event(self.clock(), kind, data)
        self._write(
            (
                "INSERT INTO interview_events (interview, time, kind, data) VALUES (?, ?, ?, ?)",
                (interview, event.time.isoformat(), kind, json.dumps(data)),
            )
        )
        return event

    def events(self, interview: int) -> list[Event]:
        """Return what happened in an interview, the oldest first."""
        return self._read(
            lambda time, kind, data: Event(datetime.fromisoformat(time), kind, read_object(data)),
            "SELECT time, kind, data FROM interview_events WHERE interview = ? ORDER BY id",
            (interview,),
        )

    def card(self, key: str) -> dict[str, Any] | None:
        """Return the scheduler's card for a kata or a question."""
        found = self._read(read_object, "SELECT card FROM cards WHERE key = ?", (key,))
        return next(iter(found), None)

    def cards_due(self, until: datetime) -> list[tuple[str, datetime]]:
        """Return what is due by then, the longest due first."""
        due = self._read(
            lambda key, time: (key, datetime.fromisoformat(time)),
            "SELECT key, due FROM cards ORDER BY due",
        )
        return [(key, time) for key, time in due if time <= until]

    def record_review(
        self, key: str, card: dict[str, Any], due: datetime, rating: int, reason: str
    ) -> None:
        """Keep a review and the card as it is after it."""
        self._write(
            (
                "INSERT INTO reviews (key, time, rating, reason) VALUES (?, ?, ?, ?)",
                (key, self.clock().isoformat(), rating, reason),
            ),
            (
                "INSERT INTO cards (key, card, due) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET card = excluded.card, due = excluded.due",
                (key, json.dumps(card), due.isoformat()),
            ),
        )


def _entry(
    id: int,
    kata: str,
    time: str,
    document: str,
    seconds: float,
    source: str,
    source_bytes: bytes | None,
) -> Entry:
    verdict = read_object(document)
    status = str(verdict.get("status", "failed"))
    when = datetime.fromisoformat(time)
    return Entry(id, kata, when, status, seconds, source, verdict, source_bytes)


def _sitting(id: int, started: str, plan: str, ended: str | None) -> Sitting:
    begun = datetime.fromisoformat(started)
    return Sitting(id, begun, read_object(plan), datetime.fromisoformat(ended) if ended else None)


def _connection(path: Path) -> sqlite3.Connection:
    """Return a connection that has not read anything yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _open(path: Path) -> sqlite3.Connection:
    """Return a connection to a store of this version, made if it is not there."""
    db = _connection(path)
    _prepare(db, path)
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Set the file up, and bring it to this version.

    While another process makes the file, the switch to WAL fails at once, whatever the connection's
    timeout is; so it is tried again.
    """
    until = machine.monotonic() + FIRST_PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
            return _migrate(db, path)
        except sqlite3.OperationalError as error:
            if code_of(error) not in BUSY or machine.monotonic() > until:
                raise
            machine.sleep(0.01)


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do all that is written inside, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # on a full disk SQLite has taken it back itself
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the machine refuses into a sentence; a fault of the kit keeps its traceback."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        code = code_of(error)
        if isinstance(error, sqlite3.Error) and code not in MACHINE and not is_damage(error):
            raise
        raise KitError(
            f"The progress file {str(path)!r} can't be used: "
            f"{getattr(error, 'strerror', None) or error}.",
            "Close other programs that use it, then try again."
            if code in BUSY
            else "Free some space or make the folder writable, or set GRADER_HOME to another one.",
        ) from None


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
        with _transaction(db):
            (again,) = db.execute("PRAGMA user_version").fetchone()  # another process was faster?
            if again == number:
                MIGRATIONS[number](db)
                db.execute(f"PRAGMA user_version = {number + 1}")


def open_store(clock: Clock = now) -> Store:
    """Return the store of the practice folder in use, or raise KitError with the reason."""
    home = workspace.find_home()
    if home is None:
        raise KitError(
            "There is no katas/ folder here or above, so there is no progress to keep.",
            "'python -m grader init DIR' makes a practice folder.",
        )
    return Store(Path(home, NAME), clock)
