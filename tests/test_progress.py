"""The store: nothing recorded is lost, whatever happens to the process, the disk or the file."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.content import catalog
from grader.content.questions import all_questions
from grader.core import store as store_module
from grader.core.model import KitError, Verdict
from grader.core.schedule import Effort, effort_of, rate, review
from grader.core.store import MIGRATIONS, NAME, Store, open_store
from grader.practice import actions
from grader.practice.standing import standings
from grader.quiz.commands import choose, due_questions
from tests.conftest import ROOT

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def wait(self, **much: float) -> None:
        self.time += timedelta(**much)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path / NAME, clock)


def verdict(status: str = "failed", kata: str = "kata02_mul_backward") -> Verdict:
    """Return a verdict without checks."""
    return Verdict(kata, "x.py", status, "a sentence", seconds=0.25)  # type: ignore[arg-type]


def test_attempts_come_back_as_they_were(store: Store, clock: Clock) -> None:
    """Text, verdict and time, the oldest first; the file is in WAL mode with its version."""
    store.record_attempt(verdict(), "one\n")
    clock.wait(minutes=5)
    store.record_attempt(verdict("passed"), "two ü\n")
    store.record_attempt(verdict(kata="kata03_topo_sort"), "other")
    one, two = store.attempts("kata02_mul_backward")

    assert (one.source, one.status, one.time, one.seconds) == ("one\n", "failed", START, 0.25)
    assert (two.source, two.passed, two.time - one.time) == ("two ü\n", True, timedelta(minutes=5))
    assert two.verdict["message"] == "a sentence"
    assert len(store.attempts()) == 3
    assert store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_older_file_is_migrated_step_by_step(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version adds a step, and what was recorded before stays."""
    store.record_attempt(verdict(), "mine")
    store.close()
    steps = (*MIGRATIONS, lambda db: db.execute("CREATE TABLE later (x)"))
    monkeypatch.setattr(store_module, "MIGRATIONS", steps)
    later = Store(tmp_path / NAME)

    assert later.attempts()[0].source == "mine"
    assert later.db.execute("PRAGMA user_version").fetchone() == (len(steps),)
    assert later.db.execute("SELECT * FROM later").fetchall() == []


def test_step_that_fails_changes_nothing(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a migration is none."""
    store.close()

    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        raise RuntimeError("out of ideas")

    monkeypatch.setattr(store_module, "MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(RuntimeError, match="out of ideas"):
        Store(tmp_path / NAME)
    monkeypatch.undo()
    again = Store(tmp_path / NAME)

    assert again.db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert not again.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall()


def test_newer_file_is_refused_and_left_alone(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence with both versions; nothing is written."""
    store.db.execute("PRAGMA user_version = 99")
    store.close()
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))

    with pytest.raises(
        KitError, match=r"newer version of the kit \(its schema is 99, this one knows 3\)"
    ):
        open_store()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)


def test_damaged_file_is_set_aside_and_kept(tmp_path: Path, clock: Clock) -> None:
    """What can't be read is renamed, and a new file is begun."""
    path = tmp_path / NAME
    path.write_bytes(b"this is no database" * 1000)
    store = Store(path, clock)
    store.record_attempt(verdict(), "mine")
    (aside,) = tmp_path.glob(f"{NAME}.damaged-*")

    assert store.note == (
        "The progress file was damaged. It is kept as "
        "progress.sqlite3.damaged-20260105-120000, and a new one is begun."
    )
    assert aside.read_bytes().startswith(b"this is no database")
    assert len(store.attempts()) == 1


