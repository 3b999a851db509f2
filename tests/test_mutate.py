"""dev mutate: small slips of right answers, and which of them the checks let pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.author import mutate
from grader.author.mutants import Mutation, Walk, changed_lines, mutations_of
from grader.author.operators import OPERATORS
from grader.author.trial import Bench, Outcome
from grader.cli import main
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import KitError
from grader.ui.screen import Screen

NAME = "kata02_mul_backward"
RIGHT = "self.grad += other.data * out.grad"

# What each operator makes of a text: a line before, and every line it should become.
MADE = {
    "other-arithmetic": (
        "c = a - b",
        ["c = (a + b)", "c = (a * b)", "c = (a / b)", "c = (a ** b)"],
    ),
    "operand-dropped": ("c = a - b", ["c = (a)", "c = (b)"]),
    "operands-swapped": ("c = a - b", ["c = (b - a)"]),
    "sign-or-size-changed": (
        "c = a * b",
        ["c = (-(a * b))", "c = abs(a * b)", "c = (2 * (a * b))", "c = int(a * b)"],
    ),
    "sign-dropped": ("c = -a", ["c = (a)"]),
    "other-comparison": (
        "c = a == b",
        [
            "c = (a < b)",
            "c = (a <= b)",
            "c = (a > b)",
            "c = (a >= b)",
            "c = (a != b)",
            "c = (a is b)",
        ],
    ),
    "class-compared": (
        "c = isinstance(a, A)",
        ["c = (type(a) is A)", "c = isinstance(a, float)", "c = isinstance(a, int)"],
    ),
    "other-name": (
        "def f(self, other): return self",
        [
            "def f(self, other): return other",
            "def f(other, other): return self",
            "def f(self, self): return self",
        ],
    ),
    "other-field": (
        "a.data = a.grad = a.data",
        ["a.grad = a.grad = a.data", "a.data = a.data = a.data", "a.data = a.grad = a.grad"],
    ),
    "field-of-the-class": ("self.grad = 1", ["type(self).grad = 1"]),
    "other-number": ("a = 3", [f"a = {n}" for n in ("4", "2", "(-3)", "6", "1.5", "0", "1")]),
    "other-assignment": (
        "a += b",
        [f"a {sign}(b)" for sign in ["=", "-=", "*=", "/="]]
        + [f"a {sign}(b)" for sign in ("+= -", "= -", "+= abs", "+= 2 *", "+= int")],
    ),
    "accumulated": ("a = b", ["a += (b)", "a -= (b)", "a = -(b)"]),
    "condition-changed": (
        "if a: pass\nelse: b()",
        ["if not (a): pass", "if True: pass", "if False: pass"],
    ),
    "branch-of-expression": ("c = a if b else d", ["c = (d if b else a)", "c = (a)", "c = (d)"]),
    "loop-over-others": (
        "for a in b: c()",
        [f"for a in {over}: c()" for over in ("list(b)[::-1]", "list(b)[1:]", "list(b)[:-1]")]
        + [f"for a in {over}: c()" for over in ("()", "list(b)[:1]", "dict.fromkeys(b)")],
    ),
    "filter-changed": (
        "c = [a for a in b if a]",
        ["c = [a for a in b if True]", "c = [a for a in b if not (a)]"],
    ),
    "call-unwrapped": ("c = b.list(a)", ["c = (a)", "c = b"]),
    "arguments-swapped": ("c = f(a, b)", ["c = f(b, a)"]),
    "other-function": ("c = max(a)", ["c = min(a)"]),
    "other-end": ("a.append(b)", ["a.insert(0, b)"]),
    "subscript-moved": ("c = a[b]", ["c = a[(b) - 1]", "c = a[(b) + 1]", "c = a"]),
    "element-dropped": ("c = (a, b)", ["c = (b, )", "c = (a, )", "c = (b, a, )"]),
    "default-changed": ("def f(a=()): pass", ["def f(a=[]): pass", "def f(a=None): pass"]),
    "other-result": (
        "def f(self): return 1",
        ["def f(self): return None", "def f(self): return -(1)", "def f(self): return self"],
    ),
    "decorator-dropped": ("@a\ndef f(): pass", [""]),
    "base-dropped": ("class A(B): pass", ["class A(): pass"]),
    "star-dropped": ("f(*a)", ["f(a)"]),
    "statement-dropped": ("a()", ["pass"]),
    "statement-twice": ("a()", ["a()"]),
    "statement-last": ("def f():\n    a()", ["return"]),
    "statements-swapped": ("a()\nb()", ["b()\na()"]),
    "moved-into-loop": ("for a in b:\n    c()\nd()", ["d()\npass"]),
    "moved-out-of-loop": ("for a in b:\n    c()\n    d()", ["pass\nd()"]),
    "loop-once": ("for a in b:\n    c()", ["break"]),
    "state-of-the-class": (
        "class A:\n    def __init__(self):\n        self.a = 0",
        ["a = 0\ndef __init__(self):\npass"],
    ),
}


@pytest.mark.parametrize("operator", MADE)
def test_operator_makes_what_it_says(operator: str) -> None:
    """Of a small text, the edits of one operator are these, but for what changes nothing."""
    source, wanted = MADE[operator]
    made = {
        changed_lines(source + "\n", changed)[1]
        for name, _, _, changed in Walk(source + "\n").changes()
        if name == operator
    }

    assert made - {""} == set(wanted) - {""}


def test_every_operator_has_its_example() -> None:
    """What is registered is shown above."""
    names = {function.__name__.replace("_", "-") for _, function in OPERATORS}

    assert names <= set(MADE)


def test_mutants_are_the_same_every_time_and_differ_from_each_other() -> None:
    """Ids name them, and no text is judged twice."""
    source = catalog.solution_of(catalog.find_kata("4"))
    found = mutations_of(source)

    assert found == mutations_of(source)
    assert len({mutation.id for mutation in found}) == len(found) > 300
    assert len({mutation.source for mutation in found} | {source}) == len(found) + 1


def test_texts_of_one_program_count_once() -> None:
    """A slip that changes no instruction is none: `0` for `0`, and what is no Python."""
    assert not [m for m in mutations_of("a = 0\n") if m.after in ("a = 0", "a = (0)")]


def mutation(before: str, after: str, function: str = "Value.__mul__._backward") -> Mutation:
    """A mutant of the solution of kata02, by the line that it changes."""
    source = catalog.solution_of(catalog.find_kata("2"))
    assert source.count(before) == 1
    return Mutation("planted", 1, 0, 1, function, before, after, source.replace(before, after))


def test_bench_judges_as_a_verdict_does() -> None:
    """A right answer passes; a wrong one, an endless one and a dying one are told apart."""
    exercise = Exercise(catalog.find_kata("2"))
    with Bench(exercise) as bench:
        bench.begin(exercise.solution, "solution.py")
        texts = {
            "same": mutation(RIGHT, "self.grad += out.grad * other.data"),
            "wrong": mutation(RIGHT, "self.grad = other.data * out.grad"),
            "endless": mutation(RIGHT, "while True: pass"),
            "dies": mutation(RIGHT, "__import__('os')._exit(3)"),
            "quiet": mutation(RIGHT, "__import__('os')._exit(0)"),
            "no class": mutation("class Value", "class Values"),
            "again": mutation(RIGHT, "self.grad += out.grad * other.data"),
        }
        found = {name: bench.judge(one.source) for name, one in texts.items()}

    assert found == {
        "same": Outcome(),
        "wrong": Outcome("test_share_is_added_to_what_arrived_before"),
        "endless": Outcome("timed-out"),
        "dies": Outcome("crashed"),
        "quiet": Outcome("crashed"),
        "no class": Outcome("failed"),
        "again": Outcome(),
    }


def test_base_that_is_wrong_is_named() -> None:
    """Mutants of a wrong answer would prove nothing."""
    with Bench(Exercise(catalog.find_kata("2"))) as bench:
        wrong = mutation(RIGHT, "self.grad = other.data * out.grad").source

        with pytest.raises(KitError, match=r"kata02: mine.py is not a right answer: test_share"):
            bench.begin(wrong, "kata02: mine.py")


def test_follow_up_that_the_base_fails_rejects_no_mutant() -> None:
    """A recursive answer is too deep for the long chain, and so are all its mutants."""
    (base,) = mutate.bases_of(catalog.find_kata("4"), "micrograd_recursive")
    with Bench(Exercise(base.kata)) as bench:
        bench.begin(base.source, base.name)

        assert bench.beyond
        assert bench.judge(base.source) == Outcome()


PLANTED = mutation(RIGHT, "self.grad += out.grad * other.data")
ENTRY = f"""
[[equivalent]]
base = "solution.py"
function = "Value.__mul__._backward"
before = "{PLANTED.before}"
after = "{PLANTED.after}"
reason = "A product of floats does not depend on the order."
"""


@pytest.fixture
def right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of tests/right/."""
    (tmp_path / NAME).mkdir()
    monkeypatch.setattr(mutate, "right_answers", lambda: tmp_path)
    return tmp_path


