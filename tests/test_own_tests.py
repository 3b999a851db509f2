"""The learner's own tests: they run on texts that they can't see, and pass nothing on."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.files import bytes_of, text_of
from grader.core.model import Submission
from grader.interview import own_tests
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import Ended

KATA = catalog.find_kata("kata03")
HEAD = f"import os, sys\nfrom {KATA.name} import topological_order\n"
# A comment stands in the text alone, not in the byte code.
LINE = "for operand in node._prev:"
SOURCE = catalog.solution_of(KATA).replace(LINE, f"{LINE}  # only in the text")
MODULE = f"sys.modules[{KATA.name!r}]"

# Each tries to lay hands on the text under test.
READS = {
    "argv": "leak = open(sys.argv[0]).read()",
    "file": f"leak = open({MODULE}.__file__).read()",
    "cached": f"leak = open({MODULE}.__cached__, 'rb').read()",
    "origin": f"leak = open({MODULE}.__spec__.origin).read()",
    "code": "leak = open(topological_order.__code__.co_filename).read()",
    "inspect": "import inspect; leak = inspect.getsource(topological_order)",
    "inspect-module": f"import inspect; leak = inspect.getsource({MODULE})",
    "linecache": "import linecache; linecache.checkcache()\n"
    "leak = linecache.getlines(topological_order.__code__.co_filename, topological_order.__globals__)",
    "loader": f"leak = {MODULE}.__loader__.get_source({KATA.name!r})",
    "pkgutil": f"import pkgutil; leak = pkgutil.get_data({KATA.name!r}, {KATA.name + '.py'!r})",
    "folder": "leak = [open(name).read() for name in os.listdir()]",
    "gate": "leak = [vars(finder) for finder in sys.meta_path]",
    "frames": "frame, leak = sys._getframe().f_back, []\n"
    "while frame:\n    leak.append([str(frame.f_locals), str(frame.f_globals)])\n    frame = frame.f_back",
    "garbage": "import gc; leak = [o for o in gc.get_objects() if type(o) in (dict, list, tuple)]",
    "traceback": "import traceback\ntry: topological_order(None)\n"
    "except Exception as e: leak = traceback.format_exc()",
}


@pytest.mark.parametrize("read", READS)
def test_the_text_under_test_is_nowhere(read: str) -> None:
    """Not in a file, not in Python's memory of lines, not with a loader, not on the stack."""
    text = (
        f"{HEAD}def test_read():\n    leak = None\n    try:\n{indent(READS[read], ' ' * 8)}\n"
        "    except (OSError, AttributeError, TypeError, ValueError): pass\n"
        "    assert ' '.join(['only', 'in', 'the', 'text']) not in str(leak)\n"
    )

    assert own_tests._failures(Exercise(KATA), SOURCE, text, ["test_read"], every=True) == {}


def test_tests_that_look_at_the_text_catch_nothing() -> None:
    """They fail on the right solution, as they would on any other, and so they don't count."""
    text = (
        f"{HEAD}import inspect\ndef test_text():\n"
        "    assert 'visited' in inspect.getsource(topological_order)\n"
    )
    scored = own_tests.score_tests(KATA, text)

    assert scored.rejected == {"test_text": "OSError: could not get source code"}
    assert scored.caught == ()


def test_nothing_is_passed_on_from_one_text_to_the_next() -> None:
    """A mark that is left wherever one can be is not found again."""
    text = (
        f"{HEAD}import tempfile\n"
        "PLACES = {os.getcwd(), os.path.dirname(os.getcwd()), os.path.expanduser('~'),\n"
        "    tempfile.gettempdir(), '/tmp', '/var/tmp', '/dev/shm', '/run/lock'}\n"
        "def test_mark():\n"
        "    found = []\n"
        "    for place in PLACES:\n"
        "        mark = os.path.join(place, 'kata-own-tests-mark')\n"
        "        try:\n"
        "            if os.path.exists(mark): found.append(mark)\n"
        "            open(mark, 'w').close()\n"
        "        except OSError: pass\n"
        "    if hasattr(os, 'fork') and os.fork() == 0:\n"
        "        import signal, time; os.setsid(); time.sleep(60); os._exit(0)\n"
        "    assert not found\n"
    )
    scored = own_tests.score_tests(KATA, text)

    assert (scored.tests, scored.rejected, scored.caught) == (("test_mark",), {}, ())


def test_one_test_that_hangs_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one has a candidate of its own; so has one that the time of others ran out on."""
    text = (
        f"{HEAD}"
        "def test_a(): assert topological_order\n"
        "def test_hangs():\n    while True: pass\n"
        "def test_z(): assert topological_order\n"
    )
    started = []

    def start(submission: Submission) -> Attempt:
        started.append(1)
        return Attempt(submission, seconds=0.6)

    monkeypatch.setattr(own_tests, "Attempt", start)

    tests = ["test_a", "test_hangs", "test_z"]
    failed = own_tests._failures(Exercise(KATA), SOURCE, text, tests, every=True)

    assert list(failed) == ["test_hangs"]
    assert "was still running after" in failed["test_hangs"]
    assert "at line 5 in test_hangs." in failed["test_hangs"]
    assert len(started) == 3


def test_a_test_that_the_time_of_others_ran_out_on_is_tried_again() -> None:
    """It may have hung only because those before it were slow: alone, it has a whole budget."""

    class SlowFirst:
        def ask(self, verb: str, call: str, **_: Any) -> None:
            if call != "test_a":
                raise Ended("timed-out", "was still running")

    failed: dict[str, str] = {}
    tests = ["test_a", "test_b", "test_c"]

    left = own_tests._go_through(SlowFirst(), tests, failed, every=True)  # type: ignore[arg-type]

    assert (left, failed) == (["test_b", "test_c"], {})


@pytest.mark.parametrize("imported", [f"import {KATA.name} as k", f"from {KATA.name} import *"])
def test_the_text_under_test_may_be_imported_in_any_way(imported: str) -> None:
    """What counts is what the tests say."""
    name = "k.topological_order" if " as " in imported else "topological_order"
    text = f"{imported}\ndef test_x():\n    assert {name}\ndef test_y():\n    assert not {name}\n"
    failed = own_tests._failures(Exercise(KATA), SOURCE, text, ["test_x", "test_y"], every=True)

    assert failed == {"test_y": "AssertionError"}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_tests_in_any_encoding_mean_what_they_say(encoding: str) -> None:
    """A declaration in their first line is true of what the candidate reads."""
    text = f"# coding: {encoding}\n{HEAD}def test_x():\n    assert '反' == '\\u53cd'\n"

    assert text_of(bytes_of(text)) == text
    assert own_tests._failures(Exercise(KATA), SOURCE, text, ["test_x"], every=True) == {}
