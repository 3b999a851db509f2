"""The questions: what the `questions.toml` files of the bank hold, general ones and each kata's."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grader.content import catalog
from grader.core.model import KitError

KINDS = ("choice", "numeric", "bug", "open")
TOPICS = {
    "chain-rule": "chain rule and Jacobians",
    "graph-order": "graph and topological order",
    "accumulation": "accumulation and zero_grad",
    "activations": "activations and their derivatives",
    "losses": "losses and numerical stability",
    "gradient-checking": "gradient checking",
    "initialisation": "initialisation, vanishing and exploding gradients",
    "optimisers": "optimisers",
    "modes": "reverse against forward mode, cost and memory",
    "pytorch": "PyTorch's autograd against micrograd",
    "debugging": "debugging a training run",
    "tensors": "complexity, and what changes with tensors",
}
NEEDED = {
    "choice": ("wrong", "why"),
    "numeric": ("inputs",),
    "bug": ("code", "why"),
    "open": ("points",),
}


@dataclass(frozen=True)
class Wrong:
    """A wrong option: a real misconception, and why it is one."""

    option: str
    why: str


@dataclass(frozen=True)
class Question:
    """One question of the bank; which fields are filled depends on `kind`.

    choice   `answer` is the right option, `wrong` the three others, `why` the explanation
    numeric  `inputs` names the numbers to draw and what from; `program` runs on the engine, or
             `lines` are plain arithmetic; `answer` names the number that is asked for
    bug      `code` is a script with one bug, `answer` the number of its line or of the lines that
             may be named; `fix` is the line mended, or `mended` the whole script
    open     `answer` is a model answer, `points` what it must mention

    `check` is code that proves the answer; the suite runs it.
    """

    id: str
    kind: str
    topic: str
    prompt: str
    answer: Any
    why: str = ""
    wrong: tuple[Wrong, ...] = ()
    inputs: dict[str, list[float]] = field(default_factory=dict, hash=False)
    program: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""
    fix: str = ""
    mended: str = ""
    points: tuple[str, ...] = ()
    check: str = ""
    kata: str = ""

    @property
    def key(self) -> str:
        """The key of its card in the store."""
        return f"question:{self.id}"


@cache
def all_questions(bank: Path = catalog.BANK) -> tuple[Question, ...]:
    """Return every question, the general ones first, then kata by kata."""
    files = [(bank / "questions.toml", "")]
    files += [(folder / "questions.toml", folder.name) for folder in catalog.kata_folders(bank)]
    found = [question for path, kata in files for question in read_questions(path, kata)]
    ids = [question.id for question in found]
    if twice := {id for id in ids if ids.count(id) > 1}:
        raise KitError(f"Two questions are called {min(twice)!r}.", "Rename one.")
    return tuple(found)


def questions_of(kata: str) -> list[Question]:
    """Return the questions that belong to a kata."""
    return [question for question in all_questions() if question.kata == kata]


def find_question(id: str) -> Question:
    """Return the question of that id, or raise KitError."""
    if question := by_id().get(id):
        return question
    raise KitError(f"There is no question {id!r}.", "It may have been renamed since.")


@cache
def by_id() -> dict[str, Question]:
    """Return every question by its id."""
    return {question.id: question for question in all_questions()}


def brief_of(kata: str) -> str:
    """Return the task in the one sentence in which an interviewer states it."""
    return str(_read(catalog.BANK / kata / "questions.toml").get("brief", ""))


def open_points(kata: str) -> list[str]:
    """Return what that sentence leaves open, which a good candidate asks about."""
    return list(_read(catalog.BANK / kata / "questions.toml").get("clarify", []))


def read_questions(path: Path, kata: str = "") -> list[Question]:
    """Return the questions of one file, or raise KitError naming the file and the fault."""
    return [_question(path, said, kata) for said in _read(path).get("question", [])]


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KitError(f"{path} can't be read: {error}.", "Mend the file.") from None


def _question(path: Path, said: dict[str, Any], kata: str) -> Question:
    where = f"{path}: question {said.get('id', '?')!r}"
    kind = said.get("kind")
    if kind not in KINDS:
        raise KitError(f"{where} has the kind {kind!r}.", f"Kinds are {', '.join(KINDS)}.")
    needed = ("id", "topic", "prompt", "answer", *NEEDED[kind])
    if missing := [name for name in needed if name not in said]:
        raise KitError(f"{where} lacks {', '.join(missing)}.", "Add what is missing.")
    if said["topic"] not in TOPICS:
        raise KitError(
            f"{where} has the topic {said['topic']!r}.", f"Topics are {', '.join(TOPICS)}."
        )
    tuples: dict[str, Callable[[Any], Any]] = {
        "wrong": lambda options: tuple(Wrong(**option) for option in options),
        "lines": tuple,
        "points": tuple,
    }
    try:
        whole = {name: tuples.get(name, lambda x: x)(value) for name, value in said.items()}
        return Question(**whole, kata=kata)
    except TypeError as error:
        raise KitError(f"{where}: {error}.", "Mend the question.") from None
