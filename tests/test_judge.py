"""Verdicts: every status, each with a sentence that helps, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.content import catalog
from grader.core.model import Verdict
from grader.sandbox import attempt
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import LearnerError, blocked_sentence, syntax_sentence
from grader.sandbox.protocol import BATTERY, RUN, SCRIPT, Raised, SyntaxFault

Judge = Callable[..., Verdict]
Solution = Callable[[str], str]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="uses /proc")


def test_solution_passes_with_every_star(judge: Judge, solution: Solution) -> None:
    """The solution passes all checks, stretch included."""
    verdict = judge("kata02", solution("kata02"))

    assert verdict.status == "passed"
    assert verdict.message == "kata02 passed: 9 of 9 core checks."
    assert {check.outcome for check in verdict.checks} == {"passed"}


@pytest.mark.parametrize("kata", [folder.name for folder in catalog.kata_folders()])
def test_untouched_stub_is_named_and_fails_every_check(judge: Judge, kata: str) -> None:
    """A stub is a stub with other line ends and comments too."""
    text = catalog.stub_of(catalog.find_kata(kata))
    verdict = judge(kata, "\ufeff" + text.replace("\n", "\r\n") + "\r\n# my notes\r\n")

    assert verdict.status == "stub"
    assert verdict.message == (
        "Nothing is written in attempt.py yet: fill the gap where it raises NotImplementedError."
    )
    assert {check.outcome for check in verdict.checks} == {"failed"}


def test_stub_with_other_words_around_the_gap_is_a_stub(judge: Judge) -> None:
    """Prints and docstrings do not make an attempt."""
    text = catalog.stub_of(catalog.find_kata("kata02"))
    verdict = judge("kata02", 'print("hello")\n' + text.replace("A number that", "A thing that"))

    assert verdict.status == "stub"
    assert verdict.output == "hello\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"def f(:\n    pass\n", "line 1: invalid syntax\n    def f(:\n          ^"),
        (b"x = 1\n\tif x:\n", "line 2: unexpected indent\n     if x:\n    "),
        (b"x = '\xff'\n", "Non-UTF-8 code starting with '\\xff'"),
        (b"x = 1\0\n", "source code string cannot contain null bytes"),
        (b"x = " + b"(" * 500, "too many nested parentheses"),
        (b"# coding: no-such\n", "unknown encoding: no-such"),
    ],
)
def test_syntax_error_shows_line_and_caret(judge: Judge, text: bytes, message: str) -> None:
    """What Python can't read is a verdict with its place; no check has run."""
    verdict = judge("kata03", text)

    assert verdict.status == "syntax-error"
    assert message in verdict.message
    assert {check.outcome for check in verdict.checks} == {"not-run"}


@pytest.mark.parametrize(
    ("column", "text", "shown"),
    [
        (None, "abc\n", ""),
        (1, None, ""),
        (1, "abc\n", "\n    abc\n    ^"),
        (6, "\tx = (\n", "\n     x = (\n         ^"),
        (99, "abc\n", "\n    abc\n       ^"),
        (61, "y" * 300, f"\n    {'y' * 100}\n    {' ' * 60}^"),
        (200, "y" * 139 + "z" * 100 + "y", f"\n    {'z' * 100}\n    {' ' * 60}^"),
    ],
)
def test_caret_stands_under_its_column(column: int | None, text: str | None, shown: str) -> None:
    """Of a long line a hundred characters are shown, sixty of them before the place."""
    fault = SyntaxFault(message="no", line=3, column=column, text=text)

    assert syntax_sentence(fault) == f"line 3: no{shown}"
    assert syntax_sentence(SyntaxFault(message="no", line=None, column=None, text=None)) == "no"


def test_what_an_exception_says_is_cut() -> None:
    """A name at 80 characters, a message at 2,000; without one, the name stands alone."""
    found = Raised(
        error="e" * 81,
        message="m" * 2_001,
        line=2,
        program_line=3,
        function="f" * 81,
        kinds=["E"],
        blocked="b" * 81,
        memory=False,
        exit=False,
    )
    error = LearnerError(found)
    name, message = "e" * 79 + "…", "m" * 1_999 + "…"

    assert (error.type, error.message) == (name, message)
    assert (error.function, error.blocked) == ("f" * 79 + "…", "b" * 79 + "…")
    assert (error.line, error.program_line, error.kinds) == (2, 3, ("E",))
    assert str(error) == f"{name}: {message}"
    assert str(LearnerError({**found, "error": "E", "message": ""})) == "E"
    assert LearnerError({**found, "blocked": None}).blocked is None


