"""What the doctor looks at: versions, folders, PyTorch, the wall, the terminal."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Iterable

from grader import __version__
from grader.content import catalog
from grader.core import workspace
from grader.core.model import KitError, Solution, Submission
from grader.core.store import NAME, open_store
from grader.sandbox.process import CandidateProcess
from grader.truth.oracle import installed_torch
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table

Finding = tuple[str, str, str]
TORCH_ADVICE = (
    "pip install 'torch>=2.2,<2.14' (on Linux add --index-url with PyTorch's CPU index, see README)"
)


def run(options: argparse.Namespace) -> int:
    """Say what is installed and where things are kept."""
    screen = Screen(options.plain)
    screen.write(lines_of(screen, examine()))
    return 0


def examine() -> list[Finding]:
    """Return name, state and advice of everything that grading rests on."""
    return [_kit(), _python(), _torch(), _practice(), _home(), _store(), _wall(), _terminal()]


def _kit() -> Finding:
    return "kit", f"{__version__} in {workspace.PACKAGE}", ""


def _python() -> Finding:
    old = sys.version_info < (3, 11)
    found = f"{platform.python_version()} ({sys.executable})"
    return "Python", found, "Python 3.11 or newer is needed" if old else ""


def _torch() -> Finding:
    version = installed_torch()
    return "PyTorch", version or "not installed", "" if version else TORCH_ADVICE


def _practice() -> Finding:
    found = workspace.find_practice_folder()
    advice = "" if found else "'python -m grader init DIR' makes one"
    return "practice folder", found or "none here or above", advice


def _home() -> Finding:
    home = workspace.find_home()
    if home is None:
        return "progress folder", "none", "it comes with a practice folder, or set GRADER_HOME"
    parent = home
    while not os.path.exists(parent):
        parent = os.path.dirname(parent)
    writable = os.access(parent, os.W_OK)
    advice = "" if writable else "it can't be written: grading works, but slower"
    return "progress folder", home, advice


def _store() -> Finding:
    home = workspace.find_home()
    path = home and os.path.join(home, NAME)
    if not path or not os.path.exists(path):
        return "progress file", "none yet", ""
    try:
        store = open_store()
    except KitError as error:
        return "progress file", error.problem, error.fix
    count, note = len(store.attempts()), store.note
    store.close()
    return "progress file", f"{path}, {count} attempt{'s' if count != 1 else ''}", note


def _wall() -> Finding:
    empty = Submission(catalog.all_katas()[0], Solution("doctor.py", b""), {})
    with CandidateProcess(empty) as candidate:
        wall = candidate.await_wall()
    missing = [name for name in ("Landlock", "seccomp") if name not in wall]
    if not missing:
        found = " and ".join(wall)
        return "wall", f"{found}: a graded file can't read the answers or harm this machine", ""
    advice = (
        f"this system grants no {' and no '.join(missing)}: a hostile file could read the answers "
        "and do what you may do, so grade only files that you trust"
    )
    return "wall", f"not protected{''.join(f', {name} alone' for name in wall)}", advice


def _terminal() -> Finding:
    size = shutil.get_terminal_size((80, 24))
    kind = "a terminal" if sys.stdout.isatty() else "not a terminal"
    colour = "NO_COLOR is set" if os.environ.get("NO_COLOR") else os.environ.get("TERM", "no TERM")
    return "output", f"{kind}, {size.columns} columns, {colour}, {sys.stdout.encoding}", ""


def lines_of(screen: Screen, findings: Iterable[Finding]) -> list[Line]:
    """Return what the doctor found: name, what is there, and advice where something is missing."""
    rows: list[list[Cell]] = []
    for name, found, advice in findings:
        rows.append([name, [(found, "yellow" if advice else "")]])
        if advice:
            rows.append(["", [(advice, "dim")]])
    return table(screen, [Column("bold", width=16), Column()], rows)
