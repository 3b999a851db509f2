"""The mistake's name: every mutant is known, no right answer is, and two at once are never a third."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.model import Kata, Mutant, Solution, Verdict
from grader.grading import diagnosis
from grader.sandbox import protocol
from grader.sandbox.failures import NotRun
from grader.truth.oracle import Oracle

Judge = Callable[..., Verdict]
RIGHT = sorted((Path(__file__).parent / "right").glob("*/*.py"))
KATAS = catalog.all_katas()
QUICK = ("kata01",)
QUICK_THEN_SLOW = [
    pytest.param(kata, id=kata.name, marks=() if kata.short in QUICK else pytest.mark.slow)
    for kata in KATAS
]
FOR_EVER = 1e12
ATTEMPT = Solution("attempt.py", b"")
PAIRS = 6  # of each kata


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason for another name."""
    monkeypatch.setattr(diagnosis, "PATIENCE", 60.0)


def name_of(kata: Kata, text: str, seed: int = 0) -> str | None:
    """Return the name of the mistake that a text makes."""
    attempt = Solution("attempt.py", text.encode())
    found = diagnosis.search(Exercise(kata), attempt, seed, FOR_EVER).told()
    return found.mutant if found else None


def stretch_only(kata: Kata, name: str) -> bool:
    """Whether a mutant is one that only a stretch check rejects."""
    mutant = {m.name: m for m in catalog.read_mutants(kata)}[name]
    checks = {source.id: source for source in catalog.read_checks(kata)}
    return checks[mutant.caught_by].level == "stretch"


@pytest.mark.parametrize("kata", QUICK_THEN_SLOW)
def test_every_mutant_is_named_as_itself_or_its_group(kata: Kata) -> None:
    """Submitted as an attempt, no mutant gets a name but its own, or that of one that behaves alike.

    Some have none: more than three that behave alike, what shows in an exception, in time or in
    memory alone, and what keeps something between calls, where the order of calls decides.
    """
    groups = {name: group for group in diagnosis.groups_of(Exercise(kata)) for name in group}
    mutants = catalog.read_mutants(kata)
    found = {m.name: name_of(kata, catalog.mutate(kata, m)) for m in mutants}

    titles = {m.name: m.title for m in mutants}
    false = {n: told for n, told in found.items() if told and told not in groups[n]}
    assert all(titles[name] == titles.get(told) for name, told in false.items()), false
    assert sum(told is not None for told in found.values()) >= 0.8 * len(mutants)


@pytest.mark.slow
def test_few_mutants_go_without_a_name() -> None:
    """Only the ones that differ from the solution in time, in memory, or in what is raised."""
    unnamed = [
        mutant.name
        for kata in KATAS
        for mutant in catalog.read_mutants(kata)
        if stretch_only(kata, mutant.name) and not name_of(kata, catalog.mutate(kata, mutant))
    ]

    assert set(unnamed) <= {
        *("visited-list", "keeps-every-graph", "recursive-order"),
        *("zip-cuts-silently", "log-guarded-by-clip", "empty-gives-zero", "exponent-by-data"),
        *("rows-one-by-one", "row-by-row"),
    }


@pytest.mark.parametrize("kata", QUICK_THEN_SLOW)
def test_solution_is_nobody(kata: Kata) -> None:
    """What is right has no mistake's name."""
    assert name_of(kata, catalog.solution_of(kata)) is None


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_right_answer_is_nobody(path: Path) -> None:
    """Though what misses a follow-up may share the ways of a mistake that only a follow-up rejects."""
    kata = catalog.find_kata(path.parent.name)
    found = name_of(kata, path.read_text("utf-8"))

    assert found is None or stretch_only(kata, found)


def combined(kata: Kata) -> list[tuple[str, str, str]]:
    """Return pairs of mutants whose edits do not overlap, and the text with both edits."""
    text, mutants = catalog.solution_of(kata), catalog.read_mutants(kata)
    known = {catalog.mutate(kata, mutant) for mutant in mutants}
    found = []
    for one, other in itertools.combinations(mutants, 2):
        first = text.replace(one.find, one.replace)
        second = text.replace(other.find, other.replace)
        if first.count(other.find) == 1 and second.count(one.find) == 1:
            both = first.replace(other.find, other.replace)
            if both == second.replace(one.find, one.replace) and both not in known:
                found.append((one.name, other.name, both))
    random.Random(kata.name).shuffle(found)
    return found[:PAIRS]


