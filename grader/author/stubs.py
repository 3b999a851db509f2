"""Stubs: what a solution leaves to the learner, written where no work is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from grader.content import catalog
from grader.core.files import read_solution, replace_file
from grader.core.model import Kata, KitError
from grader.ui.screen import Screen


def is_stale(kata: Kata, text: str) -> bool:
    """Whether a file without a learner's work is not the stub that the solution gives."""
    return text != catalog.stub_of(kata) and is_unsolved(kata, text)


def is_unsolved(kata: Kata, text: str) -> bool:
    """Whether every gap of the stub is still open, so that no work of a learner is in the file."""
    gap = f'raise NotImplementedError("{kata.short}: '
    return text.count(gap) >= catalog.stub_of(kata).count(gap)


def stubs(screen: Screen, katas: list[Kata]) -> int:
    """Derive the stubs; a file that is not an untouched one, old or new, is left and named."""
    folder = catalog.katas_folder()
    for kata in katas:
        path = folder / f"{kata.name}.py"
        if path.exists() and (fault := _why_kept(kata, path)):
            screen.write(screen.wrap(fault))
            continue
        replace_file(path, catalog.stub_of(kata))
        screen.write(screen.wrap(f"{path} is the stub"))
    return 0


def _why_kept(kata: Kata, path: Path) -> str:
    try:
        source = read_solution(str(path)).source.replace(b"\r\n", b"\n")
    except KitError as error:
        return f"{error.problem} It stays as it is."
    if any(source == stub.encode() for stub in _stubs_so_far(kata)):
        return ""
    return (
        f"{path} holds work: it stays as it is. 'python -m grader reset {kata.short}' keeps the "
        "work in the history and writes the stub."
    )


def _stubs_so_far(kata: Kata) -> Iterator[str]:
    """Return the stub as it is, then those of the solutions that git has, the newest first."""
    yield catalog.stub_of(kata)
    for commit in _git(kata.folder, "log", "--format=%H", "--", "solution.py").split():
        solution = _git(kata.folder, "show", f"{commit}:./solution.py")
        yield catalog.derive_stub(solution, kata.short)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says, nothing where there is no git or no repository."""
    try:
        found = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return ""
    return found.stdout if found.returncode == 0 else ""
