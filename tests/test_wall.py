"""The wall: what a hostile file tries, and what it gets."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.content import catalog
from grader.core.model import Verdict
from grader.sandbox import wall
from tests.conftest import ROOT

Judge = Callable[..., Verdict]
Solution = Callable[[str], str]
SOLUTION = ROOT / "grader" / "bank" / "kata03_topo_sort" / "solution.py"
GRANTED = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")

PACKAGES = f"import sys; sys.path += {[p for p in sys.path if 'site-packages' in p]!r}"

# Each tries to lay hands on an answer and prints LEAKED if it does.
THEFTS = {
    "open": f"leak = open({str(SOLUTION)!r}).read()",
    "os-open": f"import os; leak = os.read(os.open({str(SOLUTION)!r}, os.O_RDONLY), 99)",
    "io-fileio": f"import io; leak = io.FileIO({str(SOLUTION)!r}).read()",
    "pathlib": f"import pathlib; leak = pathlib.Path({str(SOLUTION)!r}).read_bytes()",
    "relative": f"import os; leak = open(os.path.relpath({str(SOLUTION)!r})).read()",
    "symlink": f"import os; os.symlink({str(SOLUTION)!r}, 'x'); leak = open('x').read()",
    "listdir": f"import os; leak = os.listdir({str(SOLUTION.parent)!r})",
    "runpy": f"import runpy; leak = runpy.run_path({str(SOLUTION)!r})",
    "loader": f"import importlib.machinery as m; leak = m.SourceFileLoader('x', {str(SOLUTION)!r}).load_module()",
    "sys-path": f"import sys; sys.path.insert(0, {str(ROOT)!r}); import reference.engine; leak = 1",
    "meta-path": "import sys; sys.meta_path.pop(); "
    f"sys.path.insert(0, {str(ROOT)!r}); import grader.content.catalog; leak = 1",
    "site": "import site; site.main(); import torch; leak = 1",
    "child": f"import subprocess; leak = subprocess.check_output(['cat', {str(SOLUTION)!r}])",
    "shell": f"import os; leak = os.popen('cat {SOLUTION}').read()",
    "python-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-c', "
    f"{f'print(open({str(SOLUTION)!r}).read())'!r}])",
    "kit-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-m', "
    f"'grader', 'hint', '3'], cwd={str(ROOT)!r})",
    "torch-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-c', "
    f"{PACKAGES!r} + '; import torch; print(1)'])",
    "libc": "import ctypes; libc = ctypes.CDLL(None); leak = libc.open("
    f"{str(SOLUTION).encode()!r}, 0); leak = leak if leak >= 0 else None",
    "parent-memory": "import os; leak = open(f'/proc/{os.getppid()}/environ').read()",
    "parent-files": "import os; leak = os.listdir(f'/proc/{os.getppid()}/fd')",
    "own-command": "leak = None\nfor fd in range(3, 20):\n    try:\n        import os; leak = leak or os.pread(fd, 9, 0)\n"
    "    except OSError:\n        pass",
    "frames": "import sys\nframe, leak = sys._getframe(), None\nwhile frame:\n"
    "    leak = leak or [v for v in frame.f_locals.values() if 'operands_are_' 'listed' in str(v)]\n"
    "    frame = frame.f_back",
    "garbage": "import gc; leak = [o for o in gc.get_objects() if isinstance(o, dict) and 'caught' '_by' in o]",
}


@GRANTED
@pytest.mark.parametrize("theft", THEFTS)
def test_no_answer_is_within_reach(judge: Judge, theft: str) -> None:
    """Not by import, not from disk, not by starting a program, not through the parent."""
    attempt = textwrap.indent(THEFTS[theft], "    ")
    text = (
        "leak = None\ntry:\n" + attempt + "\nexcept BaseException as e:\n"
        "    print('refused', type(e).__name__)\nif leak:\n    print('LEAKED', str(leak)[:80])\n"
        "def topological_order(root):\n    return [root]\n"
    )
    verdict = judge("kata03", text)

    assert "LEAKED" not in verdict.output
    assert verdict.status == "failed", verdict.message


@GRANTED
@pytest.mark.parametrize(
    "attack",
    [
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "import ctypes, os; ctypes.CDLL(None).kill(os.getppid(), 9)",
        "import os, signal; os.kill(-1, signal.SIGKILL)",
        "import os; os.killpg(os.getpgid(os.getppid()), 9)",
        "import os; os.close(1); os.close(2); os.closerange(3, 50)",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'{\"ok\": true}\\n' * 99)\n    except OSError: pass",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'[' * 100000 + b'\\n')\n    except OSError: pass",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'9' * 100000 + b'\\n')\n    except OSError: pass",
        "import json; json.dumps = lambda *a, **k: '{\"ok\": true}'",
        "import builtins; builtins.len = lambda x: 0; builtins.all = lambda x: True",
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        "import os\nwhile True: os.fork()",
        "import threading\nwhile True: threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()",
        "import sys; sys.modules['__main__'].__dict__.clear()",
    ],
)
def test_no_attack_gives_a_wrong_answer_a_pass(judge: Judge, attack: str) -> None:
    """The judge survives, and a wrong solution does not pass."""
    verdict = judge("kata03", attack + "\ndef topological_order(root):\n    return [root]\n")

    assert verdict.status in ("failed", "crashed", "timed-out", "out-of-memory")


REFUSALS = {
    f"open({str(SOLUTION)!r})": f"{str(SOLUTION)!r} is out of reach of a file that is being graded.",
    "open('/tmp/kata-elsewhere', 'w')": "'/tmp/kata-elsewhere' can't be changed: a kata writes only where it runs.",
    "import os; os.mkdir('/tmp/kata-elsewhere')": "'/tmp/kata-elsewhere' can't be changed: a kata writes only where it runs.",
    "import os; os.kill(os.getppid(), 9)": "A kata sends no signals to other processes.",
    "import socket; socket.socket().connect(('192.0.2.1', 80))": "A kata uses no network.",
    "import os\n    while True:\n        if os.fork() == 0: os._exit(0)": "A kata starts no more than 8 processes.",
}


@pytest.mark.skipif(sys.platform == "win32", reason="paths and forks of POSIX")
@pytest.mark.parametrize("deed", REFUSALS)
def test_refusal_comes_with_a_sentence(judge: Judge, deed: str) -> None:
    """The audit hook says what is not allowed, and why."""
    text = f"try:\n    {deed}\nexcept PermissionError as e:\n    print(e)\n"
    verdict = judge("kata03", text + "def topological_order(root):\n    return []\n")

    assert verdict.output == REFUSALS[deed] + "\n"


def walled(code: str, tmp_path: Path, raised: bool) -> subprocess.CompletedProcess[str]:
    """Run code behind the wall, or behind the audit hooks alone."""
    start = (
        f"import sys; sys.path.append({str(ROOT)!r}); from grader.sandbox import wall as w\n"
        f"up = w.raise_wall({str(tmp_path)!r}, [{str(ROOT)!r}]) if {raised} else []\n"
        f"w.install_audit({str(tmp_path)!r}, [{str(ROOT)!r}], 'Landlock' in up, [])\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code],
        cwd=tmp_path,
        env={"TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


HONEST = """
import asyncio, bisect, contextvars, ctypes, dataclasses, decimal, fractions, logging, os, random
import socket, sqlite3, ssl, statistics, subprocess, tempfile, threading, unittest, zoneinfo
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
logging.warning("hello")
assert asyncio.run(asyncio.sleep(0, 7)) == 7
assert list(ThreadPoolExecutor(2).map(abs, [-1])) == [1]
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "a").write_text("b")
Path("mine").write_text("c"); Path("mine").rename("yours"); os.remove("yours")
random.random(); os.urandom(4); open(os.devnull, "w").write("x")
pid = os.fork()
if pid == 0:
    os._exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
