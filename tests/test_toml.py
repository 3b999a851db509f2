"""TOML of the bank: each fault is one sentence with the file, the place, the value and the cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog, toml
from grader.content.questions import TOPICS, read_questions
from grader.core.model import Kata, KitError
from grader.interview.plan import TITLES, read_set, sample_plan
from tests.conftest import run_kit

LINE = "Write one line of plain text in quotes."
KATA = {
    "title": '"x"',
    "track": '"engine"',
    "level": "1",
    "minutes": "8",
    "entry": '["f"]',
    "allow": "[]",
    "needs": "[]",
    "asked": "1",
}
MUTANT = dict.fromkeys(("name", "title", "explanation", "find", "replace", "caught_by"), '"x"')
COMMON = {"id": '"x"', "topic": '"losses"', "prompt": '"?"'}
QUESTIONS = {
    "choice": {"answer": '"a"', "why": '"y"', "wrong": '[{ option = "b", why = "z" }]'},
    "numeric": {"answer": '"y.grad"', "inputs": "{ w = [1, 2.5] }", "program": '"y = w * w"'},
    "bug": {"answer": "[1, 2]", "code": '"x"', "why": '"y"', "fix": '"z"'},
    "open": {"answer": '"a"', "points": '["p"]'},
}
PHASE = '{ kind = "bug", minutes = 3 }'
SET = {"title": '"Mine"', "katas": '[["kata03"]]', "phases": f"[{PHASE}]"}


def lines(fields: dict[str, str], changed: dict[str, str | None]) -> str:
    """Return the fields as TOML, some of them changed, and without those that are None."""
    whole = {**fields, **changed}
    return "".join(f"{name} = {value}\n" for name, value in whole.items() if value is not None)


def fault_of(read: Callable[[Any], Any], given: Any) -> str:
    with pytest.raises(KitError) as raised:
        read(given)
    return str(raised.value)


def kata_in(folder: Path) -> Kata:
    """Return a kata whose folder this is, for reading its mutants."""
    return Kata("kata42_x", folder, "x", "engine", 1, 8, ("f",), (), (), 1)


def question_in(path: Path, kind: str, changed: dict[str, str | None]) -> Path:
    fields = {"kind": f'"{kind}"', **COMMON, **QUESTIONS[kind]}
    path.write_text(f"[[question]]\n{lines(fields, changed)}", "utf-8")
    return path


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", None, " lacks title. Add title, one line of plain text in quotes."),
        ("title", "3", f": title is 3. {LINE}"),
        ("title", '""', f": title is ''. {LINE}"),
        ("title", r'"a\u001b[31m"', rf": title is 'a\x1b[31m'. {LINE}"),
        ("title", r'"a\nb"', rf": title is 'a\nb'. {LINE}"),
        ("title", r'"a\u202eb"', rf": title is 'a\u202eb'. {LINE}"),
        ("track", "[]", f": track is []. {LINE}"),
        ("level", None, " lacks level. Add level, a whole number from 1 to 5."),
        ("level", "0", ": level is 0. Write a whole number from 1 to 5."),
        ("level", "6", ": level is 6. Write a whole number from 1 to 5."),
        ("level", "true", ": level is True. Write a whole number from 1 to 5."),
        (
            "level",
            "0x" + "f" * 5000,
            ": level is a number of thousands of digits. Write a whole number from 1 to 5.",
        ),
        ("minutes", '"ten"', ": minutes is 'ten'. Write a whole number from 1 to 999."),
        ("minutes", "8.5", ": minutes is 8.5. Write a whole number from 1 to 999."),
        ("minutes", "0", ": minutes is 0. Write a whole number from 1 to 999."),
        ("minutes", "1000", ": minutes is 1000. Write a whole number from 1 to 999."),
        (
            "entry",
            '"Value"',
            ": entry is 'Value'. Write a list of the names to define, such as [\"Value\"].",
        ),
        ("entry", "[]", ': entry is []. Write a list of the names to define, such as ["Value"].'),
        (
            "entry",
            '["f", 3]',
            ': entry, item 2 is 3. Write a name in quotes, such as "Value" or "Value.__mul__".',
        ),
        (
            "allow",
            '["../engine"]',
            ": allow, item 1 is '../engine'. "
            'Write a name in quotes, such as "Value" or "Value.__mul__".',
        ),
        (
            "needs",
            '"kata01"',
            ": needs is 'kata01'. Write a list of names, such as [\"kata01_value\"], or [].",
        ),
        ("asked", "0", ": asked is 0. Write a whole number from 1 to 3."),
        ("asked", "4", ": asked is 4. Write a whole number from 1 to 3."),
        (
            "size",
            "3",
            " has the unknown field 'size', which is 3. Remove it or correct its name. The fields "
            "are title, track, level, minutes, entry, allow, needs, asked.",
        ),
        (
            '"a` - at `$[0].title"',
            "3",
            " has the unknown field 'a` - at `$[0].title', which is 3. Remove it or correct its "
            "name. The fields are title, track, level, minutes, entry, allow, needs, asked.",
        ),
    ],
)
def test_faults_of_a_kata(tmp_path: Path, field: str, value: str | None, sentence: str) -> None:
    """Every field of kata.toml is needed, has its type and its bounds; there are no others."""
    path = tmp_path / "kata.toml"
    path.write_text(lines(KATA, {field: value}), "utf-8")

    assert fault_of(catalog.read_kata, tmp_path) == f"{path}{sentence}"


def test_a_kata_is_what_its_file_says(tmp_path: Path) -> None:
    """The name is the folder's."""
    folder = tmp_path / "kata42_x"
    folder.mkdir()
    (folder / "kata.toml").write_text(lines(KATA, {}), "utf-8")

    assert catalog.read_kata(folder) == kata_in(folder)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        *[
            ({name: "3"}, f" 'x': {name} is 3. Write plain text in quotes.")
            for name in ("explanation", "find", "replace")
        ],
        ({"name": "3"}, f", item 1: name is 3. {LINE}"),
        ({"title": r'"\u0007"'}, rf" 'x': title is '\x07'. {LINE}"),
        (
            {"caught_by": "[]"},
            ' \'x\': caught_by is []. Write a name in quotes, such as "Value" or "Value.__mul__".',
        ),
        ({"name": None}, ", item 1 lacks name. Add name, one line of plain text in quotes."),
        ({"find": None}, " 'x' lacks find. Add find, plain text in quotes."),
        (
            {"fnd": '"y"'},
            " 'x' has the unknown field 'fnd', which is 'y'. Remove it or correct its name. The "
            "fields are name, title, explanation, find, replace, caught_by.",
        ),
    ],
)
def test_faults_of_mutants(tmp_path: Path, changed: dict[str, str | None], sentence: str) -> None:
    """A mutant is six texts; the sentence calls it by its name, or else by its place."""
    path = tmp_path / "mutants.toml"
    path.write_text(f"[[mutant]]\n{lines(MUTANT, changed)}", "utf-8")

    assert fault_of(catalog.read_mutants, kata_in(tmp_path)) == f"{path}: mutant{sentence}"


