"""The HTML pages: whatever text comes in stands there as text, and a bad path is told once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from grader.content import catalog
from grader.content.questions import Question
from grader.core.model import (
    CheckResult,
    CheckSource,
    Counterexample,
    Diagnosis,
    Kata,
    Row,
    Verdict,
)
from grader.interview import report_page
from grader.interview.advice import Advice
from grader.interview.agenda import Phase, Plan
from grader.interview.events import FileGraded, HintShown, Moment, OwnTestsScored, PhaseBegun, Stamp
from grader.interview.report import Report
from grader.interview.scorecard import Scorecard, Scored
from grader.interview.transcript import Response, Stay, Transcript
from grader.quiz.asking import Asked
from grader.tour import plot, step_views, train
from grader.tour.datasets import Dataset
from grader.tour.graph import read_program
from grader.tour.training import HIGH, WIDE, History, Settings
from grader.tour.walk import walk_through
from grader.ui import page, verdict_page
from tests.conftest import ROOT, run_kit

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=1>',
    "' onmouseover='alert(1)",
    "</style>",
    "</pre><b>",
    "&amp;",
    "{{ 7*7 }}",
)
Mark = Callable[[str], str]  # a text for a field, which names the field


class Parsed(HTMLParser):
    """What a page has: elements with their attributes, style and script, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[object] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(tag)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", data))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in ("style", "script"):
            self.elements.append(data)
        else:
            self.text += data


def fields_that_leak(page_of: Callable[[Mark], str], hostile: str, *fields: str) -> list[str]:
    """Return the fields whose text is not on the page as it is; fail on an element of a text's.

    The page of a harmless text of the same length says which elements belong to the kit.
    """
    shown = Parsed(page_of(lambda field: f"{field}: {hostile}"))
    harmless = Parsed(page_of(lambda field: f"{field}: {'q' * len(hostile)}"))

    assert shown.elements == harmless.elements
    return [field for field in fields if f"{field}: {hostile}" not in shown.text]


@pytest.fixture
def bank_kata(tmp_path: Path) -> Callable[[Mark], Kata]:
    """Return a kata of a bank whose every text is marked."""

    def make(mark: Mark) -> Kata:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "solution.py").write_text(f"{mark('task')!r}\n# {mark('stub')}\n")
        (folder / "checks.py").write_text(f"def test_it(attempt):\n    {mark('check')!r}\n")
        mutant = {"title": mark("mutant"), "explanation": "", "find": "", "replace": ""}
        said = {"name": "missed", **mutant, "caught_by": "test_it"}
        lines = (f"{key} = {json.dumps(text)}" for key, text in said.items())
        (folder / "mutants.toml").write_text("\n".join(["[[mutant]]", *lines]))
        return replace(
            catalog.find_kata("kata02"), name=mark("name"), folder=folder, title=mark("kata title")
        )

    return make


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("drawn", [True, False])
def test_a_verdict_shows_every_text_as_text(
    bank_kata: Callable[[Mark], Kata], hostile: str, drawn: bool
) -> None:
    """Of the kata, of its checks and known mistakes, and of what the learner's file gave."""

    def page_of(mark: Mark) -> str:
        kata = bank_kata(mark)
        data = 1.0 if drawn else None
        rows = (
            Row("a.grad", 1.0, 2.0, agrees=False, data=data, first=True),
            Row(mark("row"), mark("got"), mark("expected"), operation=mark("operation"), data=data),
        )
        example = Counterexample({"a": 2.0}, f"b = a * a  # {mark('program')}", rows)
        title = catalog.read_checks(kata)[0].title
        check = CheckSource("test_it", title, "core")
        checks = [CheckResult(check, "failed", mark("check's message"), example)]
        known = Diagnosis("name", mark("mistake"), mark("explanation"), 3)
        status: Any = mark("status")
        found = Verdict("kata02", "file", status, mark("message"), checks, diagnosis=known)
        assert ("<svg" in verdict_page.page_of(kata, found)) == drawn
        return verdict_page.page_of(kata, found)

    fields = [
        "name",
        "kata title",
        "status",
        "task",
        "check",
        "program",
        "row",
        "got",
        "expected",
        "operation",
    ]
    fields += ["check's message", "mistake", "explanation", "message"]

    assert fields_that_leak(page_of, hostile, *fields) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_walk_shows_every_text_as_text(hostile: str) -> None:
    """Of the program, its inputs and nodes, and what is told of a step."""

    def page_of(mark: Mark) -> str:
        walk = walk_through(read_program(f"c = a * a  # {mark('program')}\nd = c", ["a=2"]))
        program = replace(walk.program, inputs={mark("input"): 2.0})
        moments = tuple(replace(moment, told=(mark("told"),)) for moment in walk.moments)
        walk.graph.expressions.clear()
        walk.graph.names.update(dict.fromkeys(walk.graph.names, mark("node")))
        return step_views.page_of(replace(walk, program=program, moments=moments))

    assert fields_that_leak(page_of, hostile, "program", "input", "told", "node") == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_training_shows_every_text_as_text(hostile: str) -> None:
    """Of the set of points and the engine."""

    def page_of(mark: Mark) -> str:
        data = Dataset(mark("set"), ((0.0, 0.0), (1.0, 1.0)), (-1, 1))
        history = History([1.0], [0.5], [[0.5] * WIDE] * HIGH, (-1.0, 2.0, -1.0, 2.0))
        drawn = plot.picture(data, history, mark("picture"))
        return train.page_of(Settings(data, 0, 1, 0.1), history, mark("title"), drawn)

    assert fields_that_leak(page_of, hostile, "set", "picture", "title") == []