WRITER = """
import sys
from pathlib import Path
from grader.core.model import Verdict
from grader.core.store import Store
store = Store(Path(sys.argv[1]))
while True:
    verdict = Verdict("kata02_mul_backward", "x.py", "failed", "m", seconds=0.1)
    print(store.record_attempt(verdict, "x" * 4000), flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kills", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_lose_nothing_that_was_reported(tmp_path: Path, kills: int) -> None:
    """Processes are killed while they record: every number on the screen is in the store."""
    path, draw = tmp_path / NAME, random.Random(0)
    Store(path).close()
    reported: set[int] = set()
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-S", "-c", WRITER, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            assert process.stdout
            first = process.stdout.readline()
            time.sleep(draw.random() * 0.01)  # noqa: TID251 - killed at any moment
            process.kill()
            lines = [first, *process.stdout.read().split("\n")]
        reported |= {int(line) for line in lines if line.strip()}
    store = Store(path)
    kept = {entry.id for entry in store.attempts()}

    assert len(reported) >= kills
    assert reported <= kept
    assert store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("*damaged*"))


def test_two_writers_do_not_lose_or_block_each_other(tmp_path: Path) -> None:
    """Attempts of two graders at once are all there, and none waits for a second."""
    path = tmp_path / NAME
    Store(path).close()
    slowest: list[float] = []

    def write() -> None:
        store = Store(path)
        for _ in range(100):
            began = time.monotonic()
            store.record_attempt(verdict(), "x")
            slowest.append(time.monotonic() - began)
        store.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(Store(path).attempts()) == 200
    assert max(slowest) < 1


OPENER = """
import sys, threading
from pathlib import Path
from grader.core import store
from grader.core.store import Store
store.PATIENCE = 0.0  # as if every wait had taken too long
def open_it():
    barrier.wait()
    sys.stdout.write(f"{Store(Path(sys.argv[1])).attempts()}\\n")
barrier = threading.Barrier(8)
threads = [threading.Thread(target=open_it) for _ in range(8)]
sys.stdin.readline()
for thread in threads:
    thread.start()
"""


@pytest.mark.parametrize("processes", [1, 4])
def test_first_openings_at_once_all_find_a_whole_file(tmp_path: Path, processes: int) -> None:
    """Eight threads in each of the processes meet no file: none is refused, one of them makes it."""
    path = tmp_path / NAME
    openers = [
        subprocess.Popen(
            [sys.executable, "-S", "-c", OPENER, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(processes)
    ]
    for opener in openers:
        assert opener.stdin
        opener.stdin.write("\n")
        opener.stdin.flush()
    said = [opener.communicate(timeout=100)[0] for opener in openers]

    assert said == ["[]\n" * 8] * processes
    assert not list(tmp_path.glob("*damaged*"))


def recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the notes of recording an attempt with this progress folder."""
    monkeypatch.setenv("GRADER_HOME", str(home))
    kata = catalog.find_kata("kata02")
    return actions.record(verdict("passed"), kata, b"#" * 100_000)


def test_store_that_can_not_be_used_costs_a_sentence_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that can't be made, a full disk, a newer file: the verdict stands."""
    (tmp_path / "file").write_text("")
    (no_folder,) = recorded(tmp_path / "file" / "home", monkeypatch)
    assert no_folder.startswith("Not recorded: The progress file ")
    assert "can't be used: Not a directory." in no_folder

    path = tmp_path / "full" / NAME
    Store(path).close()
    connect = store_module._connection

    def full(path: Path) -> sqlite3.Connection:
        db = connect(path)
        db.execute("PRAGMA max_page_count = 1")
        return db

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_connection", full)
        (no_room,) = recorded(path.parent, patch)
    assert no_room == (
        f"Not recorded: The progress file {str(path)!r} can't be used: database or disk is full. "
        "Free some space or make the folder writable, or set GRADER_HOME to another one."
    )

    newer = Store(tmp_path / "newer" / NAME)
    newer.db.execute("PRAGMA user_version = 99")
    newer.close()
    (note,) = recorded(tmp_path / "newer", monkeypatch)
    assert "was written by a newer version of the kit" in note


def test_other_faults_are_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of the kit stays a bug."""

    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Store, "record_attempt", bug)
    with pytest.raises(ZeroDivisionError):
        recorded(tmp_path, monkeypatch)


def test_busy_store_is_waited_for_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that never ends costs a note."""
    monkeypatch.setattr(store_module, "PATIENCE", 0.1)
    holder = Store(tmp_path / NAME)
    holder.db.execute("BEGIN IMMEDIATE")
    (note,) = recorded(tmp_path, monkeypatch)

    assert note == (
        f"Not recorded: The progress file {str(tmp_path / NAME)!r} can't be used: database is "
        "locked. Close other programs that use it, then try again."
    )


