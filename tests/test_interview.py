"""The mock interview, driven through its dialogue with a clock that is moved by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from grader.content import catalog
from grader.content.questions import find_question
from grader.core.model import CheckResult, Kata, KitError, Solution, Verdict
from grader.core.store import Store
from grader.interview import commands, own_tests, report, report_page, rubric, scorecard, session
from grader.interview.agenda import Phase, Plan, plan_from_json
from grader.interview.dialogue import Conductor
from grader.interview.events import NoteTaken, QuestionAnswered
from grader.interview.phases import testing
from grader.interview.plan import (
    ASKING,
    TITLES,
    WITH_KATA,
    read_set,
    sample_plan,
)
from grader.interview.state import Interview
from grader.interview.stopwatch import MachineClock, Stopwatch
from grader.ui.screen import Line, Screen
from tests.conftest import Hands, run_kit

KATA = catalog.find_kata("kata03")
RIGHT = catalog.solution_of(KATA)
WRONG = catalog.mutate(KATA, catalog.read_mutants(KATA)[0])
KINDS = ("questions", "clarify", "derive", "test", "code", "bug", "follow-ups", "wrap-up")


class Scripted:
    """A grader that says what a text says in its first line."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, kata: Kata, solution: Solution) -> Verdict:
        text = solution.source.decode()
        self.texts.append(text)
        passed = text.startswith("# right")
        outcome = "passed" if passed else "failed"
        told = "" if passed else "graded: failed"
        results = [CheckResult(source, outcome, told) for source in catalog.read_checks(kata)]  # type: ignore[arg-type]
        status = "passed" if passed else "stub" if text == catalog.stub_of(kata) else "failed"
        return Verdict(kata.name, solution.path, status, f"graded: {status}", results)  # type: ignore[arg-type]


def plan_of(*kinds: str, minutes: float = 10, **options: Any) -> Plan:
    """Return a plan of phases that last as long each, about kata03."""
    asked = {
        "questions": (("why-plus-equals", 1), ("momentum-numeric", 2)),
        "derive": (("article-graph", 3),),
        "bug": (("mul-overwrites", 4),),
        "follow-ups": (("deep-graphs", 5), ("which-order-fails", 6)),
    }
    phases = [
        Phase(
            kind,
            60 * minutes,
            60 * minutes * (index + 1),
            KATA.name if kind in WITH_KATA else "",
            asked.get(kind, ()),
        )
        for index, kind in enumerate(kinds)
    ]
    return Plan("mine", "Mine", 7, tuple(phases), **options)


@pytest.fixture
def held(store: Store, clock: Hands) -> Callable[..., Conductor]:
    """Begin an interview of these phases."""

    def begin(*kinds: str, grader: Any = None, **options: Any) -> Conductor:
        conductor = Conductor(
            session.begin(store, plan_of(*kinds, **options), clock),
            Screen(True),
            grader or Scripted(),
        )
        conductor.opening()
        return conductor

    return begin


def resumed(conductor: Conductor, store: Store, clock: Hands) -> Conductor:
    """Go on as another process would, with nothing but the store."""
    return Conductor(session.resume(store, clock), Screen(True), conductor.room.grader)


def told(lines: list[Line]) -> str:
    """Return lines as one text without line breaks."""
    return " ".join(" ".join("".join(text for text, _ in line) for line in lines).split())


def kinds_of(store: Store, id: int = 1) -> list[str]:
    return [event.kind for event in store.events(id)]


def data_of(store: Store, kind: str, id: int = 1) -> list[dict[str, Any]]:
    return [event.data for event in store.events(id) if event.kind == kind]


# Sets and plans.


@pytest.mark.parametrize(("name", "minutes"), [("screen", 30), ("onsite", 45), ("capstone", 60)])
def test_sets_have_the_minutes_they_say(name: str, minutes: int) -> None:
    """Every seed's plan fills them, asks no question twice, and names katas that fit their phase."""
    for seed in range(20):
        plan = sample_plan(read_set(name), seed, None)
        asked = [id for phase in plan.phases for id, _ in phase.questions]

        assert plan.seconds == minutes * 60
        assert len(set(asked)) == len(asked) >= 3
        for phase in plan.phases:
            if phase.kind == "code":
                assert catalog.find_kata(phase.kata).minutes * 60 <= phase.seconds + 3 * 60
            if phase.kind in ASKING:
                assert phase.questions


@pytest.mark.parametrize("name", ["screen", "onsite", "capstone"])
def test_warm_up_asks_nothing_about_the_katas_to_come(name: str) -> None:
    """A kata's own questions would give it away; they are asked as follow-ups."""
    for seed in range(40):
        plan = sample_plan(read_set(name), seed, None)
        asked = [
            find_question(id).kata
            for phase in plan.phases
            if phase.kind in ("questions", "derive", "bug")
            for id, _ in phase.questions
        ]

        assert asked
        assert not set(asked) & ({phase.kata for phase in plan.phases} - {""})


def test_minutes_scale_every_phase() -> None:
    """Half the minutes are half of each budget."""
    whole = sample_plan(read_set("screen"), 1, None)
    half = sample_plan(read_set("screen"), 1, 15)

    assert [p.seconds for p in half.phases] == [p.seconds / 2 for p in whole.phases]
    assert half.seconds == 900


def test_a_seed_draws_the_same_plan_and_json_keeps_it() -> None:
    """Plans are equal after a trip through the store; another seed gives another plan."""
    one = sample_plan(read_set("onsite"), 5, None, strict=True)

    assert sample_plan(read_set("onsite"), 5, None, strict=True) == one
    assert plan_from_json(json.loads(json.dumps(one.as_json()))) == one
    assert sample_plan(read_set("onsite"), 6, None) != one


