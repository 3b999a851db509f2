"""The quiz: what is asked when, how answers are read, and that none is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.content import catalog
from grader.content.questions import KINDS, TOPICS, all_questions, find_question
from grader.core.store import Store
from grader.home import today_lines
from grader.interview import report, session
from grader.interview.agenda import Phase, Plan
from grader.interview.dialogue import Conductor
from grader.quiz import asking, commands
from grader.quiz.asking import Unreadable, judge, read_number, sample
from grader.ui.screen import Screen
from tests.conftest import Hands, run_kit
from tests.test_interview import told

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Days:
    """A clock that stands, and is put forward by days."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def store(tmp_path: Path, days: Days) -> Iterator[Store]:
    found = Store(tmp_path / "progress.sqlite3", days)
    yield found
    found.close()


def typist(*lines: str) -> Callable[[str], str]:
    """Type these lines, then end the input."""
    left = list(lines)

    def read(prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return read


def answer(store: Store, id: str, *lines: str, seed: int = 0) -> float:
    """Answer one question; return its score."""
    return commands.ask(Screen(True), store, sample(find_question(id), seed), typist(*lines)).score


def right(id: str, seed: int = 0) -> str:
    asked = sample(find_question(id), seed)
    if asked.kind == "choice":
        return "abcd"[asked.options.index(asked.right)]
    return str(asked.right[0] if asked.kind == "bug" else asked.right)


# What is asked.


def test_new_questions_take_turns_by_topic(store: Store) -> None:
    """As many as there are topics are of different ones; the seed decides which."""
    one = commands.choose(store, all_questions(), len(TOPICS), seed=1)

    assert {question.topic for question in one} == set(TOPICS)
    assert commands.choose(store, all_questions(), len(TOPICS), seed=1) == one
    assert commands.choose(store, all_questions(), len(TOPICS), seed=2) != one


def test_what_is_due_comes_first_and_what_is_known_comes_later(store: Store, days: Days) -> None:
    """A wrong answer comes back tomorrow, a right one days later; neither is new any more."""
    answer(store, "why-plus-equals", right("why-plus-equals"))
    answer(store, "what-to-zero", "")

    def first() -> str:
        return commands.choose(store, all_questions(), 1, seed=1)[0].id

    assert first() not in ("why-plus-equals", "what-to-zero")
    days.time += timedelta(days=1)
    assert first() == "what-to-zero"
    days.time += timedelta(days=30)
    chosen = commands.choose(store, all_questions(), 2, seed=1)
    assert [question.id for question in chosen] == ["what-to-zero", "why-plus-equals"]


def test_zero_questions_due(store: Store, days: Days) -> None:
    """Says when the next one comes, and how to be asked before."""
    pool = [find_question("why-plus-equals"), find_question("what-to-zero")]
    for question in pool:
        answer(store, question.id, right(question.id))

    assert commands.choose(store, pool, 5, seed=1) == []
    assert commands.nothing_due(store, pool) == (
        "Nothing is due: all 2 questions were answered, and the next comes back in 2 days. "
        "'python -m grader quiz --ahead' asks before that."
    )
    assert len(commands.choose(store, pool, 5, seed=1, ahead=True)) == 2


def test_numbers_are_never_the_same_twice(store: Store) -> None:
    """The same seed again draws others, until every number there is was asked."""
    question = find_question("vanishing-numeric")
    prompts = []
    for _ in question.inputs["k"]:
        asked = commands.sample_again(store, question, 5)
        prompts.append(asked.prompt)
        store.record_answer(question.id, asked.seed, "1", 0.0)

    assert len(set(prompts)) == len(question.inputs["k"])
    assert commands.sample_again(store, question, 5).prompt == prompts[0]


# How answers are read.


@pytest.mark.parametrize("form", ["{}", " {} ", "{})", "{}.", "({})"])
def test_letters_are_read_in_many_forms(form: str) -> None:
    """Small or capital, with a parenthesis or a full stop."""
    asked = sample(find_question("why-plus-equals"), 1)
    letter = right("why-plus-equals", 1)

    assert judge(asked, form.format(letter)).score == 1
    assert judge(asked, form.format(letter.upper())).score == 1
    assert judge(asked, asked.right).score == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-1.5", -1.5),
        ("\N{MINUS SIGN}1.5", -1.5),
        ("2/3", 2 / 3),
        ("-2 / 3", -2 / 3),
        ("1e-3", 1e-3),
        (" 7 ", 7.0),
        ("+4", 4.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    """Minus signs, fractions, exponents."""
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["x", "1,5", "1/0", "nan", "inf", "1/2/3", "--1", ""])
def test_what_is_no_number_is_asked_again(text: str) -> None:
    """The sentence says how to write one."""
    with pytest.raises(Unreadable, match=r"is not a number: write it as -1\.5, 2/3 or 1e-3"):
        read_number(text)


def test_numbers_have_a_tolerance_of_half_a_percent() -> None:
    """Three digits are enough; two are not, and 0 is 0."""
    asked = sample(find_question("vanishing-numeric"), 1)

    assert judge(asked, f"{asked.right:.3g}").score == 1
    assert judge(asked, repr(asked.right * 1.004)).score == 1
    assert judge(asked, repr(asked.right * 1.006)).score == 0
    assert judge(asked, "0").score == 0


def test_lines_are_read_and_out_of_range_asked_again() -> None:
    """'9' and 'line 9' are one answer; a line that is not there is none."""
    asked = sample(find_question("mul-overwrites"), 0)

    assert judge(asked, "Line 9", run=False).score == 1
    assert judge(asked, "8", run=False).told[0] == "Line 8 is not it. It is line 9."
    for text in ("0", "17", "x"):
        with pytest.raises(Unreadable, match=f"'{text}' is no line: answer the number of a line"):
            judge(asked, text, run=False)


def test_a_bug_is_shown_by_running_it() -> None:
    """What it prints as it stands, the mended line, and what it prints then."""
    judged = judge(sample(find_question("mul-overwrites"), 0), "9")

    assert judged.told[2:] == (
        "As it stands it prints: 3.0",
        "Mended: b.grad += a.data * out.grad",
        "Then it prints: 6.0",
    )


def test_without_pytorch_a_script_that_needs_it_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so instead of showing an ImportError."""
    monkeypatch.setattr(
        asking, "run_scripts", lambda *_: ["ModuleNotFoundError: No module named 'torch'", ""]
    )

    judged = judge(sample(find_question("not-a-leaf"), 0), "5")

    assert judged.told[-1] == "PyTorch is not installed, so the script was not run."


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("none", 0), ("all", 4), ("1 3", 2), ("1,2, 4", 3), ("0", 0)]
)
def test_ticks_are_counted(text: str, count: int) -> None:
    """Numbers with spaces or commas, all, or none."""
    assert asking.count_ticks(text, 4) == count


@pytest.mark.parametrize("text", ["5", "x", "-1", "1 2 3 4 5"])
def test_ticks_that_can_not_be_are_asked_again(text: str) -> None:
    """Out of range, twice, or no number."""
    with pytest.raises(Unreadable, match="write numbers from 1 to 4, 'all', or 'none'"):
        asking.count_ticks(text, 4)


# What is kept.


def test_an_unreadable_answer_is_asked_again_and_the_next_is_kept(store: Store) -> None:
    """One answer, one score."""
    score = answer(store, "why-plus-equals", "x", right("why-plus-equals"))

    assert score == 1
    assert [(a.given, a.score) for a in store.answers()] == [(right("why-plus-equals"), 1.0)]


def test_an_open_answer_is_kept_before_it_is_judged(store: Store) -> None:
    """When the input ends at the ticks, the text is there; the question stays due."""
    with pytest.raises(EOFError):
        answer(store, "deep-graphs", "an explicit stack", "of iterators", "")

    (kept,) = store.answers()
    assert (kept.given, kept.score) == ("an explicit stack\nof iterators", None)
    assert store.card("question:deep-graphs") is None

    assert answer(store, "deep-graphs", "again", "", "1 2 3") == 0.75
    assert store.answers()[-1].score == 0.75


def test_the_end_of_the_input_ends_an_open_answer(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its lines are kept, and the quiz says that they have no score."""
    asked = [sample(find_question("deep-graphs"), 0)]

    commands.ask_all(Screen(True), store, asked, typist("an explicit stack"))

    assert [(a.given, a.score) for a in store.answers()] == [("an explicit stack", None)]
    assert capsys.readouterr().out.endswith(
        "  Nothing was answered. The last answer is kept without a score.\n"
    )


def test_an_answer_is_kept_before_its_scripts_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while a bug is being shown loses nothing."""

    def interrupted(*_: str) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(asking, "run_scripts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        answer(store, "mul-overwrites", "9")

    assert [(a.given, a.score) for a in store.answers()] == [("9", 1.0)]


@pytest.mark.parametrize("id", ["count-parameters", "scalar-graph-size", "flops-numeric"])
def test_counts_are_exact(id: str) -> None:
    """One off is wrong, however large the number."""
    for seed in range(20):
        asked = sample(find_question(id), seed)
        assert judge(asked, str(asked.right)).score == 1
        assert judge(asked, str(asked.right - 1)).score == 0


@pytest.mark.parametrize("typed", [b"caf\xe9\n\n1\n", b"9" * 5000 + b"\n\n1\n", b"\0\n\n1\n"])
@pytest.mark.parametrize("kind", KINDS)
def test_odd_bytes_are_read(tmp_path: Path, kind: str, typed: bytes) -> None:
    """Neither another encoding nor a number of 5,000 digits is a fault of the kit."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "quiz", "--kind", kind, "--count", "1", "--seed", "5"],
        env={**os.environ, "GRADER_HOME": str(tmp_path)},
        input=typed,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert done.stderr == b""


def test_stopping_keeps_what_was_answered(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """The end of the input, or Ctrl-C, in the second question."""

    def interrupted(prompt: str) -> str:
        if store.answers():
            raise KeyboardInterrupt
        return ""

    asked = [sample(find_question(id), 0) for id in ("why-plus-equals", "what-to-zero")]

    assert commands.ask_all(Screen(True), store, asked, interrupted) == 0
    assert len(store.answers()) == 1
    assert capsys.readouterr().out.endswith(
        "0 of 1 right. To look at again: accumulation and zero_grad. Stopped; what was\n"
        "  answered is kept.\n"
    )


def test_half_known_comes_back_sooner(store: Store) -> None:
    """All points are good, most are hard, few are again."""
    for id, ticks in (("deep-graphs", "all"), ("dead-relu", "1 2 3"), ("adam-or-sgd", "1")):
        answer(store, id, "x", "", ticks)

    ratings = dict(store.db.execute("SELECT key, rating FROM reviews"))
    assert ratings == {
        "question:deep-graphs": 3,
        "question:dead-relu": 2,
        "question:adam-or-sgd": 1,
    }


# The command.


def run(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_kit("quiz", *arguments, typed=typed, GRADER_HOME=str(home))


def test_on_a_pipe_line_by_line(tmp_path: Path) -> None:
    """Questions, judgements and the sum on standard output; the answers are in the store."""
    done = run(tmp_path, "--count", "2", "--seed", "3", "--kind", "choice", typed="a\nb\n")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "1 of 2 · " in done.stdout
    assert " of 2 right" in done.stdout
    kept = Store(tmp_path / "progress.sqlite3")
    assert [a.given for a in kept.answers()] == ["a", "b"]
    kept.close()


def test_the_whole_of_a_numeric_question(tmp_path: Path) -> None:
    """As a person sees it: question, judgement, derivation, sum."""
    done = run(
        tmp_path,
        "--kind",
        "numeric",
        "--topic",
        "modes",
        "--count",
        "1",
        "--seed",
        "1",
        typed="x\n1\n",
    )

    assert done.stdout == (
        "  1 of 1 · reverse against forward mode, cost and memory\n\n"
        "  Forward mode by hand: f(x) = x**2 * (x + 3) at x = 2. Carry value and slope\n"
        "  along: what is the slope of f?\n\n"
        "a number, such as -1.5, 2/3 or 1e-3 (Enter: don't know): \n"
        "  'x' is not a number: write it as -1.5, 2/3 or 1e-3.\n"
        "a number, such as -1.5, 2/3 or 1e-3 (Enter: don't know): \n\n"
        "  No, 1.0 is not it. It is 24.0.\n"
        "    u = x ** 2 = 2 ** 2 = 4.0\n"
        "    du = 2 * x = 2 * 2 = 4.0\n"
        "    s = x + c = 2 + 3 = 5.0\n"
        "    ds = 1\n"
        "    df = du * s + u * ds = 4 * 5 + 4 * 1 = 24.0\n\n\n"
        "  0 of 1 right. To look at again: reverse against forward mode, cost and memory.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--topic", "cats"), "There is no topic 'cats'.\nThe topics are chain-rule, graph-order,"),
        (
            ("--kind", "essay"),
            "There is no kind 'essay'.\nThe kinds are choice, numeric, bug, open.",
        ),
        (("--count", "0"), "0 questions can't be asked.\n--count takes 1 or more."),
        (("--count", "x"), "invalid int value: 'x'"),
        (("--seed", "1.5"), "a seed is a whole number from 0 to 4294967295, not '1.5'"),
    ],
)
def test_bad_options_are_told(tmp_path: Path, arguments: tuple[str, ...], fault: str) -> None:
    """Exit 2, the value, and what to choose from."""
    done = run(tmp_path, *arguments)

    assert done.returncode == 2
    assert fault in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_asked_alone(tmp_path: Path, kind: str) -> None:
    """--kind asks no other; an input that ends at once ends the quiz."""
    done = run(tmp_path, "--kind", kind, "--count", "1")

    assert done.returncode == 0
    assert "1 of 1" in done.stdout
    assert "Nothing was answered." in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_with_the_sum(tmp_path: Path) -> None:
    """SIGINT while a question waits: what was answered is kept, exit 0."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "quiz", "--kind", "choice", "--seed", "1"],
        env={**os.environ, "GRADER_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("a\n")
    process.stdin.flush()
    seen = ""
    while (
        "2 of 10" not in seen
        or "a to d (Enter: don't know): \n" not in seen.partition("2 of 10")[2]
    ):
        seen += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert err == ""
    assert "Stopped; what was answered is kept." in " ".join(out.split())
    kept = Store(tmp_path / "progress.sqlite3")
    assert len(kept.answers()) == 1
    kept.close()


# What `today` makes of it.


def test_today_puts_the_interviews_advice_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is practised: a topic by an answer to one of its questions."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))
    hands = Hands()
    kept = Store(tmp_path / "progress.sqlite3", hands.now)
    phases = (Phase("questions", 60, 60, "", (("why-plus-equals", 1),)),)
    held = session.begin(kept, Plan("mine", "Mine", 0, phases), hands)
    conductor = Conductor(held, Screen(True))
    conductor.opening()
    conductor.accept(":next")

    before = [one.name for one in report.still_advised(kept)]
    hands.move(60)
    answer(kept, "what-to-zero", "")
    after = [one.name for one in report.still_advised(kept)]
    kept.close()

    assert before[0] == "accumulation"
    assert len(before) == 3
    assert after == before[1:]
    shown = told(today_lines(Screen(True), [], hands.now(), 1, ["chain-rule: an answer missed"]))
    assert shown == (
        "From your last interview chain-rule: an answer missed 1 question is due: "
        "python -m grader quiz No kata is due today. 'python -m grader' says what is next."
    )


def test_today_as_json_has_questions_and_advice(tmp_path: Path) -> None:
    """The keys that were there stay; two are new."""
    run(tmp_path, "--count", "1", typed="\n\n\n")
    done = run_kit("today", "--json", GRADER_HOME=str(tmp_path))

    assert json.loads(done.stdout) == {"schema": 1, "due": [], "questions": 0, "advised": []}
    assert catalog.all_katas()
