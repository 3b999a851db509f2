"""Right answers in other styles: a check that rejects one of them is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.trial import Bench
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Kata, Verdict

RIGHT = Path(__file__).parent / "right"
ANSWERS = sorted(RIGHT.glob("*/*.py"))
KATAS = pytest.mark.parametrize("kata", catalog.all_katas(), ids=lambda kata: kata.short)


def of(kata: Kata) -> list[Path]:
    """Return the right answers of a kata."""
    return [path for path in ANSWERS if path.parent.name == kata.name]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_right_answer_passes(judge: Callable[..., Verdict], path: Path) -> None:
    """Every core check accepts it, and no mistake is named."""
    verdict = judge(path.parent.name, path.read_bytes())

    assert verdict.status == "passed", [check.message for check in verdict.checks]
    assert verdict.diagnosis is None


@KATAS
def test_right_answers_pass_on_other_inputs(kata: Kata) -> None:
    """Another seed draws other numbers."""
    with Bench(Exercise(kata), seed=11) as bench:
        found = {path.name: bench.judge(path.read_text("utf-8")).killer for path in of(kata)}

    assert found == dict.fromkeys(found, "")


@KATAS
def test_every_kata_has_three_styles(kata: Kata) -> None:
    """At least three answers in clearly different styles stand beside the solution."""
    assert len(of(kata)) >= 3