def test_a_set_of_ones_own(tmp_path: Path) -> None:
    """A file with one set; follow-ups begin with an open question."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[mine]\ntitle = "Mine"\nkatas = [["topo_sort"]]\nphases = ['
        '{ kind = "code", minutes = 5 }, { kind = "follow-ups", minutes = 5, count = 2 }]'
    )

    plan = sample_plan(read_set(str(path)), 1, None)

    assert [(p.kind, p.kata, p.ends) for p in plan.phases] == [
        ("code", KATA.name, 300),
        ("follow-ups", KATA.name, 600),
    ]
    assert [find_question(id).kind for id, _ in plan.phases[1].questions] == ["open", "choice"]


def test_the_readmes_set_can_be_held(tmp_path: Path) -> None:
    """As it stands there: twenty minutes, the kata of its second pool."""
    readme = (catalog.BANK.parent.parent / "README.md").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(readme.partition("```toml\n[mine]")[2].partition("```")[0])
    path.write_text("[mine]" + path.read_text())

    plan = sample_plan(read_set(str(path)), 1, None)

    assert plan.seconds == 20 * 60
    assert [p.kata for p in plan.phases] == ["", "kata10_losses", "kata10_losses"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[mine", "is not TOML: Expected ']'"),
        ("[a]\n[b]", "has 2 keys, and should hold one set. Begin it with a line such as"),
        ("", "has 0 keys, and should hold one set. Begin it with a line such as"),
        (
            '[a]\nphases = [{ kind = "code", minutes = 1 }]',
            "a: the code phase names kata pool 1 of 0. Number the lists of `katas` from 1.",
        ),
        (
            '[a]\nkatas = [["kata99"]]\nphases = [{ kind = "code", minutes = 1 }]',
            "no kata called 'kata99'",
        ),
    ],
)
def test_a_faulty_set_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """The sentence names the value."""
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(KitError, match=re.escape(fault)):
        sample_plan(read_set(str(path)), 1, None)


def test_unknown_sets_and_impossible_minutes_are_refused() -> None:
    """Each with the value and what to choose from."""
    with pytest.raises(KitError, match=r"no set 'x'\. The sets are screen, onsite, capstone"):
        read_set("x")
    with pytest.raises(KitError, match="can't be read: No such file"):
        read_set("missing.toml")
    for minutes in (1, 1e9, float("nan")):
        with pytest.raises(KitError, match="minutes can't be held"):
            sample_plan(read_set("screen"), 1, minutes)


# The clock.


def test_time_goes_on_through_sleep_and_clock_changes(store: Store, clock: Hands) -> None:
    """Ticks count, whatever the time of day is set to."""
    watch = Stopwatch(clock)
    clock.move(60)
    clock.time -= timedelta(hours=5)

    assert watch.read() == 60


def test_after_a_kill_the_clock_has_run(store: Store, clock: Hands) -> None:
    """In the same boot by ticks; after a reboot by the time of day, which never takes time back."""
    held = session.begin(store, plan_of("code"), clock)
    clock.move(100)
    clock.time += timedelta(hours=3)  # set by hand: ticks know better

    assert session.resume(store, clock).watch.read() == 100

    held.record(NoteTaken(KATA.name, "x"))
    clock.name, clock.seconds = "another boot", 5.0
    clock.time += timedelta(seconds=40)
    assert session.resume(store, clock).watch.read() == 140

    clock.time -= timedelta(days=1)
    assert session.resume(store, clock).watch.read() == 100


def test_the_machines_clock_moves_and_names_its_boot() -> None:
    """Ticks never fall, and the time of day has a zone."""
    machine = MachineClock()

    assert machine.ticks() <= machine.ticks()
    assert machine.now().tzinfo is not None
    assert machine.boot() == machine.boot()


def test_warnings_come_once_each(held: Callable[..., Conductor], clock: Hands) -> None:
    """At half, five minutes and one minute; what was missed meanwhile is not said late."""
    conductor = held("wrap-up", minutes=20)
    said = []
    for _ in range(20 * 60 // 10 - 1):
        clock.move(10)
        said.append(told(conductor.tick()))

    assert [text for text in said if text] == [
        "Half of the time is over.",
        "5 minutes left.",
        "1 minute left.",
    ]


# Every phase: what it takes, and what it does when its time runs out.


def test_questions_are_noted_and_judged_later(held: Callable[..., Conductor], store: Store) -> None:
    """An unreadable answer is asked again; right and wrong both get 'Noted.'."""
    conductor = held("questions", "wrap-up")
    asked = conductor.part.asked
    assert asked is not None
    right = "abcd"[asked.options.index(asked.right)]

    unreadable = told(conductor.accept("e"))
    first = told(conductor.accept(right))
    second = told(conductor.accept("12345"))

    assert unreadable == "'e' is none of the options: answer a to d."
    assert first.startswith("Noted. 2 of 2")
    assert second.startswith("Noted. Wrap-up")
    assert [(d["question"], d["score"]) for d in data_of(store, "answer")] == [
        ("why-plus-equals", 1.0),
        ("momentum-numeric", 0.0),
    ]


def test_an_empty_line_answers_nothing(held: Callable[..., Conductor], store: Store) -> None:
    """A key pressed by accident costs no question."""
    conductor = held("questions")

    assert told(conductor.accept("")) == "Answer with a to d, or :skip."
    assert not data_of(store, "answer")


def test_skipping_and_leaving_early_count_as_skipped(
    held: Callable[..., Conductor], store: Store
) -> None:
    """:skip one, :next all that are left."""
    conductor = held("questions", "follow-ups", "wrap-up")

    conductor.accept(":skip")
    conductor.accept(":next")
    conductor.accept(":next")

    assert [d["question"] for d in data_of(store, "skip")] == [
        "why-plus-equals",
        "momentum-numeric",
        "deep-graphs",
        "which-order-fails",
    ]
    assert conductor.interview.phase.kind == "wrap-up"


def test_open_questions_take_lines_and_then_ticks(
    held: Callable[..., Conductor], store: Store
) -> None:
    """An empty line ends the answer; the model answer is shown, and points are ticked."""
    conductor = held("follow-ups", "wrap-up")

    assert conductor.accept("an explicit stack") == []
    assert conductor.accept("with a mark") == []
    shown = told(conductor.accept(""))
    bad = told(conductor.accept("1 9"))
    conductor.accept("1, 2")

    assert "A model answer Python's recursion limit" in shown
    assert bad == "'1 9': write numbers from 1 to 4, 'all', or 'none'."
    (answer,) = data_of(store, "answer")
    assert answer["text"] == "an explicit stack\nwith a mark"
    assert answer["score"] == 0.5


def test_clarifying_is_compared_at_the_end(held: Callable[..., Conductor], store: Store) -> None:
    """Notes are kept; in the wrap-up the learner says which open points were asked."""
    conductor = held("clarify", "wrap-up")
    opening = told(conductor.opening())

    conductor.accept("Which order?")
    shown = told(conductor.accept(":next"))
    conductor.accept("1")

    assert "The interviewer says: Sort the nodes of a computation graph topologically." in opening
    assert "position(operand)" not in opening
    assert "You asked: - Which order? The interviewer's sentence leaves open: 1 Operands" in shown
    assert data_of(store, "compared")[0]["asked"] == 1
    assert data_of(store, "compared")[0]["total"] == 4


def test_saves_are_graded_and_strict_waits(held: Callable[..., Conductor], store: Store) -> None:
    """Each new text once; the same text, or a touch, not again."""
    grader = Scripted()
    conductor = held("code", "wrap-up", grader=grader)
    path = conductor.interview.file_of(KATA.name)

    assert conductor.tick() == []
    path.write_text("# wrong")
    first = told(conductor.tick())
    path.write_text("# wrong")
    again = conductor.tick()
    path.write_text("# right")
    second = told(conductor.tick())

    assert "graded: failed" in first
    assert again == []
    assert "All core checks pass. :next goes on." in second
    assert grader.texts == ["# wrong", "# right"]


def test_a_save_and_run_at_once_are_one_run(held: Callable[..., Conductor], store: Store) -> None:
    """:run right after a save grades it once; asked for again, the same text is no new failure."""
    grader = Scripted()
    conductor = held("code", grader=grader)
    conductor.interview.file_of(KATA.name).write_text("# wrong")

    conductor.accept(":run")
    once = list(grader.texts)
    conductor.accept(":run")

    assert once == ["# wrong"]
    assert finished(conductor, store).card.line("independence").source == (
        "kata03 no hint, 1 failed run"
    )


def test_a_line_that_comes_too_late_is_not_taken_for_the_next_part(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Typed for a part whose time is over: it says so, and nothing is noted."""
    conductor = held("questions", "clarify", "wrap-up")
    clock.move(600)

    said = told(conductor.accept("b"))

    assert said.endswith("'b' came after the time of its part, and was not taken.")
    assert conductor.interview.phase.kind == "clarify"
    assert not data_of(store, "note")


