"""Other systems, tried here: no Landlock, no seccomp, no /proc, no fork, no timer, no limits."""

from __future__ import annotations

import json
import ntpath
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import doctor
from grader.content import catalog
from grader.sandbox import candidate, overtime, seccomp, system, wall
from grader.sandbox.process import CandidateProcess
from tests.conftest import ROOT

# What Windows and macOS lack is taken away before the kit is imported.
BARE = """
import builtins, os, signal, sys, time
for module, names in (
    (os, ("fork", "forkpty", "killpg")),
    (signal, ("setitimer", "SIGALRM", "SIGVTALRM", "SIGXCPU")),
    (time, ("clock_gettime",)),
):
    for name in names:
        vars(module).pop(name, None)
sys.modules["resource"] = None
sys.platform = "elsewhere"
def hidden(real):
    def deed(path, *rest, **named):
        if str(path).startswith("/proc"):
            raise FileNotFoundError(path)
        return real(path, *rest, **named)
    return deed
builtins.open, os.listdir = hidden(builtins.open), hidden(os.listdir)
os.path.exists = lambda path, real=os.path.exists: not str(path).startswith("/proc") and real(path)
"""
CHILD = """
import runpy
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
JUDGE = """
import json
sys.path.insert(0, {root!r})
from grader.content import catalog
from grader.core.model import Solution, Submission
from grader.grading.judge import grade
from grader.sandbox import process, system
from grader.truth import oracle
oracle.installed_torch = lambda: None
assert not (system.SUPERVISED or system.TELLS)
popen = process.subprocess.Popen
def bare(command, **options):
    at = command.index(process.SUPERVISOR)
    return popen([*command[:at], {child!r}, *command[at:]], **options)
process.subprocess.Popen = bare
kata = catalog.find_kata("kata03")
for text in json.loads({texts!r}):
    verdict = grade(kata, Solution("attempt.py", text.encode()))
    found = verdict.diagnosis and verdict.diagnosis.mutant
    print(json.dumps([verdict.status, verdict.message, found]), flush=True)
"""


def graded(tmp_path: Path, *texts: str) -> list[list[str]]:
    """Return status, message and mistake of each text, judged where next to nothing is granted."""
    child = tmp_path / "child.py"
    child.write_text(BARE + CHILD)
    script = BARE + JUDGE.format(root=str(ROOT), child=str(child), texts=json.dumps(texts))
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return [json.loads(line) for line in found.stdout.splitlines()]


@pytest.mark.slow
def test_verdicts_are_the_same_where_nothing_is_granted(tmp_path: Path) -> None:
    """A right, a wrong, an endless and a sleeping file get their verdict, and nothing hangs."""
    kata = catalog.find_kata("kata03")
    right = catalog.solution_of(kata)
    mutant = catalog.read_mutants(kata)[0]
    wrong = catalog.mutate(kata, mutant)
    endless, asleep = "while True: pass\n", "import time; time.sleep(99)\n"
    found = graded(tmp_path, right, wrong, endless, asleep, right)

    assert [status for status, _, _ in found] == [
        *("passed", "failed", "timed-out", "timed-out", "passed"),
    ]
    assert found[1][2] == mutant.name
    assert found[2][1].startswith("Importing kata03 was still running after 4 seconds")


@pytest.mark.parametrize("timer", [True, False])
def test_an_endless_request_ends_with_and_without_a_timer_of_the_system(
    monkeypatch: pytest.MonkeyPatch, timer: bool
) -> None:
    """It has timed out, and what comes after it is not hit."""
    monkeypatch.setattr(system, "TIMER", timer and system.TIMER)
    monkeypatch.setattr(overtime, "PEEK", 0.0001)
    learner = candidate.Candidate("attempt.py", "attempt", {})

    def spin(seconds: float) -> dict[str, str]:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        return {"seconds": str(seconds)}

    monkeypatch.setattr(learner, "show", spin, raising=False)
    endless = learner.timed({"verb": "show", "seconds": 60.0}, 0.1)
    for _ in range(200):
        learner.timed({"verb": "show", "seconds": 0.0005}, 0.0005)

    assert endless == {"timed_out": True}
    assert learner.timed({"verb": "show", "seconds": 0.001}, 9.0) == {"seconds": "0.001"}


@pytest.mark.parametrize(
    ("granted", "state", "missing"),
    [
        ([], "not protected", "no Landlock and no seccomp"),
        (["Landlock"], "not protected, Landlock alone", "no seccomp"),
        (["seccomp"], "not protected, seccomp alone", "no Landlock"),
    ],
)
def test_doctor_says_what_it_means_to_have_no_wall(
    monkeypatch: pytest.MonkeyPatch, granted: list[str], state: str, missing: str
) -> None:
    """Half a wall is none, and what a file could do is said."""
    monkeypatch.setattr(CandidateProcess, "await_wall", lambda _: granted)
    name, found, advice = doctor._wall()

    assert (name, found) == ("wall", state)
    assert advice == (
        f"this system grants {missing}: a hostile file could read the answers and do what you may "
        "do, so grade only files that you trust"
    )


def test_doctor_says_what_the_wall_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where both are granted there is no advice."""
    both = ["Landlock", "seccomp"]
    monkeypatch.setattr(CandidateProcess, "await_wall", lambda _: both)

    assert doctor._wall() == (
        "wall",
        "Landlock and seccomp: a graded file can't read the answers or harm this machine",
        "",
    )


