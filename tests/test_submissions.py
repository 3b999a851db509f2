"""Solutions that people wrote from the statements alone, without a look at the checks.

`submissions/KATA/right_*.py` are right and pass; `wrong_*.py` have one mistake each, which their
first line names, and are rejected: each is tried at one of six seeds here. A first line that begins
with `# FOLLOW-UP` tells of a mistake that only a follow-up is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.author.trial import Bench, Outcome
from grader.content.catalog import all_katas
from grader.content.exercise import Exercise
from grader.core.model import Kata

FOLDER = Path(__file__).parent / "submissions"
SEEDS = range(6)
HAVE_SOME = [kata for kata in all_katas() if (FOLDER / kata.name).is_dir()]
KATAS = pytest.mark.parametrize("kata", HAVE_SOME, ids=lambda kata: kata.short)


def submissions(kata: Kata, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each."""
    for path in sorted((FOLDER / kata.name).glob(f"{kind}_*.py")):
        yield path.name, path.read_text("utf-8")


@pytest.mark.slow
@KATAS
def test_right_ones_pass_and_wrong_ones_do_not(kata: Kata) -> None:
    """A right one passes every core check, a wrong one fails one, or the follow-up it is about."""
    misjudged = []
    for seed in SEEDS:
        with Bench(Exercise(kata), seed) as bench:
            for name, text in [*submissions(kata, "right")][seed :: len(SEEDS)]:
                if killer := bench.judge(text).killer:
                    misjudged.append(f"{name} is rejected by {killer}")
            for name, text in [*submissions(kata, "wrong")][seed :: len(SEEDS)]:
                found = bench.judge(text)
                if found == Outcome() or (found.follow_up and not text.startswith("# FOLLOW-UP")):
                    misjudged.append(f"{name} passes")
    assert not misjudged


@KATAS
def test_there_are_twenty_wrong_ones_and_five_right_ones(kata: Kata) -> None:
    """The test above would be worth little on fewer."""
    assert len([*submissions(kata, "wrong")]) >= 20
    assert len([*submissions(kata, "right")]) >= 5