KATA = catalog.find_kata("kata02")


@pytest.mark.parametrize(
    ("effort", "name", "reason"),
    [
        (Effort(5, 0, timedelta(minutes=1)), 1, "the solution was seen"),
        (Effort(4, 0, timedelta(minutes=1)), 1, "the last hint was seen"),
        (Effort(2, 0, timedelta(minutes=1)), 2, "hint 2 was seen"),
        (Effort(0, 0, timedelta(minutes=17)), 2, "it took 17 minutes of 8"),
        (Effort(0, 3, timedelta(minutes=5)), 3, "3 attempts failed before"),
        (Effort(0, 2, timedelta(minutes=5)), 4, "no hints, 5 of 8 minutes"),
        (Effort(0, 0, timedelta(minutes=12)), 3, "no hints"),
        (Effort(0, 0, None), 3, "no hints"),
    ],
)
def test_rating_follows_from_hints_failures_and_time(
    effort: Effort, name: int, reason: str
) -> None:
    """The rating is computed, and says why."""
    found = rate(KATA, effort)

    assert (found.value, found.reason) == (name, reason)


def test_effort_counts_from_the_pass_or_reset_before(store: Store, clock: Clock) -> None:
    """Hints and failures of an earlier round do not count again."""
    store.record_hint(KATA.name, 3)
    store.record_attempt(verdict(), "x")
    clock.wait(minutes=4)
    store.record_attempt(verdict("passed"), "x")
    first = effort_of(store.attempts(), store.hints())
    clock.wait(days=3)
    store.record_hint(KATA.name, 0)
    clock.wait(minutes=2)
    store.record_attempt(verdict("passed"), "x")
    second = effort_of(store.attempts(), store.hints())

    assert first == Effort(3, 1, timedelta(minutes=4))
    assert second == Effort(0, 0, timedelta(minutes=2))


def test_pass_is_scheduled_and_comes_back(store: Store, clock: Clock) -> None:
    """A first pass gets a date; a pass before it changes nothing; one on it moves it further."""
    store.record_attempt(verdict("passed"), "x")
    scheduled = review(store, KATA)
    assert scheduled
    clock.wait(hours=1)
    store.record_attempt(verdict("passed"), "x")
    assert review(store, KATA) is None
    assert store.cards_due(clock()) == []
    clock.time = scheduled[1]
    assert [key for key, _ in store.cards_due(clock())] == [KATA.name]
    store.record_attempt(verdict("passed"), "x")
    again = review(store, KATA)

    assert again
    assert again[1] - clock() > scheduled[1] - START
    assert store.db.execute("SELECT rating, reason FROM reviews").fetchall() == [
        (3, "no hints"),
        (3, "no hints"),
    ]


def test_worse_passes_come_back_sooner(tmp_path: Path, clock: Clock) -> None:
    """Again is due before hard, hard before good, good before easy."""
    due = []
    for tier, minutes in ((4, 1), (2, 1), (0, 12), (0, 3)):
        store = Store(tmp_path / f"{tier}-{minutes}" / NAME, clock)
        begun = clock()
        store.record_hint(KATA.name, tier)
        clock.wait(minutes=minutes)
        store.record_attempt(verdict("passed"), "x")
        scheduled = review(store, KATA)
        assert scheduled
        due.append(scheduled[1] - begun)

    assert due == sorted(due)
    assert len({time.days for time in due}) >= 3


Cli = Callable[..., "subprocess.CompletedProcess[str]"]
RIGHT = catalog.solution_of(KATA)
FILE = "katas/kata02_mul_backward.py"


@pytest.fixture
def practise(cli: Cli, tmp_path: Path) -> Cli:
    """Run commands in a fresh practice folder with a progress folder of its own."""
    cli("init", str(tmp_path))
    home = str(tmp_path / ".grader")
    return lambda *arguments: cli(*arguments, cwd=tmp_path, GRADER_HOME=home)