def report_of(mark: Mark) -> Report:
    """Return the report of an interview whose every text is marked."""
    time, stamp = datetime(2026, 3, 1, tzinfo=UTC), Stamp(1.0, 0.0, "")
    name = mark("name")

    def run(text: str) -> Moment[FileGraded]:
        source = f"{mark('kept')}\n{mark(text)}"
        graded = FileGraded(name, mark("status"), mark("run"), (), source, False)
        return Moment(graded, stamp, time)

    def scored(fault: str) -> OwnTestsScored:
        rejected = {mark("rejected test"): mark("why rejected")}
        return OwnTestsScored(name, ("t",), rejected, (), ("missed",), fault)

    question = Question(
        "id", "open", "topic", "", mark("model answer"), mark("why"), points=(mark("point"),)
    )
    answer = Response("id", 0, "code", mark("answer"), 0.5)
    answer.__dict__["asked"] = Asked(
        question, 0, mark("prompt"), (), None, mark("code"), (mark("derived"),)
    )
    runs = [run("first text"), run("last text")]
    told = Transcript(
        [Moment(PhaseBegun(0), stamp, time), *runs, Moment(HintShown(name, 1), stamp, time)],
        stays=[Stay("code", mark("kata"), 0.0, 60.0, 60.0)],
        answers=[answer],
        runs=runs,
        tests={name: mark("tests")},
        tests_scored={name: scored(mark("fault")), name + " ": scored("")},
        reason="finished",
    )
    lines = (Scored("speed", 50.0, mark("line")),)
    return Report(
        1,
        time,
        Plan("mine", mark("title"), 0, (Phase("code", 60.0, 60.0),)),
        Scorecard(lines, 50.0, 50.0, (mark("verdict"),) * 2, dict.fromkeys(RATED)),
        told,
        (Advice("kata", mark("kata to do"), mark("reason")), Advice("topic", mark("topic"), "")),
    )