print("fine")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("raised", [True, False])
def test_honest_code_works_behind_the_wall(tmp_path: Path, raised: bool) -> None:
    """The standard library, files of one's own, threads, asyncio and a child are fine."""
    found = walled(HONEST, tmp_path, raised)

    assert found.stdout == "fine\n", found.stderr


@GRANTED
def test_programs_start_behind_the_wall_only(tmp_path: Path) -> None:
    """Where the wall holds a child too, it may start; elsewhere it is refused with a sentence."""
    code = "import subprocess; print(subprocess.check_output(['echo', 'hi'], text=True))"

    assert "hi" in walled(code, tmp_path, raised=True).stdout
    assert (
        "PermissionError: A kata starts no other program." in walled(code, tmp_path, False).stderr
    )


def test_without_a_wall_installed_packages_and_libraries_are_refused(tmp_path: Path) -> None:
    """The audit hooks alone keep torch, other processes and the kit out of reach."""
    packages = wall.installed_packages()[0]
    for code in (
        f"open({str(SOLUTION)!r})",
        f"import os; os.listdir({packages!r})",
        "open('/proc/1/environ')",
        "import ctypes; ctypes.CDLL('libm.so.6')",
    ):
        assert "PermissionError" in walled(code, tmp_path, raised=False).stderr, code


def test_every_forbidden_place_is_one_of_the_kit() -> None:
    """The candidate is kept from the bank, the reference, the hints, the suite and the store."""
    from grader.sandbox.process import forbidden_places

    places = [Path(place) for place in forbidden_places()]

    for path in (catalog.BANK, ROOT / "reference", ROOT / "hints", ROOT / "tests", ROOT / "katas"):
        assert any(place == path or place in path.parents for place in places), path
    assert Path(os.environ["GRADER_HOME"]) in places
