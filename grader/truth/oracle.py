"""What a program's numbers should be, from the cache where it has them.

The authorities are asked once. Their answers are kept, so a repeat verdict imports neither PyTorch
nor the reference.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.core import workspace
from grader.core.files import fingerprint, write_atomically
from grader.truth.authorities import Answers, PyTorch, consult
from grader.truth.beside import Beside, answer, question_of
from grader.truth.program import Program
from grader.truth.readings import Readings, consult_script
from grader.truth.script import Script
from grader.truth.swept import Swept


class Oracle:
    """Answers for one kata and one seed, from the cache where it has them.

    A program whose PyTorch answer is not cached is answered without it and remembered;
    `ask_torch` then asks for all of them in one go.
    """

    def __init__(
        self, folder: str | None, name: str, fresh: bool = False, solution: Path | None = None
    ) -> None:
        self.folder = Path(folder, "cache") if folder else None
        self.path = self.folder and self.folder / f"{name}.json"
        self.fresh = fresh
        self.torch_version = installed_torch()
        self.missing = "" if self.torch_version else "PyTorch is not installed"
        self.solution = solution
        self.fingerprint = _fingerprint(solution)
        self.answers: dict[str, Answers] = {}
        self.used: dict[str, Program] = {}
        self.readings: dict[str, Readings] = {}
        self.played: dict[str, Script] = {}
        self.swept: dict[str, Swept] = {}
        self.beside: Beside | None = None
        self.changed = False
        self._load(fresh)

    def answer(self, program: Program) -> Answers:
        """Return the answers to a program, PyTorch's included if they are at hand."""
        self.used[program.key] = program
        if program.key not in self.answers:
            self.answers[program.key] = consult(program, None)
            self.changed = True
        return self.answers[program.key]

    def read(self, script: Script) -> Readings:
        """Return what is read after a script, PyTorch's reading included if it is at hand."""
        self.played[script.key] = script
        if script.key not in self.readings:
            self.readings[script.key] = consult_script(script, False, self.solution)
            self.changed = True
        return self.readings[script.key]

    def small(self, kind: str) -> Swept:
        """Return every small program of a kind, with what each of its numbers should be."""
        if kind not in self.swept:
            path = self.folder and self.folder / f"{kind}.json"
            print_ = f"{_fingerprint(None)} {self.torch_version}"
            self.swept[kind] = Swept(kind, path, print_)
            if not self.fresh:
                self.swept[kind].load()
        return self.swept[kind]

    def ask_torch(self) -> bool:
        """Ask PyTorch what it has not been asked; return whether its answers are all at hand."""
        unsure = [swept for swept in self.swept.values() if not swept.confirmed]
        unasked = self.unasked()
        if (unasked or unsure) and not self.missing:
            question = question_of(unasked, unsure, self.solution)
            try:
                found = self.beside.ask(question) if self.beside else None
                said = answer(question, PyTorch()) if found is None else found
            except (ImportError, OSError) as error:
                self.missing = f"PyTorch could not be imported ({error})"
                return False
            for made in unasked:
                known = self.readings if isinstance(made, Script) else self.answers
                known[made.key] = said[made.key]
            for swept in unsure:
                swept.is_confirmed()
            self.changed = True
        return not self.missing

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """Begin to import PyTorch beside the block, if nothing has been answered yet."""
        if not (self.answers or self.readings or self.missing):
            self.beside = Beside()
        try:
            yield
        finally:
            self.leave_torch()

    def leave_torch(self) -> None:
        """End what `prepared` has begun: if PyTorch is asked after all, it is imported here."""
        if self.beside:
            self.beside.close()
            self.beside = None

    def unasked(self) -> list[Program | Script]:
        """Return what was run in this verdict and PyTorch has not answered."""
        everything: list[Program | Script] = [*self.used.values(), *self.played.values()]
        known: dict[str, Any] = {**self.answers, **self.readings}
        return [
            made
            for made in everything
            if any(answer["pytorch"] is None for answer in known[made.key].values())
        ]

    def save(self) -> None:
        """Keep the answers; a folder that can't be written costs only time at the next verdict."""
        if self.path is None:
            return
        kept = {
            "fingerprint": self.fingerprint,
            "torch": self.torch_version,
            "answers": self.answers,
            "readings": self.readings,
        }
        with contextlib.suppress(OSError):
            for swept in self.swept.values():
                swept.save()
            if self.changed:
                write_atomically(self.path, json.dumps(kept))

    def _load(self, fresh: bool) -> None:
        if self.path is None:
            return
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            same = (kept["fingerprint"], kept["torch"]) == (self.fingerprint, self.torch_version)
            if same and not fresh:
                self.answers, self.readings = kept["answers"], kept["readings"]
        except (OSError, ValueError, KeyError, TypeError):
            self.changed = True


def installed_torch() -> str | None:
    """Return the version of PyTorch that `import torch` would load, without loading it."""
    from importlib import metadata  # 20 ms, which not every command has to wait for

    try:
        found = importlib.util.find_spec("torch") is not None
        return metadata.version("torch") if found else None
    except (metadata.PackageNotFoundError, ImportError, ValueError):
        return None


def _fingerprint(solution: Path | None) -> str:
    """Return what changes when the sources that make an answer change."""
    folders = (Path(__file__).parent, Path(workspace.ROOT, "reference"))
    sources = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return fingerprint(*sources, *([solution] if solution else []))
