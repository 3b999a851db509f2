"""The bank: stubs are derived, hints have four tiers, and what is on disk is in step."""

from __future__ import annotations

import doctest
import subprocess
import types

import pytest

from grader.author.stubs import is_stale
from grader.content import catalog
from grader.core.model import Kata, KitError
from tests.conftest import ROOT

KATAS = catalog.all_katas()


def test_stub_is_the_solution_minus_the_learners_part() -> None:
    """Each part with a task becomes one line that raises; one without is left out."""
    solution = (
        'def f():\n    """Doc."""\n    # >>> write f here\n    return 1\n    # <<<\n\n\n'
        "def g():\n    return 2\n\n\n# >>>\ndef h():\n    return 3\n# <<<\n"
    )

    assert catalog.derive_stub(solution, "kata42") == (
        'def f():\n    """Doc."""\n    raise NotImplementedError("kata42: write f here")\n\n\n'
        "def g():\n    return 2\n"
    )


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.name)
def test_stub_on_disk_is_in_step(kata: Kata) -> None:
    """A stub in katas/ equals the derived one, unless it holds a learner's work."""
    path = ROOT / "katas" / f"{kata.name}.py"
    changed = subprocess.run(
        ["git", "diff", "--quiet", "HEAD", "--", str(path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    if not path.exists() or changed.returncode:
        pytest.skip("the file is being worked on")

    assert not is_stale(kata, path.read_text("utf-8"))


def test_learners_work_is_not_a_stale_stub() -> None:
    """A file whose gap is filled is work; one with the gap and other text is stale."""
    kata = catalog.find_kata("kata02")

    assert not is_stale(kata, catalog.stub_of(kata))
    assert not is_stale(kata, catalog.solution_of(kata))
    assert is_stale(kata, catalog.stub_of(kata).replace("A number", "The number"))


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.name)
def test_example_of_the_statement_is_true(kata: Kata) -> None:
    """The doctest in the stub holds for the solution, and shows at least three results."""
    module = types.ModuleType(kata.name)
    exec(catalog.solution_of(kata), module.__dict__)
    test = doctest.DocTestParser().get_doctest(
        catalog.task_of(kata), module.__dict__, kata.name, None, None
    )
    results = doctest.DocTestRunner(verbose=False).run(test, out=lambda _: None)

    assert results.failed == 0
    assert results.attempted >= 3


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.name)
def test_hints_are_four_tiers_that_grow_and_stay_short(kata: Kata) -> None:
    """Nudge, Idea, Plan, Line, about ninety words in all, and none is the whole answer."""
    hints = catalog.read_hints(kata)

    assert tuple(hints) == catalog.TIERS
    assert 50 <= sum(len(text.split()) for text in hints.values()) <= 150
    assert hints["Nudge"].rstrip().endswith("?")


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.name)
def test_mutants_say_what_is_wrong_without_the_patch(kata: Kata) -> None:
    """Each mutant has a title, an explanation, and an edit that changes the solution."""
    for mutant in catalog.read_mutants(kata):
        assert catalog.mutate(kata, mutant) != catalog.solution_of(kata)
        assert len(mutant.title) <= 72
        assert len(mutant.explanation.split()) >= 8
        assert mutant.replace.strip() not in mutant.explanation or not mutant.replace.strip()


def test_unknown_kata_suggests_the_nearest() -> None:
    """A slip of the keyboard is answered with the kata that was meant."""
    with pytest.raises(
        KitError, match=r"There is no kata called 'kat02'. Did you mean 'kata02_mul_backward'\?"
    ):
        catalog.find_kata("kat02")
