"""Author tools: what dev check finds wrong with a kata, one fault at a time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author import check, new, stubs
from grader.content import catalog
from grader.core.model import Kata
from grader.ui.screen import Screen

NAME = "kata02_mul_backward"


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one kata, its hints and its stub, to be spoiled."""
    shutil.copytree(catalog.BANK / NAME, tmp_path / "bank" / NAME)
    (tmp_path / "hints").mkdir()
    shutil.copy(catalog.hints_folder() / f"{NAME}.md", tmp_path / "hints")
    (tmp_path / "katas").mkdir()
    monkeypatch.setattr(catalog, "hints_folder", lambda: tmp_path / "hints")
    monkeypatch.setattr(catalog, "BANK", tmp_path / "bank")
    monkeypatch.setattr(catalog, "kata_folders", lambda: sorted((tmp_path / "bank").iterdir()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kata_of(bank: Path) -> Kata:
    """Read the kata anew, past the caches."""
    catalog.read_kata.cache_clear()
    catalog.read_checks.cache_clear()
    kata = catalog.read_kata(bank / "bank" / NAME)
    (bank / "katas" / f"{NAME}.py").write_text(catalog.stub_of(kata), "utf-8")
    return kata


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that is there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_good_kata_has_no_faults(bank: Path) -> None:
    """Pieces, files: nothing to mend."""
    kata = kata_of(bank)

    assert check.faults_of_pieces(kata) == []
    assert check.faults_of_files(kata) == []


def test_missing_piece_is_named(bank: Path) -> None:
    """Without its mutants a kata proves nothing."""
    kata = kata_of(bank)
    (kata.folder / "mutants.toml").unlink()

    assert check.faults_of_pieces(kata) == [f"mutants.toml is missing from {kata.folder}: write it"]


def test_missing_tier_is_named(bank: Path) -> None:
    """Hints have four tiers, in their order."""
    edit(bank / "hints" / f"{NAME}.md", "## Plan", "## Steps")

    assert check.faults_of_pieces(kata_of(bank)) == [
        "the hints have Nudge, Idea, Steps, Line: write Nudge, Idea, Plan, Line, in this order"
    ]


def test_minutes_of_statement_and_toml_must_agree(bank: Path) -> None:
    """The first line of the statement is checked against kata.toml."""
    edit(bank / "bank" / NAME / "kata.toml", "minutes = 8", "minutes = 9")

    assert check.faults_of_pieces(kata_of(bank)) == [
        "solution.py should begin with 'kata02 · title · 9 minutes', as kata.toml has it"
    ]


def commit(bank: Path) -> None:
    """Keep the bank as it is in git."""
    for arguments in ("init -q", "add bank", "commit -q -m one"):
        options = ["-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *options, *arguments.split()], cwd=bank, check=True)


def test_stale_stub_is_found_and_derived_anew(bank: Path) -> None:
    """dev stubs mends what dev check reports: an untouched stub of an earlier solution."""
    kata = kata_of(bank)
    stub = bank / "katas" / f"{NAME}.py"
    commit(bank)
    edit(kata.folder / "solution.py", "A number that", "The number that")
    commit(bank)
    edit(kata.folder / "solution.py", "The number that", "Any number that")
    for old in ("A number that", "The number that", "Any number that"):
        text = catalog.stub_of(kata).replace("Any number that", old)
        stub.write_bytes(text.replace("\n", "\r\n" if old.startswith("The") else "\n").encode())
        if not old.startswith("Any"):
            assert check.faults_of_files(kata) == [
                f"{stub} is not the solution minus the learner's part: 'python -m grader dev "
                "stubs' derives it anew"
            ]
        stubs.stubs(Screen(plain=True), [kata])

        assert stub.read_bytes() == catalog.stub_of(kata).encode()


GAP = 'raise NotImplementedError("kata02: give out its _backward and return out")'


@pytest.mark.parametrize(
    "work",
    [
        lambda text: text.replace(GAP, "return 1"),
        lambda text: text.replace(GAP, f"out = Value(self.data * other.data)\n        {GAP}"),
        lambda text: text + "\n\ndef helper():\n    return 1\n",
        lambda text: text.replace(GAP, f"# c = a * b\n        {GAP}"),
        lambda text: "# my notes\n" + text,
        lambda text: text + "\n",
        lambda text: "work = 1\n",
        lambda text: "",
    ],
)
def test_file_that_anybody_has_touched_is_left_and_named(
    bank: Path, capsys: pytest.CaptureFixture[str], work: Callable[[str], str]
) -> None:
    """Solved, half solved, or only commented: dev stubs leaves it, and says how to go on."""
    kata = kata_of(bank)
    path = bank / "katas" / f"{NAME}.py"
    assert GAP in path.read_text("utf-8")
    mine = work(path.read_text("utf-8"))
    path.write_text(mine, "utf-8")
    stubs.stubs(Screen(plain=True), [kata])
    told = " ".join(capsys.readouterr().out.split())

    assert path.read_text("utf-8") == mine
    assert f"{NAME}.py holds work: it stays as it is. 'python -m grader reset kata02' keeps" in told


def test_unreadable_stubs_are_left_and_the_others_written(
    bank: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are no text are work; a folder has a sentence; a missing stub is written."""
    kata = kata_of(bank)
    path = bank / "katas" / f"{NAME}.py"
    path.write_bytes(b"\xff\xfe" + catalog.stub_of(kata).encode())
    before = path.read_bytes()
    stubs.stubs(Screen(plain=True), [kata])
    assert path.read_bytes() == before
    path.unlink()
    path.mkdir()
    stubs.stubs(Screen(plain=True), [kata])
    assert path.is_dir()
    assert "is a folder. It stays as it is." in " ".join(capsys.readouterr().out.split())
    path.rmdir()
    stubs.stubs(Screen(plain=True), [kata])

    assert path.read_text("utf-8") == catalog.stub_of(kata)


def test_check_without_a_mutant_and_mutant_without_a_check_are_found(bank: Path) -> None:
    """Checks and mutants belong together, both ways."""
    edit(
        bank / "bank" / NAME / "mutants.toml",
        '"test_number_on_the_right_is_an_operand"',
        '"test_no_such"',
    )

    assert check.faults_of_files(kata_of(bank)) == [
        "no mutant names test_number_on_the_right_is_an_operand: add one, or drop the check",
        "test_no_such is named by a mutant and is no check",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('kind = "bug"', 'kind = "riddle"', "question 'mul-overwrites': kind is 'riddle'"),
        ('topic = "accumulation"', 'topic = "cats"', "topic is 'cats'"),
        (
            '    { option = "15 and -10", why = "The operands are swapped: dc/da is b, not a." },\n',
            "",
            "the question 'local-derivatives-of-mul' has 3 options: give it four",
        ),
    ],
)
def test_a_faulty_question_is_found(bank: Path, old: str, new: str, fault: str) -> None:
    """The question is named with what is wrong."""
    kata = kata_of(bank)
    edit(kata.folder / "questions.toml", old, new)

    (found,) = check.faults_of_files(kata)

    assert fault in found


def test_too_few_mutants_are_counted(bank: Path) -> None:
    """Twelve mistakes at least."""
    path = bank / "bank" / NAME / "mutants.toml"
    text = path.read_text("utf-8")
    path.write_text("[[mutant]]".join(text.split("[[mutant]]")[:11]), "utf-8")

    assert "10 mutants are too few: add 2" in check.faults_of_files(kata_of(bank))


def test_wrong_solution_is_found(bank: Path) -> None:
    """A solution that fails its own checks is reported with the check's sentence."""
    edit(
        bank / "bank" / NAME / "solution.py",
        "self.grad += other.data * out.grad",
        "self.grad += out.grad",
    )
    faults = check.faults_of_checks(kata_of(bank), jobs=2)

    assert faults[0].startswith(
        "the solution fails test_each_operand_gets_the_other_times_upstream: c = a * b;"
    )


@pytest.mark.slow
def test_mutants_that_pass_or_are_caught_elsewhere_are_found(bank: Path) -> None:
    """A mutant equal to the solution passes; one that names the wrong check is told which ones."""
    mutants = bank / "bank" / NAME / "mutants.toml"
    edit(mutants, "abs(other.data) * out.grad", "out.grad * other.data")
    edit(
        mutants,
        'other is not self:\\n                other.grad += self.data * out.grad\\n"\ncaught_by = '
        '"test_same_operand_twice_gets_both_shares"',
        'other is not self:\\n                other.grad += self.data * out.grad\\n"\ncaught_by = '
        '"test_number_on_the_right_is_an_operand"',
    )
    faults = check.faults_of_checks(kata_of(bank), jobs=2)

    assert faults == [
        "the mutant 'skips-same-operand' is not rejected by test_number_on_the_right_is_an_operand "
        "but by test_same_operand_twice_gets_both_shares, test_every_small_program, "
        "test_any_graph_of_sums_and_products, test_product_of_many_factors: name one of these, or "
        "sharpen the check",
        "the mutant 'positive-data-only' passes: test_any_graph_of_sums_and_products should "
        "reject it",
    ]


@pytest.mark.slow
def test_check_that_the_stub_passes_is_found(bank: Path) -> None:
    """A check must need the learner's part."""
    checks = bank / "bank" / NAME / "checks.py"
    checks.write_text(
        checks.read_text("utf-8") + '\n\ndef test_easy(attempt):\n    """Anything passes."""\n',
        "utf-8",
    )
    faults = check.faults_of_checks(kata_of(bank), jobs=2)

    assert "the untouched stub passes test_easy: make the check need the learner's part" in faults


def test_new_kata_is_begun_with_every_piece(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """dev new writes the files to fill in, under the next number."""
    new.new(Screen(plain=True), "softplus")
    folder = bank / "bank" / "kata03_softplus"
    catalog.read_kata.cache_clear()
    kata = catalog.read_kata(folder)

    assert all((folder / piece).is_file() for piece in check.PIECES)
    assert (kata.short, kata.title) == ("kata03", "Softplus")
    assert 'raise NotImplementedError("kata03: write answer here")' in catalog.stub_of(kata)
    assert "dev check kata03" in " ".join(capsys.readouterr().out.split())