def test_blocked_import_without_a_line_is_told_without_one() -> None:
    """What `exec` imports stands in no line of the file."""
    found = Raised(
        error="ImportError",
        message="",
        line=None,
        program_line=None,
        function="",
        kinds=[],
        blocked="reference.engine",
        memory=False,
        exit=False,
    )

    assert blocked_sentence(catalog.find_kata("kata05"), LearnerError(found)) == (
        "'reference.engine' can't be imported: it holds the answer to kata01 to kata06, so kata05 "
        "may not import it. Write the missing part in this file."
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "import numpy as np",
            "line 1: 'numpy' can't be imported: kata04 is solved with the standard library alone.",
        ),
        (
            "from reference.engine import Value",
            "line 1: 'reference' can't be imported: it holds the answer to several katas, so "
            "kata04 may not import it. Write the missing part in this file.",
        ),
        (
            "import grader.bank",
            "line 1: 'grader' can't be imported: the grader is out of reach of the file it grades.",
        ),
        (
            "from kata02_mul_backward import Value",
            "line 1: 'kata02_mul_backward' can't be imported: kata04 is graded on its own file. "
            "Copy what you need into it.",
        ),
    ],
)
def test_blocked_import_says_why(judge: Judge, solution: Solution, line: str, message: str) -> None:
    """An import beyond the standard library is a verdict of its own."""
    verdict = judge("kata04", f"{line}\n{solution('kata04')}")

    assert (verdict.status, verdict.message) == ("import-blocked", message)


@pytest.mark.parametrize(
    ("line", "spoiled"),
    [
        ("from reference.nn import Neuron", "kata08 and kata09"),
        ("from reference import nn", "kata08 and kata09"),
        ("import reference; reference.nn", "kata08 and kata09"),
        ("from reference import engine, losses", "kata10"),
        ("import reference.optim", "kata11 and kata13"),
        ("import reference.gradcheck", "kata07"),
    ],
)
def test_network_kata_may_import_the_engine_alone(
    judge: Judge, solution: Solution, line: str, spoiled: str
) -> None:
    """Any other part of the reference is refused, and the sentence says what it would spoil."""
    verdict = judge("kata08", f"{line}\n{solution('kata08')}")

    assert verdict.status == "import-blocked"
    assert f"it holds the answer to {spoiled}, so kata08 may not import it." in verdict.message


@pytest.mark.parametrize(
    "line",
    [
        "from reference import engine\nValue = engine.Value",
        "import reference.engine\nValue = reference.engine.Value",
        "from reference.engine import *",
    ],
)
def test_engine_may_be_imported_in_any_way(judge: Judge, solution: Solution, line: str) -> None:
    """Every spelling of the one allowed import works."""
    text = solution("kata08").replace("from reference.engine import Value", line)

    assert judge("kata08", text).status == "passed"


def test_import_blocked_inside_a_function_is_named_too(judge: Judge) -> None:
    """An import that happens only when a check calls is blocked all the same."""
    text = (
        "def topological_order(root):\n"
        "    from reference.engine import topological_order as t\n"
        "    return t(root)\n"
    )
    verdict = judge("kata03", text)

    assert verdict.status == "import-blocked"
    assert verdict.message.startswith("line 2: 'reference' can't be imported")


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("import os; os._exit(0)", "The file ended its own process with exit code 0."),
        ("import os; os._exit(7)", "The file ended its own process with exit code 7."),
        (
            "import sys; sys.exit()",
            "The file asked Python to exit at line 1, so no check could finish.",
        ),
        ("exit()", "The file asked Python to exit at line 1, so no check could finish."),
        ("1 / 0", "Importing the file raised ZeroDivisionError: division by zero (line 1)."),
        ("raise BaseException('x')", "Importing the file raised BaseException: x (line 1)."),
        (
            "import ctypes; ctypes.string_at(0)",
            "The file's process died: a segmentation fault, often a recursion that never ends "
            "(SIGSEGV).",
        ),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "The file's process died: it was killed (SIGKILL).",
        ),
        ("import os; os.abort()", "The file's process died: it aborted (SIGABRT)."),
    ],
)
def test_crash_at_import_says_how(
    judge: Judge, solution: Solution, ending: str, message: str
) -> None:
    """A file that ends its process has crashed, even with a right answer in it."""
    verdict = judge("kata03", f"{ending}\n{solution('kata03')}")

    assert (verdict.status, verdict.message) == ("crashed", message)
    assert {check.outcome for check in verdict.checks} == {"not-run"}


