"""The nouns that every part of the grader shares, and the one kind of error it expects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Level = Literal["core", "stretch"]
Outcome = Literal["passed", "failed", "not-run"]
Status = Literal[
    "passed",
    "failed",
    "stub",
    "syntax-error",
    "import-blocked",
    "crashed",
    "timed-out",
    "out-of-memory",
]

MESSAGE_LIMIT = 5_000
TEXT_LIMIT = 400


class KitError(Exception):
    """An expected fault: what is wrong, with the value, and what to do about it."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem, fix)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.problem} {self.fix}"


@dataclass(frozen=True)
class CheckSource:
    """A hidden check as its source declares it."""

    id: str
    title: str
    level: Level


@dataclass(frozen=True)
class Mutant:
    """A named wrong solution: the smallest edit that makes the solution wrong."""

    name: str
    title: str
    explanation: str
    find: str
    replace: str
    caught_by: str


@dataclass(frozen=True)
class Kata:
    """One exercise: what its folder in the bank says about it."""

    name: str
    folder: Path
    title: str
    track: str
    level: int
    minutes: int
    entry: tuple[str, ...]
    allow: tuple[str, ...]
    needs: tuple[str, ...]
    asked: int

    @property
    def short(self) -> str:
        """The id without the slug, such as `kata03`."""
        return self.name.split("_", 1)[0]

    @property
    def uses_numpy(self) -> bool:
        """Whether the learner's file may import NumPy."""
        return "numpy" in self.allow

    @property
    def names(self) -> list[str]:
        """The classes and functions that the learner defines, without their methods."""
        return [entry for entry in self.entry if "." not in entry]


@dataclass(frozen=True)
class Solution:
    """The file to judge: where it is, and its bytes as they were when the verdict began."""

    path: str
    source: bytes


@dataclass(frozen=True)
class Submission:
    """A file to judge as a kata, with the text of each module of the kit that it may import."""

    kata: Kata
    solution: Solution
    allowed: dict[str, str]
    module: str = ""  # what the file is called as a module, if not as the kata


@dataclass(frozen=True)
class Row:
    """One compared number: what the attempt gave, and what each authority says."""

    name: str
    got: Any
    expected: Any
    reference: float | None = None
    pytorch: float | None = None
    finite_difference: float | None = None
    agrees: bool = True
    operation: str = ""
    data: float | None = None
    first: bool = False  # the first wrong node of the backward pass

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "got": plain_number(self.got),
            "expected": plain_number(self.expected),
            "reference": plain_number(self.reference),
            "pytorch": plain_number(self.pytorch),
            "finite_difference": plain_number(self.finite_difference),
        }


@dataclass(frozen=True)
class Counterexample:
    """A program on which the attempt is wrong; `before` is what has to run first, as Python."""

    inputs: dict[str, float]
    code: str
    rows: tuple[Row, ...] = ()
    before: str = ""

    @property
    def script(self) -> str:
        """The program as Python that stands alone once the kata's names are imported."""
        return self.before + as_script(self.code, self.inputs)

    def as_json(self) -> dict[str, Any]:
        inputs = {} if self.before else self.inputs
        return {
            "inputs": {name: plain_number(number) for name, number in inputs.items()},
            "code": self.script if self.before else self.code,
            "rows": [row.as_json() for row in self.rows],
        }


def as_script(code: str, inputs: Mapping[str, float]) -> str:
    """Return a program as Python, its inputs made first."""
    if not inputs:
        return code
    values = ", ".join(f"Value({number!r})" for number in inputs.values())
    return f"{', '.join(inputs)} = {values}\n{code}"


@dataclass(frozen=True)
class Diagnosis:
    """The known mistake that behaves as the attempt does, on so many requests."""

    mutant: str
    title: str
    explanation: str
    agreement: int

    def as_json(self) -> dict[str, Any]:
        return {
            "mutant": self.mutant,
            "title": self.title,
            "explanation": self.explanation,
            "agreement": [self.agreement, self.agreement],
        }


@dataclass
class CheckResult:
    """What one check found."""

    source: CheckSource
    outcome: Outcome = "not-run"
    message: str = ""
    counterexample: Counterexample | None = None
    telling: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.source.id,
            "title": self.source.title,
            "level": self.source.level,
            "outcome": self.outcome,
            "message": clip(self.message, MESSAGE_LIMIT),
            "counterexample": self.counterexample and self.counterexample.as_json(),
        }


@dataclass
class Verdict:
    """The answer to one attempt (schema 1 of the JSON contract)."""

    kata: str
    file: str
    status: Status
    message: str
    checks: list[CheckResult] = field(default_factory=list)
    seconds: float = 0.0
    output: str = ""
    notes: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def first_failure(self) -> CheckResult | None:
        """Return the check to fix first: a core check where one failed.

        What is wrong with the things themselves, such as how many parameters there are, goes before
        the wrong numbers that follow from it; else the first of the file is taken.
        """
        failed = [check for check in self.checks if check.outcome == "failed"]
        core = [check for check in failed if check.source.level == "core"]
        told = core or failed
        return next((check for check in told if check.telling), next(iter(told), None))

    def as_json(self) -> dict[str, Any]:
        stretch = [check for check in self.checks if check.source.level == "stretch"]
        return {
            "schema": 1,
            "kata": self.kata,
            "file": printable(self.file),
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "status": self.status,
            "message": clip(self.message, MESSAGE_LIMIT),
            "checks": [check.as_json() for check in self.checks],
            "diagnosis": self.diagnosis and self.diagnosis.as_json(),
            "stretch": {
                "passed": sum(check.outcome == "passed" for check in stretch),
                "total": len(stretch),
            },
        }


def plain_number(value: Any) -> Any:
    """Return `value` as strict JSON has it: a non-finite float becomes 'nan', 'inf' or '-inf'."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        return clip(value, TEXT_LIMIT)
    return value


def clip(text: str, limit: int) -> str:
    """Return `text` in at most `limit` printable characters, the cut marked by an ellipsis."""
    text = printable(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable(text: str) -> str:
    """Return `text` with lone surrogates and terminal control characters made visible."""
    return "".join(
        char
        if char in "\n\t" or (char.isprintable() and not "\ud800" <= char <= "\udfff")
        else _escape(char)
        for char in text
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def show_number(value: Any, digits: int = 6) -> str:
    """Return a number as a person would write it: 6 digits, and `6.0` for a whole float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not asked" if value is None else str(value)
    text = f"{value:.{digits}g}"
    whole = isinstance(value, float) and text.lstrip("-").isdigit()
    return f"{text}.0" if whole else text


def show_apart(one: Any, other: Any) -> tuple[str, str]:
    """Return two different numbers with as many digits as it takes to see the difference."""
    for digits in (6, 9, 12, 17):
        shown = show_number(one, digits), show_number(other, digits)
        if shown[0] != shown[1]:
            break
    return shown
