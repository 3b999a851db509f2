"""Arrays: NumPy behind the wall, arrays on the pipe, and how two arrays are told to differ."""

from __future__ import annotations

import ast
import importlib.util
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks.arrays import Compared, as_number, literal, pattern
from grader.content import catalog
from grader.core.model import KitError, Verdict
from grader.grading.replay import KEPT
from grader.grading.signature import alike, signature
from grader.sandbox import arrays, packages
from grader.sandbox.candidate import Candidate
from grader.sandbox.repeated import REPEATED
from grader.truth.arrays import Array, agree_with_differences, text_of, wrong_places
from grader.truth.readings import consult_script
from grader.truth.script import Script
from grader.ui.screen import Screen
from grader.ui.verdict import verdict_lines
from grader.ui.verdict_page import page_of
from tests.conftest import ROOT

Judge = Callable[..., Verdict]
RIGHT = (ROOT / "grader" / "bank" / "kata16_linear" / "solution.py").read_text("utf-8")
ANSWER = str(ROOT / "reference" / "arrays.py")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")

# Ways of NumPy to a file, and of Python to what is installed beside it; each gives what it has got.
WAYS = {
    "load": f"np.load({ANSWER!r}, allow_pickle=True)",
    "fromfile": f"np.fromfile({ANSWER!r}, 'u1')",
    "memmap": f"np.memmap({ANSWER!r}, 'u1', 'r')",
    "loadtxt": f"np.loadtxt({ANSWER!r}, str, delimiter=chr(0))",
    "genfromtxt": f"np.genfromtxt({ANSWER!r}, str, delimiter=chr(0))",
    "fromregex": f"np.fromregex({ANSWER!r}, '(.+)', [('line', 'U99')])",
    "datasource": f"np.lib.npyio.DataSource().open({ANSWER!r}).read()",
    "tofile": f"np.zeros(9).tofile({str(ROOT / 'katas' / 'left-behind')!r}) or 1",
    "libc": f"(lambda h: h if h >= 0 else None)(__import__('numpy').ctypeslib.ctypes.CDLL(None).open({ANSWER.encode()!r}, 0))",
    "neighbour": "__import__('torch')",
    "another": "__import__('rich')",
    "reference": "__import__('reference.arrays')",
    "beside": "__import__('os').listdir(__import__('os').path.dirname(np.__path__[0]) + '/torch')",
    "text-beside": "open(__import__('os').path.dirname(np.__path__[0]) + '/msgspec/__init__.py').read()",
}


@LINUX
def test_no_way_of_numpy_leads_to_an_answer(judge: Judge) -> None:
    """Files of the kit are out of reach through NumPy too, and so is every other package."""
    tries = "".join(
        f"try:\n    got = {way}\n    print({name!r}, 'LEAKED' if got is not None else 'nothing')\n"
        f"except BaseException as error:\n    print({name!r}, type(error).__name__)\n"
        for name, way in WAYS.items()
    )
    verdict = judge("kata16", RIGHT + "\nfor _ in range(1):\n" + _indented(tries))

    told = dict(line.split(" ", 1) for line in verdict.output.splitlines())
    assert told.keys() == WAYS.keys()
    assert "LEAKED" not in verdict.output
    assert verdict.passed
    assert not (ROOT / "katas" / "left-behind").exists()


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def test_only_katas_of_arrays_import_numpy(judge: Judge) -> None:
    """Elsewhere it is told that the standard library is enough."""
    verdict = judge("kata03", "import numpy\ndef topological_order(root):\n    return []\n")

    assert verdict.status == "import-blocked"
    assert verdict.message == (
        "line 1: 'numpy' can't be imported: kata03 is solved with the standard library alone."
    )


def test_other_packages_are_refused_with_a_sentence(judge: Judge) -> None:
    """A kata of arrays says what it may import."""
    verdict = judge("kata16", "import scipy\n" + RIGHT)

    assert verdict.message == (
        "line 1: 'scipy' can't be imported: kata16 is solved with the standard library and NumPy alone."
    )


def test_missing_numpy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no NumPy reads what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(KitError, match=r"NumPy is not installed for .* 'python -m pip install nu"):
        packages.find_numpy()