def test_a_kernel_without_either_grants_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the kernel refuses is not reported as granted."""
    monkeypatch.setattr(system, "LINUX", True)
    monkeypatch.setattr(wall.Landlock, "__init__", lambda self: setattr(self, "version", -1))
    monkeypatch.setattr(seccomp, "shut", lambda version: False)

    assert wall.raise_wall(str(tmp_path), []) == []


def test_on_windows_the_library_is_read_and_the_kit_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """However a path is spelt there, it is the place it leads to that counts."""
    folders = {r"C:\Python\lib": ["os.py", "pydoc.py", "site-packages"]}
    here = vars(os) | {
        "path": ntpath,
        "sep": "\\",
        "devnull": "nul",
        "__file__": r"C:\Python\Lib\os.py",
    }
    here["listdir"] = lambda path: folders.get(path, [])
    paths = [r"C:\Python\python311.zip", r"C:\Python\Lib", r"C:\Python"]
    python = {"base_prefix": r"C:\Python", "path": paths, "executable": r"C:\Python\python.exe"}
    monkeypatch.setattr(wall, "os", SimpleNamespace(**here))
    monkeypatch.setattr(wall, "sys", SimpleNamespace(**python))
    monkeypatch.setattr(system, "same_case", ntpath.normcase)
    scratch = r"C:\Temp\kata-1-x"
    rules = wall.Rules(scratch, [r"C:\Kit\grader"], False, [scratch])

    rules.open(r"c:\python\LIB\pydoc.py")
    rules.open("C:/TEMP/kata-1-x/out.txt", "w", os.O_WRONLY)
    rules.open("nul", "w", os.O_WRONLY)
    rules.load("kernel32")
    for path in (r"c:\KIT\Grader\bank\x.py", r"C:\Python\lib\Site-Packages\torch\__init__.py"):
        with pytest.raises(PermissionError, match="is out of reach"):
            rules.open(path)
    with pytest.raises(PermissionError, match="can't be changed"):
        rules.open(r"C:\Temp\out.txt", "w", os.O_WRONLY)
    with pytest.raises(PermissionError, match="loads no other library"):
        rules.load("user32")


def test_what_windows_does_not_tell_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask whether a process lives would end it, and files have no owner's number."""
    monkeypatch.setattr(system, "os", SimpleNamespace(name="nt"))

    assert system.is_alive(1 << 30)
    assert system.belongs_to_me(SimpleNamespace())  # type: ignore[arg-type]
    assert not system.is_overloaded()


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (11, "SIGSEGV"), (250, "signal 250")])
def test_a_signal_is_named(number: int, name: str) -> None:
    """One that this system does not know keeps its number."""
    assert system.signal_name(number) == name
