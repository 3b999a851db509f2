"""The questions: what the `questions.toml` files of the bank hold, general ones and each kata's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, structs

from grader.content import catalog, toml
from grader.content.toml import Line, Text
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
    "normalisation": "normalisation layers",
}
EITHER = {"numeric": ("program", "lines"), "bug": ("fix", "mended")}  # one of the two is needed
LineNumber = Annotated[int, Meta(ge=1, le=999, description="the number of a line")]


class Wrong(Struct, frozen=True, forbid_unknown_fields=True):
    """A wrong option: a real misconception, and why it is one."""

    option: Text
    why: Text


class Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What a `[[question]]` of each kind has; `Question` says what the fields mean."""

    id: Line
    topic: Annotated[str, toml.one_of(TOPICS)]
    prompt: Text
    check: Text = ""


class Choice(Table, frozen=True, tag="choice"):
    """A question with four options."""

    answer: Text
    why: Text
    wrong: tuple[Wrong, ...]


class Numeric(Table, frozen=True, tag="numeric"):
    """A question that asks for a number."""

    answer: Text
    inputs: Annotated[
        dict[str, Annotated[list[int | float], Meta(min_length=1)]],
        Meta(description="a table of numbers to draw from, such as { a = [1.0, 2.0] }"),
    ]
    program: Text = ""
    lines: tuple[Text, ...] = ()
    why: Text = ""


class Bug(Table, frozen=True, tag="bug"):
    """A script with one bug."""

    code: Text
    answer: (
        LineNumber
        | Annotated[list[LineNumber], Meta(min_length=1, description="a list of such numbers")]
    )
    why: Text
    fix: Text = ""
    mended: Text = ""


class Open(Table, frozen=True, tag="open"):
    """A question to be answered in one's own words."""

    answer: Text
    points: Annotated[
        tuple[Text, ...], Meta(min_length=1, description="a list of the points to mention")
    ]


class QuestionsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A `questions.toml`; a kata's says too how an interviewer states the task."""

    brief: Text = ""
    clarify: tuple[Text, ...] = ()
    question: tuple[Choice | Numeric | Bug | Open, ...] = ()


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
    return _read(catalog.BANK / kata / "questions.toml").brief


def open_points(kata: str) -> list[str]:
    """Return what that sentence leaves open, which a good candidate asks about."""
    return list(_read(catalog.BANK / kata / "questions.toml").clarify)


def read_questions(path: Path, kata: str = "") -> list[Question]:
    """Return the questions of one file, or raise KitError naming the file and the fault."""
    return [_question(path, said, kata) for said in _read(path).question]


@cache
def _read(path: Path) -> QuestionsFile:
    return toml.read(path, QuestionsFile) if path.exists() else QuestionsFile()


def _question(path: Path, said: Table, kata: str) -> Question:
    found = Question(kind=str(said.__struct_config__.tag), kata=kata, **structs.asdict(said))
    either = EITHER.get(found.kind)
    if either and not any(getattr(found, name) for name in either):
        problem = f"{path}: question {found.id!r} has neither {' nor '.join(either)}."
        raise KitError(problem, "Add one of the two.")
    return found
