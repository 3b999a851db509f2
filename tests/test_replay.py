"""A counterexample is what it says: it fails as it is shown, on its own or as a sequence."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from grader.checks.failure import CheckFailed, join_sentences
from grader.checks.graded import Request
from grader.core.model import CheckResult, CheckSource, Counterexample, Verdict
from grader.grading import replay
from grader.grading.replay import KEPT, Replays
from tests.conftest import ROOT

Judge = Callable[..., Verdict]
Solution = Callable[[str], str]
Cli = Callable[..., subprocess.CompletedProcess[str]]


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with each of these replaced; all of them are there."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def first_example(verdict: Verdict) -> Counterexample:
    """Return the program of the failure that is shown first."""
    failure = verdict.first_failure()
    assert failure
    assert failure.counterexample
    return failure.counterexample


def numbers_of(text: str, example: Counterexample) -> dict[str, object]:
    """Return the shown names as the learner's file has them, pasted into a new module."""
    names: dict[str, object] = {}
    exec(text, names)
    document = example.as_json()
    values = {name: names["Value"](x) for name, x in document["inputs"].items()}  # type: ignore[operator]
    exec(document["code"], names | values, values)
    return {row["name"]: eval(row["name"], {}, values) for row in document["rows"]}


STATES = {
    "calls in the module": (
        ("class Value", "calls = 0\n\n\nclass Value"),
        ("        order = []\n", "        global calls\n        calls += 1\n        order = []\n"),
        ("self.grad = 1.0", "self.grad = 1.0 if calls < 4 else 2.0"),
    ),
    "products by value": (
        ("class Value", "cache = {}\n\n\nclass Value"),
        (
            "def __mul__(self, other):\n",
            "def __mul__(self, other):\n        key = self.data, getattr(other, 'data', other)\n"
            "        if key in cache: return cache[key]\n",
        ),
        ('(self, other), "*")', '(self, other), "*")\n        cache[key] = out'),
    ),
    "a default argument": (
        ("def backward(self):", "def backward(self, calls=[]):\n        calls.append(1)"),
        ("self.grad = 1.0", "self.grad = float(len(calls))"),
    ),
    "an attribute of the class": (
        ("    def __init__(self, data,", "    seen = 0\n\n    def __init__(self, data,"),
        ("self.grad = 1.0", "Value.seen += 1\n        self.grad = 1.0 + (Value.seen > 2)"),
    ),
}


@pytest.mark.parametrize("kind", STATES)
def test_what_is_kept_is_shown_as_the_sequence_that_fails(
    judge: Judge, solution: Solution, kind: str
) -> None:
    """Pasted into a fresh Python the sequence gives the numbers that are shown."""
    text = changed(solution("kata04"), *STATES[kind])
    verdict = judge("kata04", text)
    example = first_example(verdict)

    assert verdict.message.endswith(KEPT)
    assert "\n# then\n" in example.as_json()["code"]
    assert numbers_of(text, example) == {row.name: row.got for row in example.rows}
    assert any(not row.agrees for row in example.rows)


def test_sequence_is_no_longer_than_it_takes(judge: Judge, solution: Solution) -> None:
    """A third call that is wrong takes two before it."""
    example = first_example(
        judge("kata04", changed(solution("kata04"), *STATES["an attribute of the class"]))
    )

    assert example.before.count("# then") == 2


@pytest.mark.parametrize("query", ["kata02", "kata04", "kata05"])
def test_every_counterexample_gives_the_numbers_it_shows(
    judge: Judge, solution: Solution, query: str
) -> None:
    """A file that keeps nothing: each failing check's program, pasted, gives its numbers."""
    text = changed(solution(query), ("other.data * out.grad", "self.data * out.grad"))
    failed = [check for check in judge(query, text).checks if check.outcome == "failed"]

    assert failed
    for check in failed:
        assert check.counterexample
        assert not check.counterexample.before
        got = {row.name: float(row.got) for row in check.counterexample.rows}
        assert numbers_of(text, check.counterexample) == got


