"""A damaged, full, read-only or vanished store: what was written before is still there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sized
from pathlib import Path

import pytest

from grader.content import catalog
from grader.core import salvage
from grader.core.model import KitError
from grader.core.store import NAME, Store
from grader.practice import actions
from tests.conftest import ROOT
from tests.test_progress import START, Clock, verdict

KATA = catalog.find_kata("kata02")
FILE = f"katas/{KATA.name}.py"
COUNT = 60
Cli = Callable[..., "subprocess.CompletedProcess[str]"]
root_only = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root may mount"
)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A closed store with attempts of about a page each, and something in every other table."""
    path = tmp_path / NAME
    with contextlib.closing(Store(path, Clock())) as store:
        for number in range(COUNT):
            store.record_attempt(verdict(), f"# attempt {number}\n" + "x" * 3000)
        store.record_hint(KATA.name, 1)
        store.record_answer("question", 7, "an answer", 1.0)
        store.record_review(KATA.name, {"due": START.isoformat()}, START, 3, "no hints")
        store.record_event(store.begin_interview({"title": "x"}), "begun", {"at": 0})
    assert not Path(f"{path}-wal").exists()
    return path


def spoil(path: Path, page: int, size: int = 4096) -> None:
    """Overwrite a page of the file, counted from 0."""
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xff" * size)


def asides(folder: Path) -> list[Path]:
    """Return the damaged files that were set aside, without their logs."""
    return [path for path in folder.glob("*.damaged-*") if not path.name.endswith(("-wal", "-shm"))]


def leaf_in_the_middle(path: Path) -> int:
    """Return a page that holds attempts in the middle of their table, counted from 0."""
    return path.read_bytes().index(b"# attempt 30\n") // 4096


def root_of(path: Path, table: str) -> int:
    """Return the first page of a table, counted from 0."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        return int(found.fetchone()[0]) - 1


def test_page_damaged_in_the_middle_costs_its_rows_only(filled: Path) -> None:
    """The file is set aside as it was, and all other rows are in the new one with their numbers."""
    spoil(filled, leaf_in_the_middle(filled))
    before = filled.read_bytes()
    with contextlib.closing(Store(filled, Clock())) as store:
        found = store.attempts()
        hints, answers, cards = store.hints(), store.answers(), store.cards_due(START)
        (sitting,) = store.interviews()
        events = store.events(sitting.id)
        whole = store.db.execute("PRAGMA integrity_check").fetchone()
    (aside,) = asides(filled.parent)

    assert COUNT - 4 <= len(found) < COUNT
    assert {entry.source.split("\n")[0] for entry in found} == {
        f"# attempt {entry.id - 1}" for entry in found
    }
    assert [len(rows) for rows in (hints, answers, cards, events)] == [1, 1, 1, 1]
    assert store.note == (
        f"The progress file was damaged. It is kept as {aside.name}, and a new one is begun with "
        f"the {len(found) + 6} rows that can still be read."
    )
    assert aside.read_bytes() == before
    assert whole == ("ok",)


def test_damage_that_a_write_meets_is_mended_and_the_write_done(filled: Path) -> None:
    """The attempt that found the damage is in the new file."""
    page = root_of(filled, "hints")
    store = Store(filled, Clock())
    spoil(filled, page)
    store.record_hint(KATA.name, 2)
    tiers = [hint.tier for hint in store.hints()]
    store.close()

    assert tiers == [2]
    assert len(asides(filled.parent)) == 1
    assert len(Store(filled).attempts()) == COUNT


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("attempts", "verdict", "{half a docu"),
        ("attempts", "verdict", "[]"),
        ("attempts", "time", "yesterday"),
        ("hints", "time", ""),
        ("answers", "time", "x"),
        ("interviews", "plan", "x"),
        ("interview_events", "data", "x"),
        ("cards", "due", "x"),
        ("cards", "card", "x"),
    ],
)
def test_row_that_makes_no_sense_is_damage_too(
    filled: Path, table: str, column: str, value: str
) -> None:
    """A flipped byte that SQLite does not notice stops no command."""
    db = sqlite3.connect(filled)
    db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = 1", (value,))
    db.commit()
    db.close()
    with contextlib.closing(Store(filled, Clock())) as store:
        rows: list[Sized] = [store.attempts(), store.hints(), store.answers(), store.interviews()]
        counts = [len(found) for found in rows]
        store.card(KATA.name)
        due, card, events = store.cards_due(START), store.card(KATA.name), store.events(1)

    lost = {"attempts": 0, "hints": 1, "answers": 2, "interviews": 3}.get(table)
    assert counts == [n - (i == lost) for i, n in enumerate((COUNT, 1, 1, 1))]
    assert [len(events), card is not None, len(due)] == [
        int(table != "interview_events"),
        table != "cards",
        int(table != "cards"),
    ]
    assert store.note.startswith("The progress file was damaged.")


def test_text_that_is_no_unicode_any_more_is_kept_with_marks(filled: Path) -> None:
    """The learner's words around the damage are still there."""
    db = sqlite3.connect(filled)
    db.execute("UPDATE attempts SET source = CAST(x'61FF62' AS TEXT) WHERE id = 3")
    db.commit()
    db.close()
    with contextlib.closing(Store(filled, Clock())) as store:
        found = store.attempts()

    assert len(found) == COUNT
    assert found[2].source == "a\ufffdb"