def score_of(*outcomes: tuple[Mutation, Outcome]) -> mutate.Score:
    """The score of these mutants of the solution of kata02."""
    (base, *_) = mutate.bases_of(catalog.find_kata("2"), "solution.py")
    trials = [mutate.Trial(base, one, outcome, 1.0) for one, outcome in outcomes]
    return mutate.explained(trials, base.kata, mutate.Choice())


def test_survivor_is_shown_with_its_edit(right: Path) -> None:
    """Where it stands, and the line before and after."""
    score = score_of(
        (PLANTED, Outcome()), (PLANTED, Outcome("test_x")), (PLANTED, Outcome("", "y"))
    )
    lines = ["".join(text for text, _ in line) for line in mutate.lines_of(Screen(True), score)]

    assert lines == [
        "    kata02 solution.py:1:0 planted 1 in Value.__mul__._backward",
        f"      - {PLANTED.before}",
        f"      + {PLANTED.after}",
    ]
    assert mutate.row_of("kata02", score) == ["kata02", "3", "1", "1", "0", "1", "3"]


def test_entry_explains_a_survivor(right: Path) -> None:
    """What is written beside the right answers counts as equivalent."""
    (right / NAME / "equivalent.toml").write_text(ENTRY, "utf-8")
    score = score_of((PLANTED, Outcome()))

    assert (score.equivalent, score.survivors, score.stale) == (1, [], [])


