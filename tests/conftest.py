"""Shared by the suite: a progress folder of its own, and short ways to grade a text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog
from grader.core.model import Solution, Verdict
from grader.core.store import Store
from grader.grading.judge import Options, grade

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the tests of the screens ask for."""
    parser.addoption("--renew", action="store_true", help="write tests/snapshots from the screens")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything the kit keeps goes to a folder of the suite's."""
    folder = tmp_path_factory.mktemp("home")
    before = os.environ.get("GRADER_HOME")
    os.environ["GRADER_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["GRADER_HOME"]
    else:
        os.environ["GRADER_HOME"] = before


@pytest.fixture(autouse=True)
def closed_stores() -> Iterator[None]:
    """What a test opens is closed after it; a store that the kit leaves open is still a warning."""
    opened: list[Store] = []
    begin = Store.__init__

    def remember(store: Store, *arguments: Any, **named: Any) -> None:
        begin(store, *arguments, **named)
        if Path(sys._getframe(1).f_code.co_filename).parent == Path(__file__).parent:
            opened.append(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "__init__", remember)
        yield
    for store in opened:
        store.close()


class Hands:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 9, tzinfo=UTC)
        self.seconds = 1_000.0
        self.name = "this boot"

    def now(self) -> datetime:
        return self.time

    def ticks(self) -> float:
        return self.seconds

    def boot(self) -> str:
        return self.name

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Hands) -> Iterator[Store]:
    """A store in a folder of its own, on the moved clock."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))
    found = Store(tmp_path / "progress.sqlite3", clock.now)
    yield found
    found.close()


@pytest.fixture
def judge() -> Callable[..., Verdict]:
    """Grade a text as a kata's file."""

    def run(query: str, text: str | bytes, **options: Any) -> Verdict:
        source = text.encode() if isinstance(text, str) else text
        return grade(catalog.find_kata(query), Solution("attempt.py", source), Options(**options))

    return run


@pytest.fixture
def solution() -> Callable[[str], str]:
    """The solution of a kata as text."""
    return lambda query: catalog.solution_of(catalog.find_kata(query))


def run_kit(
    *arguments: str, cwd: Path = ROOT, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m grader` as a person would, in the checkout unless told otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), **environment},
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",  # a case may ask for another encoding
        timeout=240,
        check=False,
    )


@pytest.fixture
def cli() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m grader`."""
    return run_kit