def test_truncated_file_keeps_what_is_left(filled: Path) -> None:
    """Half of the file is worth half of the attempts."""
    os.truncate(filled, filled.stat().st_size // 8192 * 4096)
    with contextlib.closing(Store(filled, Clock())) as store:
        assert 10 <= len(store.attempts()) < COUNT
        store.record_attempt(verdict(), "next")


def test_what_belongs_to_a_damaged_file_is_kept_with_it(tmp_path: Path) -> None:
    """Attempts that are still in the write-ahead log go aside too."""
    path = tmp_path / NAME
    for part in salvage.PARTS:
        Path(f"{path}{part}").write_bytes(b"damaged" + part.encode() * 5000)
    Store(path, Clock()).close()
    aside = f"{path}.damaged-20260105-120000"

    assert Path(aside).read_bytes() == b"damaged"
    assert Path(f"{aside}-wal").read_bytes() == b"damaged" + b"-wal" * 5000
    assert Path(f"{aside}-shm").exists()
    assert Store(path).attempts() == []


def test_log_of_a_damaged_file_is_read_with_it(filled: Path) -> None:
    """What was committed to the log and not yet to the file is salvaged."""
    other = filled.with_name("other.sqlite3")
    shutil.copy(filled, other)
    store = Store(other, Clock())
    store.record_attempt(verdict(), "only in the log")
    shutil.copy(f"{other}-wal", f"{filled}-wal")
    store.close()
    spoil(filled, leaf_in_the_middle(filled))
    with contextlib.closing(Store(filled, Clock())) as store:
        assert store.attempts()[-1].source == "only in the log"
    assert len(list(filled.parent.glob("*damaged*-wal"))) == 1


def test_files_damaged_within_one_second_are_all_kept(tmp_path: Path) -> None:
    """A name that is taken is not taken again, even if only a log has it."""
    path, clock = tmp_path / NAME, Clock()
    for number in range(3):
        for part in salvage.PARTS:
            Path(f"{path}{part}").unlink(missing_ok=True)
        path.write_bytes(b"damaged %d" % number * 500)
        Store(path, clock).close()
        if number == 0:
            Path(f"{path}.damaged-20260105-120000").rename(f"{path}.damaged-20260105-120000-wal")
    kept = {file.name: file.read_bytes()[:9] for file in tmp_path.glob("*damaged*")}

    assert kept == {
        f"{NAME}.damaged-20260105-120000-wal": b"damaged 0",
        f"{NAME}.damaged-20260105-120000-2": b"damaged 1",
        f"{NAME}.damaged-20260105-120000-3": b"damaged 2",
    }


def test_only_one_of_many_sets_a_damaged_file_aside(filled: Path) -> None:
    """The good file that the first one makes is not set aside by the next."""
    stores = [Store(filled, Clock()) for _ in range(6)]
    spoil(filled, leaf_in_the_middle(filled))
    counts: list[int] = []

    def read(store: Store) -> None:
        counts.append(len(store.attempts()))
        store.record_hint(KATA.name, 3)

    threads = [threading.Thread(target=read, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(counts)) == 1
    assert len(counts) == 6
    assert len(asides(filled.parent)) == 1
    assert len(Store(filled).hints()) == 7
    for store in stores:
        store.close()


def test_full_disk_while_mending_leaves_all_as_it_was(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence; the damaged file has its name, and nothing is beside it."""
    spoil(filled, leaf_in_the_middle(filled))
    before = filled.read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(salvage, "copy_rows", full)
    with contextlib.closing(Store(filled, Clock())) as store:
        with pytest.raises(KitError, match="can't be used: No space left on device"):
            store.attempts()

    assert filled.read_bytes() == before
    assert sorted(path.name for path in filled.parent.iterdir()) == [NAME, f"{NAME}.lock"]


KILLED = """
import os, signal, sys
from pathlib import Path
from grader.core import salvage
from grader.core.store import Store
replace, calls = os.replace, int(sys.argv[2])
def kill(source, target):
    global calls
    calls -= 1
    if calls < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
os.replace = kill
Store(Path(sys.argv[1])).attempts()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("calls", [0, 1])
def test_kill_while_mending_loses_nothing(filled: Path, calls: int) -> None:
    """The next opening mends again, with the same rows."""
    spoil(filled, leaf_in_the_middle(filled))
    subprocess.run([sys.executable, "-c", KILLED, str(filled), str(calls)], cwd=ROOT, check=False)
    with contextlib.closing(Store(filled, Clock())) as store:
        assert len(store.attempts()) >= COUNT - 4
        assert store.note


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no open file")
@pytest.mark.parametrize("folder", [False, True])
def test_store_that_vanishes_while_open_is_written_again(filled: Path, folder: bool) -> None:
    """Everything that was recorded is there, and the event that is being written."""
    store = Store(filled, Clock())
    store.record_hint(KATA.name, 2)
    if folder:
        shutil.rmtree(filled.parent)
    else:
        for part in salvage.PARTS:
            Path(f"{filled}{part}").unlink()
    store.record_hint(KATA.name, 3)
    store.record_hint(KATA.name, 4)
    store.close()
    again = Store(filled)

    assert [hint.tier for hint in again.hints()] == [1, 2, 3, 4]
    assert len(again.attempts()) == COUNT
    assert store.note == ("The progress file was deleted while it was in use. It is written again.")


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no open file")
def test_store_that_another_process_has_replaced_is_followed(filled: Path) -> None:
    """What is written goes to the file that has the name now."""
    store = Store(filled, Clock())
    filled.rename(filled.with_name("elsewhere"))
    for part in salvage.PARTS[1:]:
        Path(f"{filled}{part}").unlink()
    Store(filled, Clock()).close()
    store.record_attempt(verdict(), "mine")
    store.close()

    assert [entry.source for entry in Store(filled).attempts()] == ["mine"]


@pytest.fixture
def practise(cli: Cli, tmp_path: Path) -> Cli:
    """Run commands in a fresh practice folder with a progress folder of its own."""
    cli("init", str(tmp_path / "practice"))
    (tmp_path / FILE).parent.mkdir()
    home = str(tmp_path)
    return lambda *arguments: cli(*arguments, cwd=tmp_path / "practice", GRADER_HOME=home)


@pytest.mark.parametrize("command", ["list", "today", "history kata02", "overview"])
def test_commands_finish_on_a_damaged_file_and_say_what_was_done(
    practise: Cli, filled: Path, command: str
) -> None:
    """The first command that meets the damage tells of it; the next has nothing to tell."""
    spoil(filled, leaf_in_the_middle(filled))
    first, second = practise(*command.split()), practise(*command.split())

    assert first.returncode == second.returncode == 0
    assert first.stderr == second.stderr == ""
    assert "The progress file was damaged. It is kept as" in " ".join(first.stdout.split())
    assert "damaged" not in second.stdout


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Put a small file system of its own at a folder."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this machine does not let root mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@root_only
def test_full_disk_costs_the_record_and_nothing_else(cli: Cli, tmp_path: Path) -> None:
    """The verdict is shown with a sentence, reset keeps the file, and what was recorded stays."""
    cli("init", str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    path = tmp_path / FILE
    path.write_text(catalog.solution_of(KATA), "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return cli(*arguments, cwd=tmp_path, GRADER_HOME=str(home))

    with mounted(home, "size=400k"):
        Store(home / NAME).close()
        with (home / "filler").open("wb", 0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        graded, reset = run("kata02"), run("reset", "kata02")
        mine = path.read_text("utf-8")
        (home / "filler").unlink()
        entries = Store(home / NAME).attempts()

    assert graded.returncode == 0
    assert "Not recorded: The progress file" in " ".join(graded.stdout.split())
    assert reset.returncode == 2
    assert "can't be used: " in reset.stderr
    assert "Traceback" not in graded.stderr + reset.stderr
    assert mine == catalog.solution_of(KATA)
    assert entries == []


@pytest.mark.slow
@root_only
@pytest.mark.parametrize("there", [True, False])
def test_read_only_folder_costs_the_record_and_nothing_else(
    cli: Cli, tmp_path: Path, there: bool
) -> None:
    """With a store in it or without, grading works and every other command has a sentence."""
    cli("init", str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / FILE).write_text(catalog.solution_of(KATA), "utf-8")
    with mounted(home, "size=1m"):
        if there:
            Store(home / NAME).close()
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        for command, code in (("kata02", 0), ("list", 0), ("today", 2), ("reset kata02", 2)):
            found = cli(*command.split(), cwd=tmp_path, GRADER_HOME=str(home))
            told = " ".join((found.stdout + found.stderr).split())

            assert found.returncode == code, (command, told)
            assert "can't be used: " in told, command
            assert "Traceback" not in told, command
    assert (tmp_path / FILE).read_text("utf-8") == catalog.solution_of(KATA)


SOURCES = {
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "CRLF": b"x = 1\r\ny = 2\r\n",
    "latin-1": b"# coding: latin-1\nname = '\xe9'\n",
    "GBK": "# coding: gbk\n# 梯度\n".encode("gbk"),
    "undeclared": b"# \xe9\xff\n",
    "NUL": b"x = 1\x00\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "no end of line": "# ü".encode(),
    "empty": b"",
}


@pytest.mark.parametrize("name", SOURCES)
def test_bytes_come_back_exactly_from_reset_and_from_grading(
    practise: Cli, name: str, tmp_path: Path
) -> None:
    """Whatever the encoding, what reset or a verdict kept is put back byte for byte."""
    path, source = tmp_path / "practice" / FILE, SOURCES[name]
    path.write_bytes(source)
    kept = practise("reset", "kata02")
    stub = path.read_bytes()
    restored = practise("history", "kata02", "--restore", "1")

    assert "attempt 1" in kept.stdout.replace("\n", " ")
    assert stub == catalog.stub_of(KATA).encode()
    assert restored.returncode == 0
    assert path.read_bytes() == source


def test_text_stays_for_readers_beside_the_bytes(tmp_path: Path) -> None:
    """The text is read as Python reads it; bytes are kept only where the text does not give them."""
    with contextlib.closing(Store(tmp_path / NAME, Clock())) as store:
        for source in SOURCES.values():
            store.keep_file(KATA.name, source)
            store.record_attempt(verdict(), source)
        entries = store.attempts()
        extra = {entry.id for entry in entries if entry.source_bytes is not None}

    assert [entry.content for entry in entries[::2]] == list(SOURCES.values())
    assert [entry.content for entry in entries[1::2]] == list(SOURCES.values())
    assert entries[4].source == "# coding: latin-1\nname = 'é'\n"
    assert entries[6].source == "# coding: gbk\n# 梯度\n"
    names = list(SOURCES)
    assert {names[(id - 1) // 2] for id in extra} == {
        "byte order mark",
        "latin-1",
        "GBK",
        "undeclared",
        "UTF-16",
    }


def test_attempts_of_an_older_version_are_restored_from_their_text(tmp_path: Path) -> None:
    """A file of schema 2 gets the new column, empty; a program that knows only the old writes on."""
    store = Store(tmp_path / NAME, Clock())
    store.record_attempt(verdict(), "ü\n")
    store.db.execute("ALTER TABLE attempts DROP COLUMN source_bytes")
    store.db.execute("PRAGMA user_version = 2")
    store.close()
    store = Store(tmp_path / NAME, Clock())
    store.db.execute(
        "INSERT INTO attempts (kata, time, verdict, source, seconds) VALUES (?, ?, ?, ?, ?)",
        (KATA.name, START.isoformat(), json.dumps({"status": "failed"}), "é\n", 0.5),
    )

    assert [entry.content for entry in store.attempts()] == ["ü\n".encode(), "é\n".encode()]
    store.close()


def test_file_that_can_not_be_kept_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a store, reset changes nothing; a file that is missing needs none."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "file" / "home"))
    path = tmp_path / "kata.py"
    path.write_text("mine")
    with pytest.raises(KitError, match="can't be used: Not a directory"):
        actions.put_stub_back(KATA, path)
    assert path.read_text() == "mine"

    path.unlink()
    assert actions.put_stub_back(KATA, path) == ""
    assert path.read_text("utf-8") == catalog.stub_of(KATA)