@pytest.mark.parametrize("outcome", [Outcome("test_x"), Outcome("", "test_follow_up"), None])
def test_entry_that_nothing_needs_is_told(right: Path, outcome: Outcome | None) -> None:
    """Its mutant is rejected meanwhile, or made no more."""
    (right / NAME / "equivalent.toml").write_text(ENTRY, "utf-8")
    score = score_of(*([(PLANTED, outcome)] if outcome else []))
    told = " ".join(
        "".join(text for text, _ in line).strip() for line in mutate.lines_of(Screen(True), score)
    )

    assert told == (
        f"{NAME}/equivalent.toml: no survivor of solution.py turns '{PLANTED.before}' into "
        f"'{PLANTED.after}' in Value.__mul__._backward: take the entry out"
    )


def test_rule_explains_survivors_of_every_kata(right: Path) -> None:
    """Its patterns fit the whole of what they are about; one that is left out fits all."""
    rule = '[[rule]]\nfunction = ".*_backward"\nafter = "{}"\nreason = "Because."\n'
    for pattern, explained in (("self.*", 1), ("self", 0)):
        (right / "equivalent.toml").write_text(rule.format(pattern), "utf-8")

        assert score_of((PLANTED, Outcome())).equivalent == explained


def test_unknown_base_is_named_with_those_that_there_are() -> None:
    """A right answer is named by its file."""
    with pytest.raises(KitError, match=r"kata02 has no right answer 'x'. It has solution.py, clo"):
        mutate.bases_of(catalog.find_kata("2"), "x")


def test_command_writes_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The first mutant of every so many, judged in other processes."""
    given = ["dev", "mutate", "2", "--base", "solution.py", "--sample", "150", "--json"]
    code = main([*given, "--jobs", "1"])
    (said,) = json.loads(capsys.readouterr().out)["katas"]

    assert said["kata"] == NAME
    assert (
        said["mutants"]
        == said["killed"] + said["follow_ups"] + said["equivalent"] + said["surviving"]
        > 1
    )
    assert code == (1 if said["surviving"] else 0)


def test_sample_of_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A sample has every N-th mutant, N from 1."""
    assert main(["dev", "mutate", "2", "--sample", "0"]) == 2
    assert capsys.readouterr().err == "Every 0-th mutant is none.\nGive a number from 1.\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kata", "base"),
    [
        ("2", "solution.py"),
        ("2", "stored_local_derivatives.py"),
        ("4", "solution.py"),
    ],
)
def test_no_unexplained_mutant_survives(
    kata: str, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every small slip of these is rejected, or proved to be none."""
    assert main(["dev", "mutate", kata, "--base", base, "--plain"]) == 0, capsys.readouterr().out


def test_what_the_stub_gives_is_not_mutated() -> None:
    """A function as the stub has it is no part of the answer; written in another way, it is."""
    kata = catalog.find_kata("kata06")
    solution, own = (
        base
        for base in mutate.bases_of(kata)
        if base.name in ("solution.py", "dispatch_on_labels.py")
    )

    mutated = {mutation.function.split("._")[0] for mutation in mutate._mutations(solution)}
    rewritten = {mutation.function for mutation in mutate._mutations(own)}

    assert mutated >= {f"Value.{name}" for name in ("relu", "tanh", "exp", "log", "sigmoid")}
    assert not any("__pow__" in name or "backward" in name for name in mutated)
    assert "Value._backward" in rewritten
