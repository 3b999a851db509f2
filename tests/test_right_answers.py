"""Right answers in other styles: a check that rejects one of them is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.content import catalog
from grader.core.model import Verdict

RIGHT = Path(__file__).parent / "right"
ANSWERS = sorted(RIGHT.glob("*/*.py"))


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("seed", [0, 11])
def test_right_answer_passes(judge: Callable[..., Verdict], path: Path, seed: int) -> None:
    """Every core check accepts it, on the usual inputs and on others."""
    verdict = judge(path.parent.name, path.read_bytes(), seed=seed)

    assert verdict.status == "passed", [check.message for check in verdict.checks]


@pytest.mark.parametrize("kata", [folder.name for folder in catalog.kata_folders()])
def test_every_kata_has_three_styles(kata: str) -> None:
    """At least three answers in clearly different styles stand beside the solution."""
    assert len(list((RIGHT / kata).glob("*.py"))) >= 3