def test_two_mutants_of_one_name_are_refused(tmp_path: Path) -> None:
    """A diagnosis is a name."""
    path = tmp_path / "mutants.toml"
    path.write_text(f"[[mutant]]\n{lines(MUTANT, {})}" * 2, "utf-8")

    assert (
        fault_of(catalog.read_mutants, kata_in(tmp_path))
        == f"{path}: two mutants are called 'x'. Rename one."
    )


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in QUESTIONS for name in (*COMMON, *QUESTIONS[kind])]
)
def test_each_field_of_a_question_has_its_type(tmp_path: Path, kind: str, name: str) -> None:
    """A date is right nowhere."""
    path = question_in(tmp_path / "questions.toml", kind, {name: "2020-01-01"})
    called = ", item 1" if name == "id" else " 'x'"

    assert fault_of(read_questions, path).startswith(
        f"{path}: question{called}: {name} is datetime.date(2020, 1, 1). Write "
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[(kind, name) for kind in QUESTIONS for name in ("kind", *COMMON, "answer")],
        *[("choice", "why"), ("choice", "wrong"), ("numeric", "inputs")],
        *[("bug", "code"), ("bug", "why"), ("open", "points")],
    ],
)
def test_each_kind_of_question_needs_its_fields(tmp_path: Path, kind: str, name: str) -> None:
    """What is missing is named, and so is what should stand there."""
    path = question_in(tmp_path / "questions.toml", kind, {name: None})
    called = ", item 1" if name == "id" else " 'x'"

    assert fault_of(read_questions, path).startswith(
        f"{path}: question{called} lacks {name}. Add {name}, "
    )