def test_first_round_with_a_kata(practise: Cli, tmp_path: Path) -> None:
    """Show, fail, hint, pass, history, reset, restore: nothing of it is lost."""
    practise("show", "kata02")
    wrong = RIGHT.replace("self.grad += other.data * out.grad", "self.grad += other.data")
    (tmp_path / FILE).write_text(wrong)
    assert practise("kata02").returncode == 1
    assert practise("hint", "kata02").stdout.startswith("kata02 · hint 1 of 4 · Nudge")
    assert practise("hint", "kata02").stdout.startswith("kata02 · hint 2 of 4 · Idea")
    (tmp_path / FILE).write_text(RIGHT)
    passed = practise("kata02")
    assert "(rated hard: hint 2 was seen)." in passed.stdout
    listed = json.loads(practise("list", "--json").stdout)["katas"][1]
    assert listed["state"] == "passed with hints"
    assert (listed["attempts"], listed["hints"], listed["stars"]) == (2, 2, 1)
    difference = practise("history", "kata02", "1", "2").stdout
    assert "-            self.grad += other.data\n" in difference
    assert "+            self.grad += other.data * out.grad\n" in difference
    (tmp_path / FILE).write_text(RIGHT + "# my notes\n")
    reset = practise("reset", "kata02").stdout.replace("\n", " ")
    assert "is the stub again. What stood there is attempt 3:" in reset
    assert (tmp_path / FILE).read_text() == catalog.stub_of(KATA)
    practise("history", "kata02", "--restore", "3")
    assert (tmp_path / FILE).read_text() == RIGHT + "# my notes\n"
    document = json.loads(practise("history", "kata02", "--json").stdout)
    assert [a["status"] for a in document["attempts"]] == ["failed", "passed", "kept"]


def test_overview_counts_honestly(practise: Cli, tmp_path: Path) -> None:
    """Bars by track, passes with and without hints, what is next."""
    before = practise().stdout
    (tmp_path / FILE).write_text(RIGHT)
    practise("kata02")
    after = practise().stdout
    document = json.loads(practise("overview", "--json").stdout)

    assert "  engine    ....................  0 of 7\n" in before
    assert "  engine    ###.................  1 of 7\n" in after
    assert "1 passed without hints, 0 with hints, 1 stars for follow-ups" in after
    assert "Next: kata01" in after
    assert document["tracks"][0] == {"track": "engine", "passed": 1, "total": 7}


def test_solution_is_shown_after_a_pass_or_on_giving_up(practise: Cli, tmp_path: Path) -> None:
    """Before a pass it takes --give-up, which counts."""
    refused = practise("solution", "kata02")
    given = practise("solution", "kata02", "--give-up")
    (tmp_path / FILE).write_text(RIGHT)
    passed = practise("kata02").stdout

    assert refused.returncode == 2
    assert refused.stderr == (
        "kata02 is not passed yet.\n'python -m grader solution kata02 --give-up' shows the "
        "solution and remembers that it did.\n"
    )
    assert "self.grad += other.data * out.grad" in given.stdout
    assert "What people get wrong here" in given.stdout
    assert "(rated again: the solution was seen)." in passed
    assert practise("solution", "kata02").returncode == 0


def test_no_record_leaves_no_trace(practise: Cli, tmp_path: Path) -> None:
    """--no-record grades and keeps nothing; an untouched stub is no attempt either."""
    (tmp_path / FILE).write_text(RIGHT)
    practise("kata02", "--no-record")
    practise("kata01")

    assert json.loads(practise("history", "kata02", "--json").stdout)["attempts"] == []
    assert json.loads(practise("history", "kata01", "--json").stdout)["attempts"] == []


