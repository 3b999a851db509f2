"""PyTorch in a process beside the checks, since importing it takes longer than they do.

Nothing of a learner's goes there: the programs and scripts are the kit's own. They travel as JSON.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.core import workspace
from grader.truth.agreement import Tensors
from grader.truth.authorities import PyTorch, consult
from grader.truth.program import Program
from grader.truth.readings import consult_script
from grader.truth.script import Script
from grader.truth.swept import Chunk, Swept

START = "import sys; sys.path.insert(0, sys.argv[1]); from grader.truth.beside import main; main()"
Made = Program | Script
Asked = dict[str, tuple[str, str]]


class Question(msgspec.Struct):
    """What PyTorch has not been asked: programs and scripts, and small programs by their kind."""

    programs: list[tuple[str, dict[str, int | float]]]
    scripts: list[tuple[str, dict[str, int | float], tuple[str, ...], float, Asked]]
    kinds: dict[str, list[dict[str, Any]]]
    solution: str | None


def question_of(asked: Sequence[Made], kinds: Sequence[Swept], solution: Path | None) -> Question:
    """Return what is to be asked as it travels."""
    return Question(
        [(made.code, dict(made.inputs)) for made in asked if isinstance(made, Program)],
        [
            (made.code, dict(made.inputs), made.reads, made.rtol, dict(made.slopes))
            for made in asked
            if isinstance(made, Script)
        ],
        {
            swept.kind: [chunk.as_json() for chunk in swept.chunks if not chunk.confirmed]
            for swept in kinds
        },
        str(solution) if solution else None,
    )


def answer(question: Question, torch: PyTorch) -> dict[str, Any]:
    """Return by key what the authorities say, PyTorch among them; raise where they differ.

    Small programs have no key: that nothing is raised confirms what is known of them.
    """
    solution = Path(question.solution) if question.solution else None
    scripts = [Script(*parts) for parts in question.scripts]
    found: dict[str, Any] = {made.key: consult_script(made, True, solution) for made in scripts}
    for code, inputs in question.programs:
        made = Program(code, inputs)
        found[made.key] = consult(made, torch)
    for kind, chunks in question.kinds.items():
        Swept(kind, None, "", [Chunk.of_json(kept) for kept in chunks]).confirm(Tensors(torch))
    return found


class Beside:
    """A process that has begun to import PyTorch, and answers one question."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", START, str(workspace.ROOT)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing)

    def ask(self, question: Question) -> dict[str, Any] | None:
        """Return what it answers, None if it could not: then PyTorch is to be asked here."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            written, _ = self.process.communicate(msgspec.json.encode(question))
            found: dict[str, Any] = msgspec.json.decode(written)
            return found
        return None

    def close(self) -> None:
        """End the process, whether it has answered or not."""
        self.process.kill()
        self.process.communicate()


def main() -> None:
    """Import PyTorch, wait for the question, and answer it."""
    torch = PyTorch()
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.json.encode(answer(question, torch)))