@pytest.mark.parametrize("ending", ["import os; os._exit(0)", "import sys; sys.exit(0)"])
def test_crash_inside_a_check_fails_it_and_no_other(
    judge: Judge, solution: Solution, ending: str
) -> None:
    """A process that ends during a check is started again for the next; the first one is told."""
    begin = "stack = [(root, False)]"
    verdict = judge("kata03", solution("kata03").replace(begin, f"{begin}\n    {ending}"))
    once = solution("kata03").replace(begin, f"{begin}\n    if not root._prev: {ending}")
    outcomes = [check.outcome for check in judge("kata03", once).checks]

    assert verdict.status == "crashed"
    assert [check.outcome for check in verdict.checks] == ["failed"] * 11 + ["not-run"] * 2
    assert outcomes[0] == "failed"
    assert "passed" in outcomes[:11]


def test_exception_inside_a_check_fails_that_check(judge: Judge) -> None:
    """An exception is shown with its line and the program that raised it."""
    verdict = judge("kata03", "def topological_order(root):\n    return root.operands\n")
    first = verdict.checks[0]

    assert verdict.status == "failed"
    assert first.message == (
        "topological_order on a graph of 1 values: raised AttributeError: 'Node' object has no "
        "attribute 'operands' (line 2, in topological_order)."
    )
    assert first.counterexample
    assert first.counterexample.code == "topological_order(a)"


def test_endless_loop_at_import_is_cut_off(judge: Judge) -> None:
    """A loop that never ends costs four seconds of work and names its line."""
    verdict = judge("kata03", "def spin():\n    while True:\n        pass\nspin()\n")

    assert verdict.status == "timed-out"
    assert re.fullmatch(
        "Importing kata03 was still running after 4 seconds, at line [23] in spin. "
        r"Does every loop end\?",
        verdict.message,
    )