RATED = ("clarified", "narrated", "explained", "limits")
IN_REPORT = (
    *("title", "verdict", "line", "kata", "kata to do", "reason", "topic"),
    *("name", "status", "run", "kept", "first text", "last text", "stub", "check"),
    *("tests", "fault", "rejected test", "why rejected", "mutant"),
    *("prompt", "code", "answer", "model answer", "why", "derived", "point"),
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_report_shows_every_text_as_text(
    bank_kata: Callable[[Mark], Kata], monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    """Of the set, the katas, the questions, and all that the learner wrote and printed."""

    def page_of(mark: Mark) -> str:
        kata = bank_kata(mark)
        monkeypatch.setattr(catalog, "find_kata", lambda query: kata)
        return report_page.page_of(report_of(mark))

    assert fields_that_leak(page_of, hostile, *IN_REPORT) == []


@pytest.mark.parametrize("name", ["plain.py", '"><img src=x onerror=1>&amp;.py'])
def test_a_file_with_a_hostile_name_that_prints_and_raises(tmp_path: Path, name: str) -> None:
    """From the command line to the page, the learner's text adds no element."""
    told = "</style><script>alert(1)</script>" if name != "plain.py" else "plain"
    path, written = tmp_path / name, tmp_path / "page.html"
    path.write_text(f"print({told!r})\nraise ValueError({told!r})")
    main(["kata02", "--solution", str(path), "--no-record", "--json", "--html", str(written)])
    found = Parsed(written.read_text("utf-8"))

    assert told in found.text
    assert [e[0] for e in found.elements if isinstance(e, tuple)].count("script") == 0
    assert not any(isinstance(e, tuple) and e[0] == "img" for e in found.elements)


def test_control_characters_are_shown_and_line_ends_are_not(tmp_path: Path) -> None:
    """A page can always be written as UTF-8, and hides nothing."""
    found = Verdict("kata02", "file", "crashed", "one\r\ntwo\x1b[31m\ud800\u202e")
    html = verdict_page.page_of(catalog.find_kata("kata02"), found)

    assert "one\ntwo\\x1b[31m\\ud800\\u202e</p>" in html
    html.encode()


def test_no_template_lets_text_through() -> None:
    """Only pictures of the kit's own pass as they are, at one place; no page is made of strings."""
    templates = {path.name: path.read_text("utf-8") for path in page.TEMPLATES.iterdir()}
    sources = [path for path in ROOT.glob("grader/**/*.py") if "bank" not in path.parts]
    texts = {path.name: path.read_text("utf-8") for path in sources}

    assert {"base.html", "verdict.html", "walk.html", "training.html", "report.html"} == {
        *templates
    }
    assert not [name for name, text in templates.items() if re.search(r"safe\b|autoesc", text)]
    assert [name for name, text in texts.items() if "Markup(" in text] == ["page.py"]
    assert not [
        n for n, text in texts.items() if re.search(r"<(html|body|div|p|pre|td|h\d)\b", text)
    ]


def test_jinja_is_imported_by_pages_alone() -> None:
    """What grades, steps, trains and reports starts without it."""
    modules = "grader.cli, grader.tour.step, grader.tour.train, grader.interview.commands"
    code = f"import sys, {modules}; print({{'jinja2', 'markupsafe'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


SOLUTION = "grader/bank/kata02_mul_backward/solution.py"


@pytest.mark.parametrize(
    "command",
    [
        ("kata02", "--solution", SOLUTION, "--no-record"),
        ("step", "c = a*b", "a=2", "b=3"),
        ("train", "--points", "4", "--epochs", "1", "--engine", "reference"),
    ],
    ids=lambda command: command[0],
)
def test_a_page_that_cannot_be_written_is_told_in_one_document(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Exit 2, and one object that says why."""
    done = run_kit(*command, "--json", "--html", str(tmp_path))
    document = json.loads(done.stdout)

    assert done.returncode == 2
    assert document["status"] == "error"
    assert (
        document["message"]
        == f"{str(tmp_path)!r} can't be written: Is a directory. Name another file."
    )