def test_missing_return_is_told_from_a_wrong_type(judge: Judge, solution: Solution) -> None:
    """The call that gave nothing is named, not the line that met the None."""
    text = solution("kata04")
    begin = text.index("        return out")
    added = judge("kata04", text[:begin] + text[begin + len("        return out\n") :])
    power = changed(
        solution("kata05"), ("def __pow__(self, k):", "def __pow__(self, k):\n        return None")
    )

    assert added.message == (
        "c = a + b; c.backward() with a = 2.5, b = 4.0: `a + b` returned None. Is a `return` missing?"
    )
    assert judge("kata05", power).message == (
        "b = a ** 3; c = b * 5 with a = 3.0: `a ** 3` returned None. Is a `return` missing?"
    )


def test_addresses_stand_in_no_message(judge: Judge, solution: Solution) -> None:
    """What an object without a repr of its own says of itself differs from run to run."""
    text = changed(
        solution("kata05"),
        (
            "def __pow__(self, k):",
            "def __pow__(self, k):\n        raise ValueError(f'no {object()}')",
        ),
        ("def __neg__(self):", "def __neg__(self):\n        return Value(object())"),
    )
    messages = " ".join(check.message for check in judge("kata05", text).checks)

    assert "no <object object> (line" in messages
    assert "0x" not in messages


def test_what_is_wrong_with_the_things_is_the_headline() -> None:
    """A check of what there is goes before the numbers that follow, and a core check before all."""
    checks = [
        CheckResult(CheckSource(id, id, level), "failed", id, telling=telling)  # type: ignore[arg-type]
        for id, level, telling in [
            ("numbers", "core", False),
            ("count", "core", True),
            ("more", "core", True),
            ("follow-up", "stretch", True),
        ]
    ]
    verdict = Verdict("kata09", "attempt.py", "failed", "", checks)

    assert verdict.first_failure() == checks[1]
    verdict.checks = [checks[0], checks[3]]
    assert verdict.first_failure() == checks[0]


def test_sentences_meet_at_a_full_stop() -> None:
    """What is added to a sentence begins a new one."""
    assert join_sentences("a is 1", "More.") == "a is 1. More."
    assert join_sentences("a is 1.", "More.") == "a is 1. More."
    assert join_sentences("Does it end?", "More.") == "Does it end? More."


def test_next_step_grades_the_same_file_again(cli: Cli, tmp_path: Path, solution: Solution) -> None:
    """A file that was named is named in the command of the next step, quoted for a shell."""
    path = tmp_path / "my try.py"
    path.write_text(changed(solution("kata02"), ("+= self.data", "= self.data")), "utf-8")
    shown = cli("kata02", "--solution", str(path), COLUMNS="400").stdout

    named = re.search(r"python -m grader kata02 --solution '(.*my try\.py)'", shown)
    assert named
    assert Path(ROOT, named[1]).resolve() == path  # told from the folder that one is in


def test_wrong_count_of_parameters_is_told_first(judge: Judge, solution: Solution) -> None:
    """Numbers that come of parameters left out are not what a learner has to read first."""
    text = changed(solution("kata09"), ("for layer in self.layers", "for layer in self.layers[:1]"))
    verdict = judge("kata09", text)

    assert "should have 33 parameters" in verdict.message


class Counting(Replays):
    """Replays whose answer is the length of a sequence."""

    def __init__(self) -> None:
        self.process = None

    def answers(self, sequences: Sequence[Sequence[Request]]) -> list[Any]:
        return [{"length": len(sequence)} for sequence in sequences]


class FromThreeOn:
    """A judge to whom three programs in a row, and more, give a wrong number."""

    def failure_on(self, reply: Any) -> CheckFailed | None:
        return CheckFailed(str(reply["length"])) if reply["length"] >= 3 else None


def test_a_shortened_sequence_has_the_numbers_of_its_own() -> None:
    """What is shown is how the shortest sequence fails, and not a longer one."""
    sequence: list[Request] = [{"verb": "run", "code": str(k)} for k in range(6)]

    failure, left = Counting()._shortened(
        cast(replay.Judge, FromThreeOn()), CheckFailed("6"), sequence
    )

    assert (failure.message, len(left)) == ("3", 3)
    assert left[-1] == sequence[-1]