def test_strict_grades_on_demand_only(held: Callable[..., Conductor]) -> None:
    """A save does nothing; :run, or an empty line, grades."""
    grader = Scripted()
    conductor = held("code", "wrap-up", grader=grader, strict=True)
    conductor.interview.file_of(KATA.name).write_text("# wrong")

    conductor.tick()
    before = list(grader.texts)
    conductor.accept(":run")
    conductor.accept("")

    assert before == []
    assert grader.texts == ["# wrong", "# wrong"]


def test_an_editor_that_saves_nothing(held: Callable[..., Conductor], store: Store) -> None:
    """A file that is gone, or empty, is no fault of the kit; the end finds what there is."""
    conductor = held("code", "wrap-up")
    path = conductor.interview.file_of(KATA.name)

    path.unlink()
    gone = told(conductor.tick() + conductor.accept(":run"))
    path.write_text("")
    empty = told(conductor.tick())
    path.unlink()
    conductor.accept(":next")

    assert (
        gone.startswith(f"There is no file '{path}'.".replace(" ", " "))
        or "There is no file" in gone
    )
    assert "graded: failed" in empty
    assert data_of(store, "run")[-1]["status"] == "crashed"
    assert data_of(store, "run")[-1]["final"]


def test_hints_have_their_price(held: Callable[..., Conductor], store: Store) -> None:
    """Known before; tier after tier, up to the last; none outside the coding part."""
    conductor = held("code", "wrap-up")
    opening = told(conductor.opening())

    shown = [told(conductor.accept(":hint")) for _ in range(5)]
    conductor.accept(":next")
    outside = told(conductor.accept(":hint"))

    assert "Independence is 87 of 100 at the most after hint 1." in opening
    assert shown[0].endswith(
        "Independence is 87 of 100 at the most now. "
        "Independence is 67 of 100 at the most after hint 2."
    )
    assert shown[3].endswith("Independence is 0 of 100 at the most now.")
    assert [d["tier"] for d in data_of(store, "hint")] == [1, 2, 3, 4, 4]
    assert outside == "Hints belong to the coding part."


TESTS = f"""
from {KATA.name} import topological_order

class Node:
    def __init__(self, *operands):
        self._prev, self.data = operands, 1.0

def test_chain():
    a = Node(); b = Node(a); c = Node(b)
    assert topological_order(c) == [a, b, c]

def test_users_come_later():
    a = Node(); b = Node(a); c = Node(b); d = Node(b, c)
    order = topological_order(d)
    assert order.index(b) < order.index(c) and len(order) == 4

def test_that_is_wrong():
    assert topological_order(Node()) == []
"""