def test_filters_and_faults_of_the_loop(practise: Cli) -> None:
    """Each fault has a sentence; filters choose by track and state."""
    engine = json.loads(practise("list", "--track", "engine", "--json").stdout)["katas"]
    assert {kata["track"] for kata in engine} == {"engine"}
    assert json.loads(practise("list", "--state", "passed", "--json").stdout)["katas"] == []
    for arguments, sentence in (
        (
            ("list", "--track", "x"),
            "There is no track 'x'.\nThe tracks are engine, networks, arrays, training.\n",
        ),
        (("list", "--state", "x"), "There is no state 'x'.\n"),
        (("history", "kata02", "4"), "There is no attempt at kata02 yet.\n"),
        (("hint", "kata02", "--tier", "5"), "There is no tier 5.\nTiers go from 1 to 4.\n"),
        (("reset",), "Which kata?\nName one, or 'reset --all'.\n"),
        (("reset", "--all"), "Nothing was reset.\n"),
    ):
        found = practise(*arguments)
        assert found.returncode == 2, arguments
        assert found.stderr.startswith(sentence), arguments


def test_today_lists_what_is_due(practise: Cli, tmp_path: Path) -> None:
    """A kata that is due is listed, first by the longest due."""
    assert practise("today").stdout.startswith("  Nothing is due today.")
    store = Store(tmp_path / ".grader" / NAME)
    due = store.clock() - timedelta(days=3, hours=1)
    store.record_review(KATA.name, {}, due, 3, "no hints")
    store.close()

    assert "kata02  The backward of *  due for 3 days" in practise("today").stdout
    assert [d["kata"] for d in json.loads(practise("today", "--json").stdout)["due"]] == [KATA.name]
    assert "Due today: kata02." in practise().stdout


@pytest.mark.parametrize(
    ("tiers", "state"),
    [
        ((0,), "passed"),
        ((2,), "passed with hints"),
        ((2, 0), "passed"),
        ((0, 2), "passed"),
        ((5, 4), "passed with hints"),
    ],
)
def test_one_pass_without_hints_is_enough(
    tmp_path: Path, store: Store, clock: Clock, tiers: tuple[int, ...], state: str
) -> None:
    """Each round counts its own hints; one round that needed none makes the kata passed."""
    for tier in tiers:
        store.record_hint(KATA.name, tier)
        clock.wait(minutes=3)
        store.record_attempt(verdict("passed"), "x")
        clock.wait(days=1)
    found = {standing.kata.name: standing for standing in standings(store, tmp_path)}[KATA.name]

    assert found.state == state


def test_what_is_due_later_today_is_asked_today(tmp_path: Path, clock: Clock) -> None:
    """To the last second of the learner's day, and no further: katas, questions and reviews."""
    (first, second) = all_questions()[:2]
    last = START.astimezone().replace(hour=23, minute=59, second=59)
    for offset, due in ((0, True), (1, False)):
        store = Store(tmp_path / str(offset) / NAME, clock)
        time = last + timedelta(seconds=offset)
        store.record_review(KATA.name, {"due": time.isoformat()}, time, 3, "no hints")
        store.record_review(first.key, {}, time, 3, "score 1")
        store.record_attempt(verdict("passed"), "x")
        found = actions.due_katas(store, standings(store, tmp_path))

        assert [standing.kata.name for standing, _ in found] == [KATA.name] * due
        assert due_questions(store) == [first.key] * due
        assert choose(store, [first, second], 5, 0) == [*[first] * due, second]
        if not due:
            assert review(store, KATA) is None
        store.close()


def test_pass_on_the_morning_of_the_day_is_reviewed(store: Store, clock: Clock) -> None:
    """A kata that is due later on the day counts as due when the day begins."""
    store.record_attempt(verdict("passed"), "x")
    scheduled = review(store, KATA)
    assert scheduled
    clock.time = scheduled[1].astimezone().replace(hour=0, minute=0, second=0)
    store.record_attempt(verdict("passed"), "x")

    assert review(store, KATA)


def test_missing_file_is_put_back_by_reset(practise: Cli, tmp_path: Path) -> None:
    """The grader names the command, and it works without anything in the history."""
    (tmp_path / FILE).unlink()
    graded = practise("kata02")
    practise("reset", "kata02")

    assert graded.returncode == 2
    assert graded.stderr.endswith(
        " is missing.\n'python -m grader reset kata02' puts the stub there.\n"
    )
    assert (tmp_path / FILE).read_text("utf-8") == catalog.stub_of(KATA)
