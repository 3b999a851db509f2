"""Mutation tests of a module: `python tests/mutation/run.py MODULE [FROM:TO:STEP [SECONDS]]`.

mutmut says what to change. It puts all changes into one file and switches between them in its own
process, which reaches nothing of what the candidate's processes do; so each change is written
into a copy of the checkout here, and the tests run on that.

A changed wall may let anything through, and a changed supervisor kill anybody. So all of it runs
in a name space of processes that ends with the run, and can write to a small disk in memory alone.
"""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import libcst
import pytest
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parents[2]
SKIPPED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".grader")
ALONE = ("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc")
DISK = "size=2g"
MARK = "kata-mutation."


class Changes(MutationVisitor):  # type: ignore[misc]  # its types are not read
    """mutmut's changes, in functions with a decorator too: only its own way can't have these."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        return not isinstance(node, libcst.FunctionDef) and super()._skip_node_and_children(node)


class Killers:
    """The tests that failed go first the next time: most changes fall to a few."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = self.file.read_text("utf-8").splitlines() if self.file.exists() else []
        items.sort(key=lambda item: known[::-1].index(item.nodeid) if item.nodeid in known else 999)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(report.nodeid + "\n")


def main(module: str, part: str = "::", seconds: str = "150") -> int:
    """Run this script again where nothing else can be hurt."""
    with tempfile.TemporaryDirectory(prefix=MARK) as folder:
        own = () if os.geteuid() == 0 else ("--map-root-user",)
        command = [*ALONE, *own, sys.executable, __file__, module, part, seconds, folder]
        return subprocess.run(command, check=False).returncode


def mutate(module: str, part: str, seconds: str, folder: str) -> None:
    """Run the module's tests on each change of a copy, and print those that nothing noticed."""
    enter_copy(folder)
    began = time.monotonic()
    tests = [
        os.path.abspath(word) if word.startswith("tests/") else word
        for word in shlex.split(told_of(module, "modules.toml"))
    ]
    source = Path(module).read_text("utf-8")
    found = changes(source, slice(*(int(number) if number else None for number in part.split(":"))))
    known = told_of(module, "equivalent.toml")
    asked = [(name, text) for name, text in found if name not in known]
    limit = 10 + 3 * seconds_of(folder, tests)
    survived = run = 0
    while run < len(asked) and time.monotonic() - began < float(seconds):
        name, text = asked[run]
        run += 1
        Path(module).write_text(text, "utf-8")
        os.utime(module, (run, run))  # or a byte code of the same second would stand for it
        if survives(folder, tests, limit):
            survived += 1
            print(name, flush=True)
    Path(module).write_text(source, "utf-8")
    if not survives(folder, tests, limit):
        print(Path(folder, "output").read_text("utf-8"))
        sys.exit("the copy is damaged: one of these changes has removed or overwritten part of it")
    print(
        f"{module} {part}: {run - survived} of {run} killed; {len(asked) - run} not run, "
        f"{len(found) - len(asked)} known as equivalent"
    )


def enter_copy(folder: str) -> None:
    """Go to a copy of the checkout, on a disk of its own."""
    assert os.getpid() == 1, "not in a name space of its own"
    subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], check=True)
    os.chdir(shutil.copytree(ROOT, Path(folder, "kit"), ignore=SKIPPED))
    sys.path.insert(0, os.getcwd())


def told_of(module: str, name: str) -> Any:
    """Return what a file beside this one says of a module."""
    return tomllib.loads(Path("tests", "mutation", name).read_text("utf-8")).get(module, "")


def seconds_of(folder: str, tests: list[str]) -> float:
    """Return how long the tests take where nothing is changed, having loaded what they need."""
    began, environment = time.monotonic(), dict(os.environ)
    if run_tests(folder, tests):
        sys.exit("the tests fail before anything is changed")
    for name in [name for name in sys.modules if name.split(".")[0] in ("grader", "tests")]:
        del sys.modules[name]  # the rest stays loaded, and needs no time in the runs to come
    os.environ.clear()  # the judge leaves word for pytest there
    os.environ.update(environment)
    return time.monotonic() - began


def changes(source: str, part: slice) -> list[tuple[str, str]]:
    """Return a part of the changes of functions: where and what each is, and the changed text."""
    visitor = Changes(mutation_operators, IgnoredCode(set(), set(), set()))
    tree = libcst.MetadataWrapper(libcst.parse_module(source)).visit(visitor)
    found = []
    for change in [one for one in visitor.mutations if one.contained_by_top_level_function][part]:
        text = deep_replace(tree, change.original_node, change.mutated_node).code
        place = name_of(change.contained_by_top_level_function)
        found.append((f"{place}: {difference(source, text)}", text))
    return found


def name_of(function: Any) -> str:
    return function.name.value if isinstance(function, libcst.FunctionDef) else "class"


def difference(before: str, after: str) -> str:
    """Return the lines that differ as `old -> new`."""
    lines = [*difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)][3:]
    return " -> ".join(" ".join(x[1:].strip() for x in lines if x[0] == sign) for sign in "-+")


def run_tests(folder: str, tests: list[str]) -> int:
    """Run tests in this process, with a temporary folder that is new each time."""
    subprocess.run(["rm", "-rf", str(Path(folder, "tmp"))], check=True)  # deeper than Python can go
    tempfile.tempdir = os.environ["TMPDIR"] = str(Path(folder, "tmp"))
    os.mkdir(tempfile.tempdir)
    kit = os.getcwd()
    os.chdir(tempfile.tempdir)  # what a change removes by mistake is seldom far from here
    arguments = [
        "--rootdir",
        kit,
        "-c",
        f"{kit}/pyproject.toml",
        "-x",
        "-q",
        "--tb=line",
        "-p",
        "no:xdist",
        *tests,
    ]
    failed = int(pytest.main(arguments, [Killers(Path(folder, "killers"))]))
    os.chdir(kit)
    return failed


def survives(folder: str, tests: list[str], limit: float) -> bool:
    """Run the tests in a process group of their own, which has to be done in so many seconds."""
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(Path(folder, "output"), "wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os._exit(run_tests(folder, tests))
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return status == 0


if __name__ == "__main__":
    if MARK in sys.argv[-1]:
        mutate(*sys.argv[1:])
    else:
        sys.exit(main(*sys.argv[1:]))