@pytest.mark.parametrize(
    ("kind", "changed", "sentence"),
    [
        (
            "open",
            {"kind": '"essay"'},
            ": kind is 'essay'. Write one of choice, numeric, bug, open.",
        ),
        (
            "open",
            {"kind": '["open"]'},
            ": kind is ['open']. Write one of choice, numeric, bug, open.",
        ),
        ("open", {"topic": '"cats"'}, f": topic is 'cats'. Write one of {', '.join(TOPICS)}."),
        ("open", {"points": "[]"}, ": points is []. Write a list of the points to mention."),
        ("open", {"points": '["p", 3]'}, ": points, item 2 is 3. Write plain text in quotes."),
        (
            "open",
            {"wrong": "[]"},
            " has the unknown field 'wrong', which is []. Remove it or correct its name. The "
            "fields are kind, answer, points, id, topic, prompt, check.",
        ),
        (
            "choice",
            {"wrong": '[{ option = "b" }]'},
            ": wrong, item 1 lacks why. Add why, plain text in quotes.",
        ),
        ("choice", {"answer": "3"}, ": answer is 3. Write plain text in quotes."),
        (
            "numeric",
            {"inputs": '{ w = ["x"] }'},
            ": inputs is {'w': ['x']}. Write a table of numbers to draw from, such as "
            "{ a = [1.0, 2.0] }.",
        ),
        ("numeric", {"program": None}, " has neither program nor lines. Add one of the two."),
        (
            "bug",
            {"answer": '"1"'},
            ": answer is '1'. Write the number of a line or a list of such numbers.",
        ),
        ("bug", {"answer": "[1, 0]"}, ": answer, item 2 is 0. Write the number of a line."),
        ("bug", {"fix": None}, " has neither fix nor mended. Add one of the two."),
    ],
)
def test_faults_of_questions(
    tmp_path: Path, kind: str, changed: dict[str, str | None], sentence: str
) -> None:
    """Which fields there are, and what they hold, is a matter of the kind."""
    path = question_in(tmp_path / "questions.toml", kind, changed)

    assert fault_of(read_questions, path) == f"{path}: question 'x'{sentence}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("brief = 3", ": brief is 3. Write plain text in quotes."),
        ("clarify = 'x'", ": clarify is 'x'. Write a list in square brackets."),
        ("question = [3]", ": question, item 1 is 3. Write a table."),
        (
            "[[questions]]",
            " has the unknown field 'questions', which is [{}]. Remove it or correct its name. "
            "The fields are brief, clarify, question.",
        ),
        (
            "[[question]",
            " is not TOML: Expected ']]' at the end of an array declaration (at line 1, column 11). "
            "Correct the file there.",
        ),
    ],
)
def test_faults_around_the_questions(tmp_path: Path, text: str, sentence: str) -> None:
    """The file itself has fields too."""
    path = tmp_path / "questions.toml"
    path.write_text(text, "utf-8")

    assert fault_of(read_questions, path) == f"{path}{sentence}"


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_question_is_what_its_table_says(tmp_path: Path, kind: str) -> None:
    """Whole numbers stay whole: their answers are judged to the digit."""
    (question,) = read_questions(question_in(tmp_path / "questions.toml", kind, {}), "kata42_x")

    assert (question.kind, question.kata, question.key) == (kind, "kata42_x", "question:x")
    assert repr(question.inputs) == ("{'w': [1, 2.5]}" if kind == "numeric" else "{}")


PHASES = 'a list of 1 to 20 phases, such as [{ kind = "code", minutes = 20 }].'
POOLS = 'Write a list of lists, such as [["kata03", "kata04"]].'


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": "3"}, f": title is 3. {LINE}"),
        ({"title": r'"\u001b]0;x\u0007"'}, rf": title is '\x1b]0;x\x07'. {LINE}"),
        ({"katas": '"kata03"'}, f": katas is 'kata03'. {POOLS}"),
        ({"katas": '["kata03"]'}, ": katas, item 1 is 'kata03'. Write a list of katas."),
        ({"katas": "[[]]"}, ": katas, item 1 is []. Write a list of katas."),
        ({"katas": '[["kata03", 3]]'}, f": katas, item 1, item 2 is 3. {LINE}"),
        ({"phases": None}, f" lacks phases. Add phases, {PHASES}"),
        ({"phases": "[]"}, f": phases is []. Write {PHASES}"),
        ({"phases": "3"}, f": phases is 3. Write {PHASES}"),
        ({"phases": "[3]"}, ": phases, item 1 is 3. Write a table."),
        (
            {"phases": f"[{', '.join([PHASE] * 900)}]"},
            f": phases is a list of 900 items. Write {PHASES}",
        ),
        (
            {"pases": "3"},
            " has the unknown field 'pases', which is 3. Remove it or correct its name. The fields "
            "are phases, katas, title.",
        ),
    ],
)
def test_faults_of_a_set(tmp_path: Path, changed: dict[str, str | None], sentence: str) -> None:
    """A set of one's own is looked at as those of the bank are."""
    path = tmp_path / "mine.toml"
    path.write_text(f"[mine]\n{lines(SET, changed)}", "utf-8")

    assert fault_of(read_set, str(path)) == f"{path}: mine{sentence}"