@pytest.mark.parametrize("kata", QUICK_THEN_SLOW)
def test_two_mistakes_at_once_are_one_of_the_two_or_nobody(kata: Kata) -> None:
    """The grader never names a third; a pair that is itself in the bank is left out."""
    groups = {name: group for group in diagnosis.groups_of(Exercise(kata)) for name in group}
    for one, other, text in combined(kata):
        assert name_of(kata, text) in {None, *groups[one], *groups[other]}, (one, other)


def test_at_least_forty_pairs_are_tried() -> None:
    """The test above would be worth little on fewer."""
    assert sum(len(combined(kata)) for kata in KATAS) >= 40


def test_verdict_has_the_name_title_and_agreement(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """The JSON document says which mistake, why, and on how many programs the numbers agree."""
    text = solution("kata02").replace("other.grad += self.data", "other.grad = self.data")
    said = judge("kata02", text).as_json()["diagnosis"]

    assert list(said) == ["mutant", "title", "explanation", "agreement"]
    assert said["mutant"] == "overwrites-right"
    assert said["title"] == "assigns the right operand's gradient instead of adding to it"
    assert said["agreement"][0] == said["agreement"][1] >= 40


def test_mistake_in_another_style_is_named(judge: Judge) -> None:
    """The name follows the behaviour, not the text: `=` for `+=` without any closure."""
    path = next(p for p in RIGHT if p.stem == "partial_and_dispatch")
    text = path.read_text("utf-8")
    wrong = text.replace("left.grad += d_left", "left.grad = d_left").replace(
        "right.grad += d_right", "right.grad = d_right"
    )
    found = judge("kata02", wrong).diagnosis

    assert wrong != text
    assert found
    assert found.mutant == "overwrites-both"


def test_unknown_mistake_gets_no_name(judge: Judge, solution: Callable[[str], str]) -> None:
    """Wrong in a way that no mutant is: the verdict fails and names nothing."""
    text = solution("kata02").replace("other.data * out.grad", "other.data * out.grad + 0.125")
    verdict = judge("kata02", text)

    assert verdict.status == "failed"
    assert verdict.diagnosis is None


def test_hang_and_exception_are_signatures(judge: Judge) -> None:
    """A sort that never ends, and a reflected operator that is missing, are known by that."""
    hang = judge("kata03", catalog.mutate(*_mutant("kata03", "no-visited-set")))
    missing = judge("kata05", catalog.mutate(*_mutant("kata05", "missing-rsub")))

    assert hang.diagnosis
    assert hang.diagnosis.mutant == "no-visited-set"
    assert missing.diagnosis
    assert missing.diagnosis.mutant == "missing-rsub"


def test_mistakes_with_the_same_numbers_are_told_together(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """Nothing decides between them, so the learner reads of both; no exception's type decides."""
    guarded = "self.grad += out.data / self.data * out.grad if self.data else 0.0"
    other = "other.grad += out.data / other.data * out.grad if other.data else 0.0"
    text = solution("kata02").replace("self.grad += other.data * out.grad", guarded)
    found = judge("kata02", text.replace("other.grad += self.data * out.grad", other)).diagnosis

    assert found
    assert found.title == (
        "gives nothing to an operand whose data is 0, or returns a product with a factor 0 as a "
        "new leaf"
    )
    assert found.explanation.startswith(
        "These mistakes give the same numbers. If it gives nothing to an operand whose data is 0: "
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("self.grad += other * out.grad", "operand-for-data"),
        ("self.grad += out.grad[0]", None),
        ("self.grad += missing * out.grad", None),
    ],
)
def test_no_name_rests_on_the_kind_of_an_exception(
    judge: Judge, solution: Callable[[str], str], line: str, name: str | None
) -> None:
    """Each of these raises in every product; what is raised has to be the same, not its type."""
    text = solution("kata02").replace("self.grad += other.data * out.grad", line)
    found = judge("kata02", text).diagnosis

    assert (found and found.mutant) == name


@pytest.mark.parametrize(
    ("find", "replace", "name"),
    [
        ("(other, -1))", "(other, 1))", "difference-sign"),
        ("(self, 1 / other.data), (other, -quotient", "(self, 1), (other, -quotient", None),
        ('"neg", (self, -1))', '"neg", (self, 1))', "negation-sign"),
        ("-quotient / other.data", "-1 / other.data**2", "quotient-without-dividend"),
    ],
)
def test_own_rules_for_operators_have_names_too(
    judge: Judge, find: str, replace: str, name: str | None
) -> None:
    """A difference and a quotient need not be made of others to have their mistakes known."""
    text = next(p for p in RIGHT if p.stem == "own_rule_for_each").read_text("utf-8")
    found = judge("kata05", text.replace(find, replace)).diagnosis

    assert find in text
    assert (found and found.mutant) == name


def test_order_of_the_operands_is_style(judge: Judge, solution: Callable[[str], str]) -> None:
    """A walk that visits the right operand first makes the same mistake with other numbers."""
    text = solution("kata04").replace("_prev = tuple(_children)", "_prev = tuple(_children)[::-1]")
    walk = catalog.mutate(*_mutant("kata04", "breadth-first"))[len(solution("kata04")) // 2 :]
    begin = walk.index("        self.grad = 1.0")
    found = judge("kata04", text[: text.index("        self.grad = 1.0")] + walk[begin:]).diagnosis

    assert found
    assert found.mutant == "breadth-first"


def test_union_knows_the_mistakes_of_its_parts(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """kata14 has no mutant whose relu ends at 6; kata06 has, in an engine of another style."""
    text = solution("kata14").replace(
        "Value(max(0.0, self.data), (self,), (float(self.data > 0),))",
        "Value(min(6.0, max(0.0, self.data)), (self,), (float(0 < self.data < 6),))",
    )
    found = judge("kata14", text).diagnosis

    assert found
    assert found.mutant == "relu-six"


def _mutant(query: str, name: str) -> tuple[Kata, Mutant]:
    kata = catalog.find_kata(query)
    return kata, {m.name: m for m in catalog.read_mutants(kata)}[name]


def test_other_inputs_lead_to_the_same_name(judge: Judge) -> None:
    """With another seed the battery is another, and the mistake the same."""
    text = catalog.mutate(*_mutant("kata04", "breadth-first"))

    assert {judge("kata04", text, seed=seed).diagnosis.mutant for seed in (0, 7)} == {  # type: ignore[union-attr]
        "breadth-first"
    }


def test_stub_and_syntax_error_get_no_name(judge: Judge) -> None:
    """There is nothing to compare."""
    stub = catalog.stub_of(catalog.find_kata("kata02"))

    assert judge("kata02", stub).diagnosis is None
    assert judge("kata02", "def f(:").diagnosis is None


def test_battery_is_kept_and_made_anew_when_a_check_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is used as it stands while the sources are what they were."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))
    kata = catalog.find_kata("kata02")
    battery = diagnosis.battery_of(Exercise(kata), 0)
    monkeypatch.setattr(diagnosis, "record_battery", lambda *_: [])

    assert len(battery) > 30
    assert diagnosis.battery_of(Exercise(kata), 0) == battery
    monkeypatch.setattr(diagnosis, "fingerprint", lambda *_: "other")
    assert diagnosis.battery_of(Exercise(kata), 0) == []


@pytest.mark.parametrize("room", diagnosis.ROOMS)
def test_battery_is_recorded_again_when_a_room_it_rests_on_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """Its fingerprint has every module of every room."""
    for name in diagnosis.ROOMS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text("before")
    monkeypatch.setattr(workspace, "PACKAGE", tmp_path)
    exercise = Exercise(catalog.find_kata("kata02"))
    kept = [
        diagnosis._kept(f"test-{room}", [exercise], make) for make in (lambda: [1], lambda: [2])
    ]
    (tmp_path / room / "module.py").write_text("another")

    assert kept == [[1], [1]]
    assert diagnosis._kept(f"test-{room}", [exercise], lambda: [3]) == [3]


def test_battery_rests_on_all_the_rooms_that_ask_and_answer() -> None:
    """A verdict's rooms: who leaves one out would compare with answers of another kit."""
    assert set(diagnosis.ROOMS) == {"grading", "checks", "content", "truth", "sandbox", "core"}


@pytest.mark.parametrize(
    ("kata", "verb", "ask"),
    [
        (
            "kata01",
            protocol.RUN,
            {"code": "x = a\nfor _ in range({}):\n    x = x + a", "inputs": {"a": 1}},
        ),
        ("kata03", protocol.SORT, {"operations": "{}"}),
    ],
)
def test_battery_has_no_large_graphs(
    kata: str, verb: protocol.Verb[Any], ask: dict[str, Any]
) -> None:
    """What has thousands of values is not asked again of every suspect."""
    exercise = Exercise(catalog.find_kata(kata))
    submission = exercise.submit_text(exercise.solution)
    sizes = {"code": diagnosis.LARGEST - 2, "operations": " " * diagnosis.LARGEST}
    large = {
        key: text.format(sizes[key]) if isinstance(text, str) else text for key, text in ask.items()
    }
    with diagnosis.Recorder(submission, Oracle(None, "k"), 0) as recorder:
        recorder.load()
        recorder.asked.clear()
        with pytest.raises(NotRun):
            recorder.begin(verb, **large)

        assert recorder.asked == []


@pytest.mark.parametrize(
    ("changed", "times"),
    [
        (("", ""), 0),
        (("+= self.data", "= self.data"), 1),
        (("__repr__", "_repr"), 0),
        (("return out", 'raise NotImplementedError("kata02: write __mul__ here")'), 0),
    ],
    ids=["right", "wrong", "only a follow-up fails", "unwritten"],
)
def test_search_begins_with_the_first_core_check_that_fails(
    monkeypatch: pytest.MonkeyPatch,
    judge: Judge,
    solution: Callable[[str], str],
    changed: tuple[str, str],
    times: int,
) -> None:
    """Once, and not where nothing is wrong or nothing is written."""
    kata = "kata01" if changed[0] == "__repr__" else "kata02"
    searched = []

    def search(*case: object) -> diagnosis.Found:
        searched.append(case)
        return diagnosis.Found({})

    monkeypatch.setattr(diagnosis, "search", search)
    judge(kata, solution(kata).replace(*changed))

    assert len(searched) == times


def test_fault_of_the_search_is_no_diagnosis(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes out where the diagnosis is waited for, and not as a mistake without a name."""
    monkeypatch.setattr(diagnosis, "search", lambda *_: 1 / 0)
    with (
        pytest.raises(ZeroDivisionError),
        diagnosis.Investigation(Exercise(catalog.find_kata("kata02")), ATTEMPT, 0) as search,
    ):
        search.outcome()


def test_mistake_of_follow_ups_names_no_core_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core check has failed: that the follow-ups look like a known mistake does not explain it."""
    told: Any = {"a": {"title": "does a", "explanation": "It is wrong to do a.", "engines": []}}
    for only, name in ((True, None), (False, "a")):
        found = diagnosis.Found(told, 3, only)
        monkeypatch.setattr(diagnosis, "search", lambda *_, found=found: found)
        with diagnosis.Investigation(Exercise(catalog.find_kata("kata02")), ATTEMPT, 0) as search:
            outcome = search.outcome()
        assert (outcome and outcome.mutant) == name


@pytest.mark.parametrize(
    ("changed", "fresh", "calls"),
    [
        (("other.data * out.grad", "out.grad"), False, 2),
        (("other.data * out.grad", "out.grad"), True, 1),
        (("+= self.data", "= self.data"), False, 1),
    ],
    ids=["the first check fails", "all is asked anew", "a later check fails"],
)
def test_pytorch_is_let_go_where_it_will_not_be_asked(
    monkeypatch: pytest.MonkeyPatch,
    judge: Judge,
    solution: Callable[[str], str],
    changed: tuple[str, str],
    fresh: bool,
    calls: int,
) -> None:
    """An import that nobody waits for only slows down what is waited for."""
    let_go = []
    real = Oracle.leave_torch

    def leave(oracle: Oracle) -> None:
        let_go.append(oracle)
        real(oracle)

    monkeypatch.setattr(Oracle, "leave_torch", leave)
    monkeypatch.setattr(diagnosis, "search", lambda *_: diagnosis.Found({}))
    judge("kata02", solution("kata02").replace(*changed), fresh=fresh)

    assert len(let_go) == calls


def test_what_nobody_reads_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, judge: Judge, solution: Callable[[str], str]
) -> None:
    """Without an explanation the checks have the same outcomes, and no mistake is searched."""
    monkeypatch.setattr(diagnosis, "search", lambda *_: pytest.fail("searched"))
    text = solution("kata02").replace("+= self.data", "= self.data")
    bare = judge("kata02", text, explained=False)
    monkeypatch.undo()
    whole = judge("kata02", text)

    assert [c.outcome for c in bare.checks] == [c.outcome for c in whole.checks]
    assert (bare.status, bare.diagnosis, bool(whole.diagnosis)) == ("failed", None, True)