ODD: dict[str, tuple[str, str]] = {
    "None": ("None", "y should be an array of shape (1, 1) and is None."),
    "list": ("[[1.0]]", "y should be an array and is a list of 1."),
    "number": ("1.5", "y should have the shape (1, 1) and has ()."),
    "objects": ("(x @ w + b).astype(object)", "is an array of shape (1, 1) (object)."),
    "complex": ("x @ w + b + 0j", "is an array of shape (1, 1) (complex128)."),
    "masked": ("np.ma.array(x @ w + b)", "is a MaskedArray (subclass of ndarray)."),
    "matrix": ("np.asmatrix(x @ w + b)", "is a matrix (subclass of ndarray)."),
    "liar": ("(x @ w + b).view(Liar)", "is a Liar (subclass of ndarray)."),
    "huge": ("np.broadcast_to(1.0, (10**9, 9))", "is a huge array of shape (1000000000, 9)"),
    "single": ("(x @ w + b).astype('f4')", "y should be float64 and is float32."),
    "whole": ("(x @ w + b).astype(int)", "y should be float64 and is int64."),
    "shape": ("(x @ w + b)[0]", "y should have the shape (1, 1) and has (1,). Its numbers are"),
    "nan": ("x @ w + b + np.nan", "y[0, 0] should be "),
    "infinite": ("x @ w + b + np.inf", "and is inf, where a plain finite float"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_array_of_floats_fails_with_a_sentence(judge: Judge, odd: str) -> None:
    """Whatever comes back is named, and nothing of it is believed."""
    expression, said = ODD[odd]
    liar = "\n\nclass Liar(np.ndarray):\n    shape = dtype = property(lambda self: self)\n    __eq__ = lambda *_: True\n"
    text = RIGHT.replace("return x @ w + b, (x, w)", f"return {expression}, (x, w)") + liar

    verdict = judge("kata16", text)
    first = verdict.first_failure()

    assert not verdict.passed
    assert first
    assert said in first.message


def test_views_of_any_order_travel_exactly() -> None:
    """Shape, dtype and every bit of the numbers come out as they went in."""
    whole = np.random.default_rng(5).normal(size=(3, 4, 2))
    for view in (
        whole,
        whole.T,
        whole[::-2, 1:],
        np.asfortranarray(whole),
        whole[0, 0, 0],
        whole[:0],
    ):
        found = Array.parse(arrays.array_or_number(view))

        assert found
        assert found.shape == view.shape
        assert (np.array(found.numbers).reshape(found.shape) == view).all()
        assert found.text == text_of(view)


def test_texts_that_hold_no_array_are_none() -> None:
    """Sizes and numbers have to match."""
    for text in (
        "",
        "float64",
        "float64 2 00",
        "float64 1 zz",
        "float64 a 00",
        "float64 2 " + "00" * 8,
    ):
        assert Array.parse(text) is None


def test_random_numbers_of_numpy_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared generator and those without a seed begin at the same numbers in each request."""
    monkeypatch.setattr(REPEATED, "others", [])
    spec = arrays.PackageFinder.find_spec("numpy.random", np.__path__)
    assert spec
    assert spec.loader
    random = np.random
    monkeypatch.setattr(random, "default_rng", random.default_rng)
    monkeypatch.setattr(spec.loader, "exec_module", spec.loader.exec_module)
    arrays._repeat(random)  # what the loader of the spec does once the module is there

    def drawn() -> list[float]:
        REPEATED.begin()
        return [random.rand(), random.default_rng().random(), random.default_rng().random()]

    first = drawn()
    random.rand(5)

    assert drawn() == first
    assert len({*first}) == 3


def test_a_script_names_numpy_where_it_is_loaded() -> None:
    """Arrays are made by the text of a script, and read as they travel."""
    candidate = Candidate("file.py", "file", {})
    candidate.execute(b"def double(x): return 2 * x")

    found = candidate.script("y = double(np.array([1.5]))", {}, ["y", "[y, 3]"], ["double"])

    doubled = text_of(np.array([3.0]))
    assert found == {"reads": [doubled, [doubled, 3]]}


def same_text(numbers: list[Any]) -> str:
    return text_of(np.array(numbers, dtype=float))


def sentence(got: Any, right: Any, **sizes: int) -> str:
    """Return what is said of an array that differs."""
    found = Compared("dw", got, same_text(right)).difference(sizes)
    return "" if found is None else f"{found.sentence} {found.pattern}".rstrip()


def test_a_right_array_is_no_difference() -> None:
    """Rounding is none, measured by the largest entry where an entry cancels."""
    assert sentence(same_text([1e6, 1e-7]), [1e6, 0.0]) == ""
    assert sentence(same_text([1e6, 1e-5]), [1e6, 0.0]) != ""
    assert sentence(same_text([1 + 1e-10]), [1.0]) == ""
    assert sentence(same_text([1 + 1e-8]), [1.0]) != ""


PATTERNS: dict[str, tuple[list[list[float]], str]] = {
    "zeros": ([[0, 0], [0, 0]], "Every entry is 0."),
    "sign": ([[-1, -2], [-3, -5]], "Every entry has the opposite sign."),
    "n": ([[3, 6], [9, 15]], "Every entry is exactly 3 times too large, and that is N."),
    "root": (
        [[2, 4], [6, 10]],
        "Every entry is exactly 2 times too large, and that is the square root of D.",
    ),
    "product": (
        [[1 / 12, 2 / 12], [3 / 12, 5 / 12]],
        "Every entry is exactly 12 times too small, and that is N * D.",
    ),
    "factor": ([[-2, -4], [-6, -10]], "Every entry is -2 times what it should be."),
    "transposed": ([[1, 3], [2, 5]], "It is transposed."),
    "rows": (
        [[1.5, 2.5], [4, 6]],
        "In each row, all entries are off by one and the same number.",
    ),
    "columns": (
        [[1.5, 3], [3.5, 6]],
        "In each column, all entries are off by one and the same number.",
    ),
    "none": ([[1, 2], [3, 6]], ""),
    "nearly right": ([[1.0000001, 2.0000002], [3.0000003, 5.0000005]], ""),
}


@pytest.mark.parametrize("kind", PATTERNS)
def test_pattern_of_an_error_is_told(kind: str) -> None:
    """A factor has the name of the size that it is, if there is just one."""
    got, said = PATTERNS[kind]
    right = Array((2, 2), [1.0, 2.0, 3.0, 5.0])

    assert (
        pattern(Array((2, 2), [float(x) for row in got for x in row]), right, {"N": 3, "D": 4})
        == said
    )


def test_a_factor_of_two_sizes_is_not_named() -> None:
    """Nobody can tell which of two equal sizes was meant."""
    two = Array((2,), [2.0, 4.0])

    assert (
        pattern(two, Array((2,), [1.0, 2.0]), {"N": 2, "D": 2})
        == "Every entry is exactly 2 times too large."
    )


SHAPES: dict[str, tuple[list[Any], str]] = {
    "transpose": (
        [[1, 3, 5], [2, 4, 6]],
        "dw should have the shape (3, 2) and has (2, 3). It is the transpose of what it should be.",
    ),
    "axis": (
        [[[1, 1], [3, 3], [5, 5]], [[0, 1], [0, 1], [0, 1]]],
        "dw should have the shape (3, 2) and has (2, 3, 2). The sum over axis 0 is missing.",
    ),
    "kept": (
        [[[1, 2], [3, 4], [5, 6]]],
        "dw should have the shape (3, 2) and has (1, 3, 2). Its numbers are right.",
    ),
    "other": ([1, 2], "dw should have the shape (3, 2) and has (2,)."),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_wrong_shape_is_explained(kind: str) -> None:
    """Where the numbers tell how it came about."""
    got, said = SHAPES[kind]

    assert sentence(same_text(got), [[1, 2], [3, 4], [5, 6]]) == said


def test_the_worst_entry_is_named_and_at_most_twelve_are_shown() -> None:
    """Around the worst one, each with what the authorities say."""
    right = np.arange(40.0)
    got = right.copy()
    got[3], got[30] = 4.0, 99.0
    found = Compared("dx", text_of(got), text_of(right), text_of(right), text_of(right)).difference(
        {}
    )

    assert found
    assert found.sentence == "dx[30] should be 30.0 and is 99.0. 2 of 40 entries are wrong."
    assert [row.name for row in found.rows] == [f"dx[{k}]" for k in range(24, 36)]
    assert [row.name for row in found.rows if not row.agrees] == ["dx[30]"]
    assert {(row.pytorch, row.finite_difference) for row in found.rows} == {
        (k, k) for k in right[24:36]
    }


def test_a_number_may_be_an_array_without_axes() -> None:
    """And nothing else: a loss of shape (1,) is none."""
    assert as_number(text_of(np.float64(2.5))) == 2.5
    assert as_number(text_of(np.float64(math.inf))) == {"odd": "inf", "type": "float"}
    assert as_number(text_of(np.array([2.5]))) == {
        "odd": "an array of shape (1,)",
        "type": "float64",
    }
    assert as_number(text_of(np.float32(2.5))) == {"odd": "a number", "type": "float32"}


def test_literals_are_python() -> None:
    """What is shown can be pasted."""
    for text in (
        "np.array([[1.0, -0.5]])",
        "np.array([0, 2], dtype=np.int32)",
        "np.zeros((0, 3))",
        "np.array(2.0)",
    ):
        made = eval(text)
        kind = ", dtype=np.int32" if made.dtype == "int32" else ""
        assert literal(made.shape, made.reshape(-1).tolist(), kind.removeprefix(", dtype=")) == text


LINES = (
    "x = np.array([[0.5, -1.5]])\nw = np.array([[2.0], [3.0]])\nb = np.array([1.0])\n"
    "y, cache = linear_forward(x, w, b)\ndy = np.array([[-0.75]])\ndx, dw, db = linear_backward(dy, cache)"
)
FOLLOWS = ("w", "(dy * linear_forward(x, w, b)[0]).sum()")


def test_three_authorities_answer_for_arrays() -> None:
    """The reference, PyTorch and central differences of sum(dy * y)."""
    read = consult_script(Script(LINES, {}, ("dw",), slopes={"dw": FOLLOWS}), True)["dw"]
    moved = Array.parse(str(read["finite_difference"]))

    assert read["reference"] == read["pytorch"] == text_of(np.array([[-0.375], [1.125]]))
    assert moved
    assert agree_with_differences(Array((2, 1), [-0.375, 1.125]), moved)


@pytest.mark.parametrize("broken", ["linear_forward", "linear_backward"])
def test_authorities_that_differ_are_no_authorities(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """PyTorch and differences are both insisted on: a wrong reference judges nobody."""
    import reference.arrays

    right = getattr(reference.arrays, broken)

    def wrong(*arguments: Any) -> Any:
        first, *rest = right(*arguments)
        return (first * 1.001, *rest)

    monkeypatch.setattr(reference.arrays, broken, wrong)
    asked = Script(LINES, {}, ("y", "dx"), slopes={"dx": ("x", FOLLOWS[1])})

    with pytest.raises(AssertionError, match="the authorities differ on"):
        consult_script(asked, True)
    if broken == "linear_backward":
        with pytest.raises(AssertionError, match="the authorities differ on"):
            consult_script(asked, False)


def test_wrong_places_take_nan_for_wrong() -> None:
    """Whatever it is compared with."""
    assert wrong_places(Array((2,), [math.nan, 1.0]), Array((2,), [math.nan, 1.0])) == [0]


def test_verdict_shows_the_pattern_of_larger_arrays(judge: Judge) -> None:
    """The smallest case is shown, and what all of them have in common is said."""
    verdict = judge("kata16", RIGHT.replace("upstream.sum(axis=0)", "upstream.mean(axis=0)"))

    assert (
        "On larger arrays: every entry is exactly 3 times too small, and that is N."
        in verdict.message
    )
    assert json.dumps(verdict.as_json()).count("np.array") >= 4


def test_rows_have_what_pytorch_said(judge: Judge) -> None:
    """Also in the first verdict of all, in which PyTorch is asked after the checks."""
    verdict = judge("kata16", RIGHT.replace("upstream.sum(axis=0)", "upstream[-1]"), seed=77)
    rows = [
        row for check in verdict.checks if check.counterexample for row in check.counterexample.rows
    ]

    assert rows
    assert all(math.isclose(row.pytorch or 0.0, row.expected) for row in rows)


def test_a_factor_that_differs_from_case_to_case_is_not_told(judge: Judge) -> None:
    """With one example and one input, a sum that is added makes another factor each time."""
    wrong = RIGHT.replace("inputs.T @ upstream", "inputs.T @ upstream + upstream.sum(axis=0)")

    assert not any("times too" in check.message for check in judge("kata16", wrong, seed=9).checks)


def test_finder_knows_numpy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed beside NumPy stays unknown, also where there is no wall."""
    folder = str(Path(np.__file__).parent.parent)
    monkeypatch.setattr(arrays.PackageFinder, "folder", folder)

    assert arrays.PackageFinder.find_spec("numpy")
    assert arrays.PackageFinder.find_spec("msgspec") is None
    assert arrays.PackageFinder.find_spec("numpy_like") is None


def test_pytorch_alone_is_insisted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no differences are asked for, PyTorch has to confirm the reference."""
    from grader.truth import array_twins

    twin = array_twins.NAMES["linear_backward"]
    wrong = {"linear_backward": lambda dy, cache: tuple(x * 1.001 for x in twin(dy, cache))}
    monkeypatch.setattr(array_twins, "NAMES", array_twins.NAMES | wrong)

    with pytest.raises(AssertionError, match="the authorities differ on 'dw'"):
        consult_script(Script(LINES, {}, ("dw",)), True)


def test_a_candidate_has_one_thread_for_products(judge: Judge) -> None:
    """Each more would take memory that counts, and time that is measured."""
    told = "import os\nprint(sorted(name for name, text in os.environ.items() if text == '1'))\n"

    names = ast.literal_eval(judge("kata16", told + RIGHT).output)

    assert {*packages.ONE_THREAD} <= {*names}


STATE = """
    kept = linear_backward.__dict__.setdefault("kept", np.zeros(w.shape))
    dw = dw + kept if kept.shape == dw.shape else dw
    linear_backward.kept = dw
    return dx, dw, db
"""


def test_what_is_kept_between_calls_is_shown_with_what_came_before(judge: Judge) -> None:
    """A scene that fails among others is asked once more alone, and afresh, before it is shown."""
    verdict = judge("kata16", RIGHT.replace("    return dx, dw, db\n", STATE))
    failed = verdict.first_failure()

    assert failed
    assert failed.counterexample
    assert failed.message.endswith(KEPT)
    assert failed.counterexample.before.endswith("# then\n")
    namespace: dict[str, Any] = {"np": np}
    exec(RIGHT.replace("    return dx, dw, db\n", STATE), namespace)
    exec(failed.counterexample.script, namespace)
    row = next(row for row in failed.counterexample.rows if not row.agrees)
    assert eval(row.name, namespace) == pytest.approx(row.got)


def test_arrays_are_alike_but_for_rounding() -> None:
    """A mistake is named whatever the order in which the attempt adds up."""
    ask = {"verb": "script", "reads": ["dw"]}
    one, near, other = (
        signature(ask, {"reads": [text_of(np.array([x]))]}) for x in (0.1 + 0.2, 0.3, 0.31)
    )

    assert alike(one, near)
    assert not alike(one, other)


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_of_entries_fits_the_screen(judge: Judge, width: int) -> None:
    """On a narrow one the last authorities give way; what is got and expected always stays."""
    kata = catalog.find_kata("kata21")
    whole = catalog.solution_of(kata)
    found = judge("kata21", whole.replace(" - by_variance", ""))
    screen = Screen(plain=True)
    screen.width = width

    lines = ["".join(text for text, _ in line) for line in verdict_lines(screen, kata, found)]

    assert max(map(len, lines)) <= width
    (head,) = [line for line in lines if "got  " in line]
    assert all(title in head for title in ("got", "expected", "reference"))
    assert ("differences" in head) == (width == 120)


def test_the_page_has_what_is_needed_to_run_its_program(judge: Judge) -> None:
    """Imports included; rows that are no nodes of a graph have no operation."""
    kata = catalog.find_kata("kata16")
    found = judge("kata16", RIGHT.replace("upstream.sum(axis=0)", "upstream[-1]"))

    page = page_of(kata, found)

    assert "import numpy as np\nfrom kata16_linear import linear_forward, linear_backward\n" in page
    assert "<th>operation</th>" not in page