def test_own_tests_are_scored_by_mutants(held: Callable[..., Conductor], store: Store) -> None:
    """The right solution passes the good ones, most wrong ones are caught, and a wrong test is told."""
    conductor = held("test", "wrap-up")
    path = conductor.interview.tests_of(KATA.name)
    path.write_text(TESTS)

    looked = told(conductor.accept(":run"))
    conductor.accept(":next")
    conductor.accept(":end")

    (trial,) = data_of(store, "trial")
    core = {c.id for c in catalog.read_checks(KATA) if c.level == "core"}
    mutants = [m.name for m in catalog.read_mutants(KATA) if m.caught_by in core]
    assert looked == "3 test functions. They are scored at the end; :next goes on."
    assert trial["tests"] == ["test_chain", "test_users_come_later", "test_that_is_wrong"]
    assert list(trial["rejected"]) == ["test_that_is_wrong"]
    assert sorted(trial["caught"] + trial["missed"]) == sorted(mutants)
    assert {"no-visited-set", "reversed", "root-missing"} <= set(trial["caught"])
    assert {"pre-order", "mutable-default", "writes-into-grad"} <= set(trial["missed"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def test_x(:", "line 1: invalid syntax"),
        ("x = 1", "there is no function called test_..."),
    ],
)
def test_tests_that_can_not_run_catch_nothing(
    held: Callable[..., Conductor], store: Store, text: str, fault: str
) -> None:
    """The reason is kept, and nothing counts as caught."""
    conductor = held("test")
    conductor.interview.tests_of(KATA.name).write_text(text)

    conductor.accept(":next")

    (trial,) = data_of(store, "trial")
    assert trial["fault"] == fault
    assert trial["caught"] == []


def test_tests_can_not_see_the_solution(held: Callable[..., Conductor], store: Store) -> None:
    """They run behind the candidate's wall: the bank can't be opened."""
    conductor = held("test")
    path = catalog.BANK / KATA.name / "solution.py"
    conductor.interview.tests_of(KATA.name).write_text(f"def test_x():\n    open({str(path)!r})\n")

    conductor.accept(":next")

    (trial,) = data_of(store, "trial")
    assert "test_x" in trial["rejected"]
    assert trial["caught"] == []


def test_ratings_are_asked_one_by_one(held: Callable[..., Conductor], store: Store) -> None:
    """1 to 4 or :skip; a partner is asked with --interviewer."""
    conductor = held("wrap-up", interviewer=True)
    opening = told(conductor.opening())

    bad = told(conductor.accept("5"))
    for line in ("1", ":skip", "4", "2"):
        conductor.accept(line)

    assert rubric.PARTNER in opening
    assert bad == "'5' is no rating: write 1, 2, 3 or 4, or :skip."
    assert [d["value"] for d in data_of(store, "rating")] == [1, None, 4, 2]
    assert conductor.state.ended == "finished"


@pytest.mark.parametrize("kind", KINDS)
def test_time_runs_out_in_each_phase(
    held: Callable[..., Conductor], store: Store, clock: Hands, kind: str
) -> None:
    """The next phase begins at the planned end, and nothing that was begun is lost."""
    conductor = held(kind, "derive", "wrap-up")
    if kind == "code":
        conductor.interview.file_of(KATA.name).write_text("# right")
    if kind == "follow-ups":
        conductor.accept("half an answer")
    clock.move(600)
    said = told(conductor.tick())

    assert f"The time for this part is over ({TITLES[kind]})." in said
    assert conductor.interview.phase.kind == "derive"
    assert conductor.interview.left_in_phase() == 600
    if kind == "code":
        assert [(d["status"], d["final"]) for d in data_of(store, "run")] == [("passed", True)]
    if kind == "follow-ups":
        assert [(d["text"], d["score"]) for d in data_of(store, "answer")] == [
            ("half an answer", None)
        ]
    if kind == "test":
        assert "tests" in kinds_of(store)


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_time_runs_out_in_each_phase(
    held: Callable[..., Conductor], store: Store, clock: Hands, kind: str
) -> None:
    """It ends, the file as it stands is graded, and a report can be made."""
    conductor = held(kind)
    clock.move(601)
    said = told(conductor.tick())

    assert said.startswith("The time is over.")
    assert said.endswith("The interview is over.")
    assert conductor.over
    assert conductor.tick() == conductor.accept("x") == []
    found = report.find_report(store, None)
    assert found.reason == "time"
    assert report.text(Screen(True), found)
    assert ("run" in kinds_of(store)) == (kind == "code")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_in_each_phase_loses_nothing(
    held: Callable[..., Conductor], store: Store, clock: Hands, kind: str
) -> None:
    """Another process goes on in the same place, the clock having run."""
    conductor = held("clarify", kind, "wrap-up")
    conductor.accept(":next")
    if kind == "follow-ups":
        conductor.accept("half an answer")
    shown = told(conductor.opening()).partition("up to")[2].partition(" minutes")[2]
    state = conductor.state
    clock.move(200)

    again = resumed(conductor, store, clock)

    assert again.state == state
    assert told(again.opening()).partition("up to")[2].partition(" minutes")[2] == shown
    assert again.interview.left() == 30 * 60 - 200
    assert again.interview.phase.kind == kind
    if kind == "follow-ups":
        assert "> half an answer" in shown


def test_a_kill_past_the_end_is_ended_by_resuming(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Hours later the file as it stands is graded and the interview is over."""
    conductor = held("questions", "code", "wrap-up")
    conductor.accept(":next")
    conductor.interview.file_of(KATA.name).write_text("# right")
    clock.move(7200)

    again = resumed(conductor, store, clock)
    said = told(again.tick())

    assert "The time is over." in said
    assert again.state.ended == "time"
    assert data_of(store, "run")[-1]["status"] == "passed"


def test_several_phases_that_ended_meanwhile_are_passed_over(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """After a long sleep the phase of the clock is the one that is shown."""
    conductor = held("questions", "derive", "bug", "wrap-up")
    clock.move(2 * 600 + 5)

    said = told(conductor.tick())

    assert conductor.interview.phase.kind == "bug"
    assert "Derive by hand" not in said


def test_a_phase_left_early_gives_its_time_to_the_next(
    held: Callable[..., Conductor], clock: Hands
) -> None:
    """Planned ends stay where they are."""
    conductor = held("clarify", "code", "wrap-up")
    clock.move(60)
    conductor.accept(":next")

    assert conductor.interview.left_in_phase() == 19 * 60


def test_pauses_only_on_request(held: Callable[..., Conductor], store: Store, clock: Hands) -> None:
    """Refused without --allow-pause; with it the clock stands still and the report says so."""
    assert told(held("code").accept(":pause")).startswith("An interview can't be paused")
    session.running_interview(store, clock).end("stopped")  # type: ignore[union-attr]

    conductor = held("code", allow_pause=True)
    conductor.accept(":pause")
    clock.move(3000)
    meanwhile = told(conductor.accept(":run"))
    again = resumed(conductor, store, clock)
    clock.move(50)
    left_while_paused = again.interview.left()
    again.accept(":continue")
    clock.move(60)

    assert meanwhile == "The interview is paused; :continue goes on."
    assert left_while_paused == 600
    assert again.interview.left() == 540
    again.accept(":end")
    found = report.find_report(store, None)
    assert found.card.notes == ("It was paused, so speed is not measured.",)
    assert found.card.line("speed").value is None


def test_commands_and_mistyped_ones(held: Callable[..., Conductor], clock: Hands) -> None:
    """Each says what it does; an unknown one lists them."""
    conductor = held("wrap-up")
    clock.move(61)

    assert told(conductor.accept(":time")) == "8:59 for this part, 8:59 in all."
    assert told(conductor.accept(":x")).startswith("There is no command ':x'. Lines that begin")
    assert told(conductor.accept(":run")) == "There is nothing to grade in this part."
    assert told(conductor.accept(":continue")) == "The interview is not paused."
    assert told(conductor.accept(":help")).startswith("Lines that begin with a colon")
    assert told(conductor.accept(":quit")).startswith("The clock runs on.")
    assert conductor.over
    assert not conductor.state.ended


def test_one_interview_at_a_time(store: Store, clock: Hands) -> None:
    """A second one is refused with what to do; so is another window."""
    session.begin(store, plan_of("code"), clock)

    with pytest.raises(KitError, match=r"An interview is going on \(Mine, 10 minutes left\)"):
        session.begin(store, plan_of("code"), clock)
    with session.only_one():
        with pytest.raises(KitError, match="going on in another window"):
            with session.only_one():
                pass
    with session.only_one():
        pass


def test_nothing_to_resume(store: Store, clock: Hands) -> None:
    """Said with the command that begins one."""
    with pytest.raises(KitError, match=r"No interview is going on\. 'python -m grader interview'"):
        session.resume(store, clock)


def test_stubs_are_fresh_and_the_learners_katas_untouched(
    held: Callable[..., Conductor], tmp_path: Path
) -> None:
    """The files lie in a folder of the interview; work in them survives a resume."""
    conductor = held("test", "code")
    path = conductor.interview.file_of(KATA.name)

    assert path.read_text() == catalog.stub_of(KATA)
    assert path.parent == tmp_path / "interviews" / "1"
    path.write_text("# mine")
    session.write_files(conductor.interview)
    assert path.read_text() == "# mine"


@pytest.mark.parametrize("kata", [kata.name for kata in catalog.all_katas()])
def test_the_file_for_tests_is_a_good_start(kata: str) -> None:
    """It compiles, and imports what the kata defines."""
    text = testing.test_text(kata)

    compile(text, "test.py", "exec")
    assert f"from {kata} import {catalog.find_kata(kata).entry[0].split('.')[0]}" in text


# The scorecard.


def finished(conductor: Conductor, store: Store) -> report.Report:
    if not conductor.over:
        conductor.accept(":end")
    return report.find_report(store, None)


def test_a_perfect_interview_is_a_strong_hire(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Every line full, so the score is 100."""
    conductor = held("questions", "code", "follow-ups")
    for _ in range(2):
        asked = conductor.part.asked
        assert asked is not None
        right = asked.right if asked.kind == "numeric" else "abcd"[asked.options.index(asked.right)]
        conductor.accept(str(right))
    clock.move(120)
    conductor.interview.file_of(KATA.name).write_text("# right")
    conductor.tick()
    conductor.accept(":next")
    conductor.accept("x")
    conductor.accept("")
    conductor.accept("all")
    asked = conductor.part.asked
    assert asked is not None
    conductor.accept("abcd"[asked.options.index(asked.right)])

    card = finished(conductor, store).card

    assert [(line.name, line.value) for line in card.lines] == [
        ("correctness", 100),
        ("speed", 100),
        ("independence", 100),
        ("depth", 100),
        ("testing", None),
        ("knowledge", 100),
    ]
    assert (card.low, card.high, card.verdict) == (100, 100, "strong hire")


def test_an_untouched_interview_is_no_hire(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Nothing written, all the time used."""
    conductor = held("code")
    clock.move(600)
    conductor.tick()

    card = finished(conductor, store).card

    assert card.verdict == "no hire"
    assert card.line("correctness").value == 0
    assert card.line("speed").source == "kata03 not passed in 10 minutes"


def test_hints_runs_and_time_lower_their_lines(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Hint 2 leaves 67; two failed runs beyond three cost 4; three quarters of the budget give 75."""
    conductor = held("code")
    path = conductor.interview.file_of(KATA.name)
    conductor.accept(":hint")
    conductor.accept(":hint")
    for number in range(5):
        path.write_text(f"# wrong {number}")
        conductor.tick()
    clock.move(450)
    path.write_text("# right")
    conductor.tick()

    card = finished(conductor, store).card

    assert card.line("independence").value == 63
    assert card.line("independence").source == "kata03 hint 2, 5 failed runs"
    assert card.line("speed").value == 75
    assert card.line("speed").source == "kata03 passed after 7.5 of 10 minutes"


def test_what_was_not_reached_widens_the_verdict(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Planned questions that never came count once as 0 and once as 100."""
    conductor = held("code", "questions")
    conductor.interview.file_of(KATA.name).write_text("# right")
    conductor.tick()

    found = finished(conductor, store)
    card = found.card

    total = 40 + 10 + 15 + 10 + 15
    assert card.line("knowledge").source == "none of 2 questions was reached"
    assert card.low == pytest.approx(100 * (total - 15) / total)
    assert card.high == pytest.approx(100)
    assert card.verdict == "hire to strong hire"


def test_a_part_that_was_half_reached_counts_by_halves(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """One right answer of two planned: 50 at the least, 100 at the most."""
    conductor = held("questions")
    asked = conductor.part.asked
    assert asked is not None
    conductor.accept("abcd"[asked.options.index(asked.right)])
    clock.move(601)
    conductor.tick()

    card = finished(conductor, store).card

    assert card.line("knowledge").source == "1 of 1 right, 1 not reached"
    assert (card.low, card.high) == (50, 100)


@pytest.mark.parametrize(
    ("score", "failing", "tier", "seconds", "knowledge", "verdict"),
    [
        (44.9, 0, 0, 1, 100, "no hire"),
        (90, 2, 0, None, 100, "no hire"),
        (61.9, 0, 0, 1, 100, "lean no hire"),
        (90, 1, 0, None, 100, "lean no hire"),
        (88, 0, 1, 1, 66.7, "strong hire"),
        (88, 0, 2, 1, 66.7, "hire"),
        (88, 0, 0, 1, 65, "hire"),
        (88, 0, 0, 601, 100, "hire"),
        (88, 0, 0, 1, None, "strong hire"),
        (75, 0, 2, 1, 0, "hire"),
        (75, 0, 3, 1, 0, "lean hire"),
        (74.9, 0, 0, 1, 100, "lean hire"),
    ],
)
def test_the_rule_from_lines_to_a_verdict(
    score: float, failing: int, tier: int, seconds: float | None, knowledge: Any, verdict: str
) -> None:
    """The rule that --explain prints and the README has, at its edges."""
    coding = scorecard.CodedKata(KATA.name, "x", (9 - failing, 9), (0, 2), seconds, 600, 0, tier)
    lines = [scorecard.Scored("knowledge", knowledge, "")]

    assert scorecard.verdict_of(lines, [coding], score) == verdict


def test_two_katas_one_of_them_solved_is_no_flat_no() -> None:
    """Two failing checks count as no hire only if every kata has them."""
    solved = scorecard.CodedKata(KATA.name, "passed", (9, 9), (0, 2), 60, 600, 0, 0)
    failed = scorecard.CodedKata("kata04_backward", "failed", (1, 9), (0, 2), None, 600, 0, 0)

    assert (
        scorecard.verdict_of([scorecard.Scored("knowledge", 90, "")], [solved, failed], 70)
        == "lean no hire"
    )


def test_explanation_has_every_rule_and_weight() -> None:
    """What is printed is what is computed with; the README has it too."""
    words = told(report.explanation(Screen(True)))
    readme = " ".join((catalog.BANK.parent.parent / "README.md").read_text("utf-8").split())

    assert sum(rubric.WEIGHTS.values()) == 100
    for name, weight in rubric.WEIGHTS.items():
        assert f"{name} (weight {weight}): {rubric.LINES[name]}" in words
        assert f"| {name} | {weight} |" in readme
    for rule in rubric.rule_sentences():
        assert rule in words
        assert rule in readme


def test_speed_and_independence_are_computed_as_they_are_told() -> None:
    """At each bound, just beyond it, and far from it."""
    shares = {0.0: 100, 0.5: 100, 0.6: 90, 1.0: 50, 1.5: 0, 2.0: 0}
    used = [
        (0, 0),
        (0, 3),
        (0, 4),
        (0, 13),
        (0, 14),
        (1, 3),
        (2, 4),
        (3, 3),
        (3, 99),
        (4, 0),
        (5, 0),
    ]

    for share, worth in shares.items():
        assert rubric.speed_at(share) == pytest.approx(worth)
    assert [rubric.independence_after(tier, runs) for tier, runs in used] == [
        *(100, 100, 98, 80, 80, 87, 65, 40, 20, 0, 0),
    ]
    assert rubric.independence_after(4, 99) == 0


@pytest.mark.parametrize(
    ("verdict", "facts"),
    [
        ("no hire", rubric.Facts(44.9, [0], 0, True, 100)),
        ("no hire", rubric.Facts(100, [2, 3], 0, True, 100)),
        ("lean no hire", rubric.Facts(45, [0], 0, True, 100)),
        ("lean no hire", rubric.Facts(100, [1, 9], 0, True, 100)),
        ("lean no hire", rubric.Facts(61.9, [], 0, True, 100)),
        ("lean hire", rubric.Facts(62, [], 0, True, 100)),
        ("lean hire", rubric.Facts(74.9, [0], 0, True, 100)),
        ("hire", rubric.Facts(75, [0], 2, False, None)),
        ("lean hire", rubric.Facts(100, [0], 3, True, None)),
        ("hire", rubric.Facts(87.9, [0], 1, True, 66)),
        ("strong hire", rubric.Facts(88, [0], 1, True, 66)),
        ("strong hire", rubric.Facts(88, [0], 1, True, None)),
        ("hire", rubric.Facts(88, [0], 1, True, 65.9)),
        ("hire", rubric.Facts(88, [0], 2, True, 66)),
        ("hire", rubric.Facts(88, [0], 1, False, 66)),
    ],
)
def test_each_verdict_begins_at_its_mark(verdict: str, facts: rubric.Facts) -> None:
    """Score, failing checks, hints, time and knowledge, each just on either side."""
    assert rubric.verdict_for(facts) == verdict


def test_the_rules_in_words() -> None:
    """Each whole, in the order in which they are tried."""
    assert rubric.rule_sentences() == [
        "no hire: the score is below 45, or two core checks or more fail in every kata",
        "lean no hire: the score is below 62, or any core check fails",
        "strong hire: the score is 88 or more, with no hint beyond the first, each kata within its "
        "budget, and knowledge, if it was asked, at 66 or more",
        "hire: the score is 75 or more, with no hint beyond the second",
        "lean hire: otherwise",
    ]


def test_the_readme_has_the_rubric_and_nothing_else() -> None:
    """Its table of lines and its list of verdicts are those that are computed with, in order."""
    readme = (catalog.BANK.parent.parent / "README.md").read_text("utf-8")
    table = readme.partition("| Line | Weight | Computed as |\n")[2].partition("\n\n")[0]
    rules = readme.partition("The verdict is the first of these that\nholds:\n\n")[2]

    assert table.splitlines()[1:] == [
        f"| {name} | {weight} | {rubric.LINES[name]} |" for name, weight in rubric.WEIGHTS.items()
    ]
    assert rules.partition("\n\n")[0].splitlines() == [f"- {r}" for r in rubric.rule_sentences()]


def test_nothing_written_is_not_independent(held: Callable[..., Conductor], store: Store) -> None:
    """A file that is still the stub, or empty, earns nothing for asking no hint."""
    stub = finished(held("code"), store).card
    conductor = held("code")
    conductor.interview.file_of(KATA.name).write_text(" ")
    empty = finished(conductor, store).card

    for card in (stub, empty):
        assert card.line("independence").value == 0
        assert card.line("independence").source == "kata03 nothing written"


@pytest.mark.parametrize("text", ["x = " + "-" * 100_000 + "1", "x = 1" + "+1" * 100_000])
def test_own_tests_that_are_nested_too_deeply_end_the_interview(
    held: Callable[..., Conductor], store: Store, text: str
) -> None:
    """The parser gives up on them; that is the reason why there is no score."""
    conductor = held("test")
    conductor.interview.tests_of(KATA.name).write_text(text)

    conductor.accept(":next")

    assert conductor.state.ended == "finished"
    assert report.find_report(store, None).card.line("testing").source == (
        "kata03 it is nested too deeply"
    )


def test_a_score_that_can_not_be_computed_is_said_in_words(
    held: Callable[..., Conductor], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end is in the store before own tests are scored; they count neither for nor against."""

    def fail(*_: Any) -> None:
        assert store.interviews()[0].ended
        raise OSError("no process can be started")

    monkeypatch.setattr(own_tests, "score_tests", fail)
    found = finished(held("test"), store).card.line("testing")

    assert found.value is None
    assert found.source == "kata03 they could not be scored: no process can be started"


def test_a_kill_while_tests_are_scored_leaves_a_report(
    held: Callable[..., Conductor], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interview has ended, and its report says what is missing."""

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(own_tests, "score_tests", die)
    with pytest.raises(KeyboardInterrupt):
        held("test").accept(":end")

    found = report.find_report(store, None).card.line("testing")
    assert (found.value, found.source) == (None, "kata03 tests were not scored")


def test_a_paused_interview_can_be_ended_and_left(held: Callable[..., Conductor]) -> None:
    """:quit says that it stays paused; :end ends it."""
    conductor = held("code", "wrap-up", allow_pause=True)
    conductor.accept(":pause")

    left = told(conductor.accept(":quit"))
    conductor.quit = False
    conductor.accept(":end")

    assert left == ("The interview stays paused. 'python -m grader interview --resume' goes on.")
    assert conductor.state.ended == "stopped"


def test_stopping_a_paused_one(tmp_path: Path) -> None:
    """What is said when the input ends is true of a paused clock; --stop ends it."""
    begun = run(tmp_path, "interview", "--seed", "4", "--allow-pause", typed=":pause\n")
    stopped = run(tmp_path, "interview", "--stop")

    assert begun.stderr == (
        "The interview stays paused: 'python -m grader interview --resume' goes on.\n"
    )
    assert stopped.returncode == 0
    assert "it was ended early" in stopped.stdout


def test_two_threads_read_one_time(clock: Hands) -> None:
    """A reading that was begun before another one and ends after it takes no time back."""
    watch = Stopwatch(clock)
    ticks = clock.ticks

    def slow() -> float:
        monkey.ticks = ticks
        before = ticks()
        clock.move(10)
        other.start()
        other.join(0.2)  # it waits for this reading to end
        return before

    monkey: Any = clock
    other = threading.Thread(target=watch.read)
    clock.move(60)
    monkey.ticks = slow
    watch.read()
    other.join()
    clock.move(10)

    assert watch.read() == 80


def test_a_title_with_escapes_is_shown_as_text(store: Store, clock: Hands) -> None:
    """Of a set of one's own: in the report, and in what refuses a second interview."""
    plan = replace(plan_of("wrap-up"), title="\x1b[2Jx")
    conductor = Conductor(session.begin(store, plan, clock), Screen(True), Scripted())
    with pytest.raises(KitError, match=r"\(\\x1b\[2Jx, "):
        session.begin(store, plan, clock)

    shown = told(report.text(Screen(True), finished(conductor, store)))

    assert shown.startswith("\\x1b[2Jx interview 1")


def test_reports_compare_with_the_one_before(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """Line by line, with the last interview of the same set."""
    finished(held("code"), store)
    conductor = held("code")
    conductor.interview.file_of(KATA.name).write_text("# right")
    conductor.tick()

    found = finished(conductor, store)

    assert report.changes(found)["correctness"] == 100
    assert "Since interview 1: correctness +100, speed +100," in told(
        report.text(Screen(True), found)
    )


def test_advice_puts_the_worst_first_and_is_always_three(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """A kata that failed, a topic that was missed, then what was not asked."""
    conductor = held("questions", "code")
    conductor.accept(":next")
    found = finished(conductor, store)

    assert [(a.kind, a.name) for a in found.advice[:3]] == [
        ("kata", KATA.name),
        ("topic", "accumulation"),
        ("topic", "optimisers"),
    ]
    conductor = held("clarify")
    assert len(finished(conductor, store).advice) == 3


def test_json_is_strict_and_whole(
    held: Callable[..., Conductor], store: Store, clock: Hands
) -> None:
    """What programs read of a report."""
    conductor = held("clarify", "code", "follow-ups", "wrap-up")
    conductor.accept("Which order?")
    for line in (":next", ":next", "x", "", "1", ":skip", "1", "3"):
        conductor.accept(line)
    document = json.loads(json.dumps(report.as_json(finished(conductor, store)), allow_nan=False))

    assert document["schema"] == 1
    assert document["verdict"] == ["no hire", "no hire"]
    assert [line["name"] for line in document["lines"]] == list(rubric.WEIGHTS)
    assert document["rated"]["clarified"] == [1, 4]
    assert document["rated"]["ratings"]["clarified"] == 3
    assert [p["kind"] for p in document["phases"]] == ["clarify", "code", "follow-ups", "wrap-up"]
    assert [q["score"] for q in document["questions"]] == [0.25, 0.0]
    assert len(document["next"]) == 3


def test_the_page_stands_alone(held: Callable[..., Conductor], store: Store, clock: Hands) -> None:
    """One file: no script, no link outward; the text of every run, answer and test is in it."""
    conductor = held("questions", "test", "code", "follow-ups")
    conductor.accept("a <b>")
    conductor.accept(":next")
    conductor.interview.tests_of(KATA.name).write_text(TESTS)
    conductor.accept(":next")
    for number in range(15):
        clock.move(5)
        conductor.interview.file_of(KATA.name).write_text(f"# wrong <{number}>")
        conductor.tick()
    conductor.accept(":hint")
    html = report_page.page_of(finished(conductor, store))

    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "# wrong &lt;14&gt;" in html
    assert "test_that_is_wrong" in html
    assert "3 runs left out." in html
    assert "prefers-color-scheme:dark" in html
    assert "@media print" in html
    assert html.count("<details>") == html.count("</details>")


def test_a_report_that_cannot_be_written_is_told_in_one_document(
    held: Callable[..., Conductor],
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 2, and one object that says why."""
    finished(held("code"), store)
    capsys.readouterr()
    status = main(["report", "--json", "--html", str(tmp_path)])

    assert status == 2
    assert json.loads(capsys.readouterr().out)["status"] == "error"


def test_reports_that_are_not_there(held: Callable[..., Conductor], store: Store) -> None:
    """None yet, still going on, or another number."""
    with pytest.raises(KitError, match="There is no finished interview yet"):
        report.find_report(store, None)
    held("code")
    with pytest.raises(KitError, match="Interview 1 is still going on"):
        report.find_report(store, 1)
    with pytest.raises(KitError, match=r"There is no interview 9\. Finished are: none\."):
        report.find_report(store, 9)


# Real grading, and the commands as a person runs them.


@pytest.mark.parametrize(("text", "passed"), [(RIGHT, True), (WRONG, False)])
def test_a_right_and_a_wrong_solution(
    held: Callable[..., Conductor], store: Store, text: str, passed: bool
) -> None:
    """The kit's own checks judge; known mistakes are not named."""
    from grader.interview.dialogue import grade_quietly

    conductor = held("code", grader=grade_quietly)
    conductor.interview.file_of(KATA.name).write_text(text)
    said = told(conductor.tick())

    assert ("All core checks pass." in said) == passed
    assert "python -m grader" not in said
    assert data_of(store, "run")[0]["status"] == ("passed" if passed else "failed")


def run(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_kit(*arguments, typed=typed, GRADER_HOME=str(home))


def test_on_a_pipe_from_end_to_end(tmp_path: Path) -> None:
    """Begun, left when the input ends, refused a second time, taken up again, ended, reported."""
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[mine]\nkatas = [["kata03"]]\nphases = [{ kind = "clarify", minutes = 5 },'
        ' { kind = "wrap-up", minutes = 5 }]'
    )
    begun = run(tmp_path, "interview", "--set", str(mine), typed="Which order?\n")
    second = run(tmp_path, "interview")
    unfinished = run(tmp_path, "report")
    ended = run(tmp_path, "interview", "--resume", typed=":next\n1 2\n3\n3\n3\n3\n")
    page = tmp_path / "report.html"
    shown = run(tmp_path, "report", "1", "--html", str(page))
    again = run(tmp_path, "report", "--json")

    assert begun.returncode == 2
    assert begun.stderr == "The clock runs on: 'python -m grader interview --resume' goes on.\n"
    assert second.returncode == 2
    assert "An interview is going on (mine, " in second.stderr
    assert unfinished.returncode == 2
    assert "- Which order?" in ended.stdout
    assert ended.returncode == 0
    assert "Communication (not in the score): clarifying 3," in ended.stdout
    assert shown.stdout.split() == [str(page), "is", "written."]
    assert "Interview 1" in page.read_text("utf-8")
    assert json.loads(again.stdout)["rated"]["clarified"] == [2, 4]


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_process_that_is_killed_is_taken_up_again(tmp_path: Path) -> None:
    """What was typed before SIGKILL is there, and the interview is where it was."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "interview", "--seed", "1"],
        env={**os.environ, "GRADER_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(":skip\n:next\nIs the graph deep?\n")
    process.stdin.flush()
    while process.stdout.readline().strip() != "Noted.":
        pass
    process.kill()
    process.communicate()

    again = run(tmp_path, "interview", "--resume", typed=":end\n")

    assert "The interviewer says:" in again.stdout
    assert again.returncode == 0
    document = json.loads(run(tmp_path, "report", "--json").stdout)
    assert [q["answer"] for q in document["questions"]] == ["", "", ""]
    kept = Store(tmp_path / "progress.sqlite3")
    assert [e.data["text"] for e in kept.events(1) if e.kind == "note"] == ["Is the graph deep?"]
    kept.close()


def test_an_interview_needs_a_practice_folder(tmp_path: Path) -> None:
    """Where there is no katas/ folder, and no GRADER_HOME, the sentence says how to make one."""
    environment = {k: v for k, v in os.environ.items() if k != "GRADER_HOME"}
    code = (
        "import sys, grader.core.workspace as w; w.ROOT = '/nowhere'; from grader.cli import main;"
        "sys.exit(main(['interview']))"
    )
    root = str(catalog.BANK.parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 2
    assert "There is no katas/ folder here or above" in done.stderr


def test_questions_that_a_newer_kit_lacks_are_left_out(
    held: Callable[..., Conductor], store: Store
) -> None:
    """An old interview can still be reported."""
    conductor = held("wrap-up")
    conductor.interview.record(QuestionAnswered("renamed", 1, "x", 0.0))

    assert report.text(Screen(True), finished(conductor, store))


def test_stopping_one_that_was_left(tmp_path: Path) -> None:
    """--stop ends it and shows its report; then there is nothing to stop."""
    run(tmp_path, "interview", "--seed", "4", "--minutes", "5")

    stopped = run(tmp_path, "interview", "--stop")
    again = run(tmp_path, "interview", "--stop")

    assert stopped.returncode == 0
    assert "it was ended early" in stopped.stdout
    assert again.returncode == 2
    assert "No interview is going on." in again.stderr


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--minutes", "0"), "An interview of 0 minutes can't be held. Choose 5 to 240 minutes."),
        (("--minutes", "x"), "invalid float value: 'x'"),
        (("--set", "nope"), "There is no set 'nope'."),
        (("--seed", "-1"), "a seed is a whole number from 0 to 4294967295, not '-1'"),
    ],
)
def test_bad_options(tmp_path: Path, arguments: tuple[str, ...], fault: str) -> None:
    """Exit 2, a sentence, and no interview begun."""
    found = run(tmp_path, "interview", *arguments)

    assert found.returncode == 2
    assert fault in " ".join(found.stderr.split())
    assert "No interview" in run(tmp_path, "interview", "--resume").stderr


def test_typed_lines_come_in_time_or_not_at_all() -> None:
    """A line, then nothing in time, then the end; the last line may lack its break."""
    reading, writing = os.pipe()
    lines = commands.TypedLines(reading)
    os.write(writing, b"one\r\ntw")

    assert lines.read(5) == "one"
    assert lines.read(0.01) is None
    os.close(writing)
    assert lines.read(5) == "tw"
    with pytest.raises(EOFError):
        lines.read(5)
    with pytest.raises(EOFError):
        lines.read(5)
    os.close(reading)


def test_the_line_mode_ticks_while_nothing_is_typed(
    held: Callable[..., Conductor], clock: Hands
) -> None:
    """Warnings and the end of the time come without a key."""
    conductor = held("wrap-up")
    shown: list[str] = []

    def read(seconds: float) -> None:
        clock.move(30)

    commands.hold_on_lines(conductor, read, lambda lines: shown.append(told(lines)))

    said = [text for text in shown[1:] if text]
    assert said == [
        "5 minutes left.",
        "1 minute left.",
        "The time is over. The interview is over.",
    ]
    assert isinstance(conductor.interview, Interview)