def test_endless_loop_in_a_call_names_the_call(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict names the call that hung, and what ran before it keeps its outcome."""
    monkeypatch.setattr(Attempt.__init__, "__defaults__", (0.8,))
    monkeypatch.setattr(attempt, "REST_SECONDS", 0.3)
    text = solution("kata03").replace(
        "stack = [(root, False)]", "stack = [(root, False)]\n    while len(root._prev) == 2: pass"
    )
    verdict = judge("kata03", text)

    assert verdict.status == "timed-out"
    assert verdict.checks[0].outcome == "failed"
    assert re.match(
        r"topological_order on a graph of 3 values was still running after 0\.\d seconds, at line ",
        verdict.message,
    )


def test_one_hang_does_not_take_the_rest(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks after it get a new process each, little time, and a sentence about their call."""
    monkeypatch.setattr(Attempt.__init__, "__defaults__", (0.8,))
    # Ten hangs of 0.3 seconds just fit into 3, which a busy machine overruns: that is not the point here.
    monkeypatch.setattr(attempt, "REST_SECONDS", 6.0)
    head = "def __pow__(self, k):"
    verdict = judge("kata05", solution("kata05").replace(head, f"{head}\n        while k: pass"))
    outcomes = {check.source.id: check.outcome for check in verdict.checks}

    assert verdict.status == "timed-out"
    assert re.fullmatch(
        r"Running 'b = a \*\* 3; c = b \* 5; c.backward\(\)' was still running after 0\.\d "
        r"seconds, at line \d+ in __pow__\. Does every loop end\?",
        verdict.message,
    )
    assert [id for id, outcome in outcomes.items() if outcome == "passed"] == [
        "test_negation",
        "test_difference",
        "test_number_on_the_left_of_plus_and_times",
        "test_number_on_the_left_of_minus",
        "test_sum_of_a_list",
    ]
    assert [id for id, outcome in outcomes.items() if outcome == "not-run"] == [
        "test_powers_of_zero",
        "test_value_as_exponent_is_refused",
    ]
    quotient = next(check for check in verdict.checks if check.source.id == "test_quotient")
    assert re.fullmatch(
        r"Running 'c = a / b; d = c \* 5; d.backward\(\)' was still running after 0\.[34] seconds, "
        r"at line \d+ in __pow__\. Does every loop end\?",
        quotient.message,
    )


def test_file_that_always_hangs_is_given_up(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first hang all the checks together have so much time and no more."""
    monkeypatch.setattr(Attempt.__init__, "__defaults__", (0.3,))
    monkeypatch.setattr(attempt, "REST_SECONDS", 0.7)
    begin = "stack = [(root, False)]"
    verdict = judge("kata03", solution("kata03").replace(begin, f"{begin}\n    while root: pass"))

    outcomes = [check.outcome for check in verdict.checks]
    assert outcomes == ["failed"] * 3 + ["not-run"] * 10


def test_hang_in_a_stretch_check_does_not_block_a_pass(judge: Judge, solution: Solution) -> None:
    """A stretch check that hangs or dies fails alone; the next one gets a new process."""
    text = solution("kata03").replace(
        "stack = [(root, False)]",
        "stack = [(root, False)]\n    import sys\n    while len(sys.argv) and deep(root): pass",
    )
    deep = (
        "\n\ndef deep(root):\n"
        "    n = 0\n"
        "    while root._prev and n < 99000:\n"
        "        root, n = next(iter(root._prev)), n + 1\n"
        "    return n >= 99000\n"
    )
    verdict = judge("kata03", text + deep)

    assert verdict.status == "passed"
    assert [check.outcome for check in verdict.checks[-2:]] == ["failed", "passed"]


@linux_only
def test_memory_without_end_is_out_of_memory(judge: Judge) -> None:
    """A list that grows without end meets the limit, not the machine's."""
    verdict = judge("kata03", "x = []\nwhile True:\n    x.append(' ' * 10_000_000)\n")

    assert (verdict.status, verdict.message) == (
        "out-of-memory",
        "Importing kata03 asked for more than 1,024 MB of memory. Does a list grow without end?",
    )


def test_a_hundred_megabytes_of_prints_cost_neither_memory_nor_verdict(
    judge: Judge, solution: Solution
) -> None:
    """Output is cut at a sensible length, and how much was left out is said."""
    loud = "for _ in range(100):\n    print('x' * 1_000_000)\n"
    verdict = judge("kata03", loud + solution("kata03"))

    assert verdict.status == "passed"
    assert len(verdict.output) < 10_000
    assert verdict.output.endswith(" more bytes")


def test_input_gets_end_of_file(judge: Judge, solution: Solution) -> None:
    """There is nobody to answer: input() raises EOFError."""
    verdict = judge(
        "kata03",
        "try:\n    input('? ')\nexcept EOFError:\n    print('nobody')\n" + solution("kata03"),
    )

    assert verdict.status == "passed"
    assert verdict.output == "? nobody\n"


HONEST = """
import asyncio, dataclasses, logging, os, sys, tempfile, threading, pathlib
from concurrent.futures import ThreadPoolExecutor
try:
    import numpy as np
except ImportError:
    np = None
logging.basicConfig(level=logging.INFO)
logging.info("importing %s", __name__)
print("hello"); print("error", file=sys.stderr)
pathlib.Path("notes.txt").write_text("mine")
assert pathlib.Path("notes.txt").read_text() == "mine"
assert "def topological_order" in pathlib.Path(__file__).read_text()
with tempfile.NamedTemporaryFile() as f: f.write(b"x")
@dataclasses.dataclass
class Point:
    x: float = 0.0
worker = threading.Thread(target=lambda: None); worker.start(); worker.join()
assert asyncio.run(asyncio.sleep(0, 5)) == 5
assert list(ThreadPoolExecutor(2).map(abs, [-1, -2])) == [1, 2]
if __name__ == "__main__":
    raise SystemExit("not here")
"""


def test_honest_oddities_do_not_cost_a_pass(judge: Judge, solution: Solution) -> None:
    """Prints, logging, threads, asyncio, guarded imports, files of one's own: all are fine."""
    verdict = judge("kata03", solution("kata03") + HONEST)

    assert (verdict.status, verdict.message) == ("passed", "kata03 passed: 11 of 11 core checks.")


@pytest.mark.parametrize(
    "prefix", [b"\xef\xbb\xbf", "# -*- coding: latin-1 -*-\n# caf\xe9\n".encode("latin-1")]
)
def test_file_is_read_as_python_reads_it(judge: Judge, solution: Solution, prefix: bytes) -> None:
    """A byte order mark, an encoding cookie and CRLF are no obstacle."""
    source = prefix + solution("kata02").replace("·", "-").replace("\n", "\r\n").encode()

    assert judge("kata02", source).status == "passed"


def test_missing_entry_is_named(judge: Judge) -> None:
    """A file without the name the kata asks for is told so."""
    verdict = judge("kata03", "def topo(root):\n    return []\n")

    assert (verdict.status, verdict.message) == (
        "failed",
        "The file does not define 'topological_order', which kata03 asks for.",
    )


ODD = """
class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad, self._prev, self._op = data, 0.0, tuple(_children), _op
        self._backward = lambda: None
    def __add__(self, other):
        return Value(self.data + getattr(other, "data", other), (self, other), "+")
    def __mul__(self, other):
        out = Value(self.data * getattr(other, "data", other), (self, other), "*")
        def _backward():
            self.grad = ODD
        out._backward = _backward
        return out
class Liar(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __repr__(self): return "-15.0"
"""


@pytest.mark.parametrize(
    ("odd", "got"),
    [
        ("None", "None"),
        ("float('nan')", "nan"),
        ("float('-inf')", "-inf"),
        ("1j", "1j (complex)"),
        ("'15'", "'15' (str)"),
        ("True", "True (bool)"),
        ("Liar(2)", "-15.0 (Liar)"),
        ("10 ** 400", "an integer too large for a float (int)"),
        ("[1.0]", "[1.0] (list)"),
    ],
)
def test_odd_numbers_fail_with_what_they_are(judge: Judge, odd: str, got: str) -> None:
    """What is not a plain finite float or int is shown and fails, whatever it claims to equal."""
    verdict = judge("kata02", ODD.replace("ODD", odd))
    first = verdict.checks[0]

    assert verdict.status == "failed"
    assert first.message == (
        f"c = a * b; c.grad = 5.0; c._backward() with a = 2.0, b = -3.0: a.grad should be -15.0 "
        f"and is {got}, where a plain finite float or int belongs."
    )
    json.dumps(verdict.as_json(), allow_nan=False)


def test_equal_sign_for_plus_equal_is_shown_in_three_lines(
    judge: Judge, solution: Solution
) -> None:
    """The most common mistake gets a program of three lines, with got and expected."""
    text = (
        solution("kata02")
        .replace("+= self.data", "= self.data")
        .replace("+= other.data", "= other.data")
    )
    failure = judge("kata02", text).first_failure()

    assert failure
    assert failure.counterexample
    assert failure.counterexample.code == "b = a * a\nb.grad = 5.0\nb._backward()"
    assert (
        failure.message
        == "b = a * a; b.grad = 5.0; b._backward() with a = 3.0: a.grad should be 30.0 and is 15.0. "
        "`b = a * a` should pass 30.0 to `a`; 15.0 is there."
    )
    assert failure.counterexample.as_json()["rows"][0] == {
        "name": "a.grad",
        "got": 15.0,
        "expected": 30.0,
        "reference": 30.0,
        "pytorch": 30.0,
        "finite_difference": pytest.approx(30.0),
    }


def test_failure_only_drawn_programs_find_is_shrunk(judge: Judge, solution: Solution) -> None:
    """A mistake that needs a certain shape is shown by the smallest program that has it."""
    text = solution("kata02").replace(
        "self.grad += other.data * out.grad",
        "self.grad += other.data * out.grad * (2 if other.data == 6.0 else 1)",
    )
    failure = judge("kata02", text).first_failure()

    assert failure
    assert failure.counterexample
    assert len(failure.counterexample.code.splitlines()) <= 5


def test_same_file_gets_the_same_verdict_and_another_seed_other_inputs(
    judge: Judge, solution: Solution
) -> None:
    """Verdicts repeat; --seed changes the numbers, not the outcome."""
    text = solution("kata02").replace("+= self.data", "= self.data")

    def shown(seed: int) -> dict[str, object]:
        document = judge("kata02", text, seed=seed).as_json()
        del document["seconds"]
        return document

    assert shown(0) == shown(0)
    assert shown(7) == shown(7)
    assert shown(7) != shown(0)
    assert judge("kata02", solution("kata02"), seed=7).status == "passed"


@linux_only
def test_nothing_survives_the_verdict(judge: Judge, solution: Solution) -> None:
    """A thread, a child process and a daemon that left the group end with the verdict."""
    mark = f"kata-survivor-{os.getpid()}"
    daemon = (
        "import os, subprocess, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        open('{mark}', 'w')\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "if os.fork() == 0:\n"
        "    time.sleep(60)\n"
    )
    verdict = judge("kata03", daemon + solution("kata03"))
    deadline = time.monotonic() + 2
    while _children() and time.monotonic() < deadline:
        pass

    assert verdict.status == "passed"
    assert _children() == []


def _children() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_scratch_folder_is_gone_and_the_learners_folder_clean(
    judge: Judge, solution: Solution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict leaves nothing behind, neither where it ran nor among the temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    judge("kata03", solution("kata03"))

    assert list(tmp_path.iterdir()) == []


@linux_only
def test_stopped_process_is_cut_off(judge: Judge) -> None:
    """A candidate that stops itself answers nothing and is killed in time."""
    stop = f"import os\nos.kill(os.getpid(), {int(signal.SIGSTOP)})\n"
    verdict = judge("kata03", stop)

    assert (verdict.status, verdict.message) == (
        "timed-out",
        "Importing kata03 was still waiting after 4 seconds. Does it sleep, or read input?",
    )


def test_verdict_without_torch_says_which_authority_is_missing(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reference and differences judge alone, and the message says so."""
    monkeypatch.setattr("grader.truth.oracle.installed_torch", lambda: None)
    right = judge("kata02", solution("kata02"), seed=99)
    wrong = judge("kata02", solution("kata02").replace("+= self.data", "= self.data"), seed=99)

    assert right.message == (
        "kata02 passed: 9 of 9 core checks. PyTorch is not installed: the reference and finite "
        "differences judged without it."
    )
    assert wrong.status == "failed"
    assert wrong.notes == (
        "PyTorch is not installed: the reference and finite differences judged without it.",
    )


def test_first_check_that_fails_asks_no_torch(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that is wrong from the start does not wait for PyTorch."""
    monkeypatch.setattr("grader.truth.oracle.PyTorch", lambda: pytest.fail("PyTorch was asked"))
    text = solution("kata02").replace("other.data * out.grad", "self.data * out.grad")
    verdict = judge("kata02", text, seed=12345)

    assert verdict.status == "failed"
    assert verdict.checks[0].outcome == "failed"


GBK = "梯度".encode("gbk")


@pytest.mark.parametrize(
    ("before", "status"),
    [
        (b"# " + GBK + b"\n", "syntax-error"),
        (b"\n\n# " + GBK + b"\n", "syntax-error"),
        (b"# coding: utf-8\n# " + GBK + b"\n", "syntax-error"),
        (b"\xef\xbb\xbf# " + GBK + b"\n", "syntax-error"),
        (b"# coding: gbk\n# " + GBK + b"\n", "passed"),
        (b"#!/usr/bin/python\n# coding: gbk\n# " + GBK + b"\n", "passed"),
        (b"\xef\xbb\xbf# \xe6\xa2\xaf\r\n", "passed"),
        ("# 梯度\r\n".encode(), "passed"),
    ],
)
def test_bytes_are_read_as_python_reads_a_file(
    judge: Judge, solution: Solution, before: bytes, status: str
) -> None:
    """Bytes that are not UTF-8 need a declaration, in comments as anywhere."""
    verdict = judge("kata03", before + solution("kata03").encode())

    assert verdict.status == status
    if status == "syntax-error":
        assert "Non-UTF-8 code starting with '\\xcc', but no encoding declared" in verdict.message


@pytest.mark.parametrize("depth", [10, 700, 100_000])
def test_reply_nested_deeper_than_any_verb_answers_is_refused(depth: int) -> None:
    """Whoever forged it, nothing of it is walked."""
    deep = b"[" * depth + b"1" + b"]" * depth

    assert RUN.decode(b'{"done": {"trace": {"a": {"data": %b}}}}' % deep) is None
    assert SCRIPT.decode(b'{"done": {"reads": [%b]}}' % deep) is None
    assert BATTERY.decode(b'{"done": {"replies": [{"trace": %b}]}}' % deep) is None