KINDS = f"one of {', '.join(TITLES)}."
MINUTES = "Write a number above 0, at most 240."


@pytest.mark.parametrize(
    ("phase", "sentence"),
    [
        ('kind = "talk", minutes = 3', f": kind is 'talk'. Write {KINDS}"),
        ('kind = ["code"], minutes = 3', f": kind is ['code']. Write {KINDS}"),
        ("minutes = 3", f" lacks kind. Add kind, {KINDS}"),
        ('kind = "bug"', " lacks minutes. Add minutes, a number above 0, at most 240."),
        ('kind = "bug", minutes = 0', f": minutes is 0. {MINUTES}"),
        ('kind = "bug", minutes = nan', f": minutes is nan. {MINUTES}"),
        ('kind = "bug", minutes = inf', f": minutes is inf. {MINUTES}"),
        ('kind = "bug", minutes = true', f": minutes is True. {MINUTES}"),
        ('kind = "bug", minutes = "x"', f": minutes is 'x'. {MINUTES}"),
        (
            'kind = "bug", minutes = 1, count = 0',
            ": count is 0. Write a whole number from 1 to 20.",
        ),
        (
            'kind = "code", minutes = 1, kata = "1"',
            ": kata is '1'. Write the number of a list of `katas`.",
        ),
        (
            'kind = "bug", minute = 1',
            " has the unknown field 'minute', which is 1. Remove it or correct its name. The "
            "fields are kind, minutes, count, kata.",
        ),
    ],
)
def test_faults_of_a_phase(tmp_path: Path, phase: str, sentence: str) -> None:
    """Phases have no names: they are counted from 1."""
    path = tmp_path / "mine.toml"
    path.write_text(f"[mine]\nphases = [{PHASE}, {{ {phase} }}]", "utf-8")

    assert fault_of(read_set, str(path)) == f"{path}: mine: phases, item 2{sentence}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1", ": a is 1. Write a table."),
        ("[[a]]\nx = 1", ": a is [{'x': 1}]. Write a table."),
        (
            rf'["\u001b[31m"]{chr(10)}phases = [{PHASE}]',
            rf": the name of the set is '\x1b[31m'. {LINE}",
        ),
    ],
)
def test_faults_around_a_set(tmp_path: Path, text: str, sentence: str) -> None:
    """What holds no set, and a name that would write to the terminal."""
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")

    assert fault_of(read_set, str(path)) == f"{path}{sentence}"


def test_a_set_needs_neither_title_nor_katas(tmp_path: Path) -> None:
    """It is then called by its name."""
    path = tmp_path / "mine.toml"
    path.write_text(f"[mine]\nphases = [{PHASE}]", "utf-8")
    plan = sample_plan(read_set(str(path)), 1, None)

    assert (plan.title, plan.seconds) == ("mine", 180.0)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A file that is missing, one that is not text, one too deep, a number too long."""
    path = tmp_path / "x.toml"

    assert (
        fault_of(toml.load, path)
        == f"{path} can't be read: No such file or directory. Name a TOML file that can be read."
    )
    for content in (b"\xff", b"a = " + b"[" * 9000, b"a = " + b"1" * 5000):
        path.write_bytes(content)
        assert fault_of(toml.load, path).startswith(f"{path} is not TOML: ")


def test_the_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    """Exit 2 and two lines, where there was a traceback."""
    path = tmp_path / "mine.toml"
    path.write_text('[mine]\nphases = [{ kind = ["code"], minutes = 3 }]', "utf-8")
    ran = run_kit("interview", "--set", str(path), GRADER_HOME=str(tmp_path))

    assert ran.returncode == 2
    assert ran.stderr == f"{path}: mine: phases, item 1: kind is ['code'].\nWrite {KINDS}\n"
