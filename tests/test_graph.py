"""Graphs on the terminal and as pictures, and where a gradient first goes wrong."""

from __future__ import annotations

import itertools
import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from grader.checks.blame import first_wrong
from grader.core.model import KitError
from grader.tour.graph import graph_of, picture_of, read_program, tree_of
from grader.truth.program import program
from reference.picture import Box, Picture, svg

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
SVG = "{http://www.w3.org/2000/svg}"


def test_tree_shows_every_node_with_data_and_grad() -> None:
    """The article's program: 15, 3 and 8; an inner value without a name has a dot."""
    lines = tree_of(graph_of(read_program("c = a*b + b**2", ["a=2", "b=3"])))

    assert lines == [
        ("c", "+", 15.0, 1.0),
        ("├─ ·", "*", 6.0, 1.0),
        ("│  ├─ a", "", 2.0, 3.0),
        ("│  └─ b", "", 3.0, 8.0),
        ("└─ ·", "**2", 9.0, 1.0),
        ("   └─ b", "", 3.0, 8.0),
    ]


def test_shared_node_is_shown_once() -> None:
    """The second time it is named, without what is below it."""
    lines = tree_of(graph_of(read_program("d = a*2; e = d*d", ["a=3"])))

    assert [line[0] for line in lines] == ["e", "├─ d", "│  ├─ a", "│  └─ 2", "└─ d"]
    assert lines[-1][1] == "as above"


def test_backward_in_the_program_is_the_one_that_runs() -> None:
    """A program may say itself where the reverse pass begins; two calls add up in leaves."""
    lines = tree_of(graph_of(read_program("b = a*3; b.backward(); b.backward()", ["a=2"])))

    assert lines[1] == ("├─ a", "", 2.0, 6.0)


@pytest.mark.parametrize(
    ("text", "inputs", "problem", "fix"),
    [
        (
            "c = a*b +* 2",
            ["a=2", "b=3"],
            "Invalid syntax:\n    c = a*b +* 2\n             ^",
            "A program has + - * / **, numbers, and relu() tanh() exp() log() sigmoid().",
        ),
        (
            "a*b + c",
            ["a=2", "b=3"],
            "The name 'c' has no value yet:\n    out = a*b + c\n                ^",
            "Give it a number, such as c=2.",
        ),
        (
            "x = a; y = x.sin()",
            ["a=2"],
            "'x.sin()' is not part of a program:\n    y = x.sin()\n        ^",
            "A program has + - * / **, numbers, and relu() tanh() exp() log() sigmoid().",
        ),
        ("a*2", ["a=inf"], "'a=inf' is not a name and a number.", "Write a=2, for example."),
        (
            "b = a\nfor _ in range(3):\n    b = b * a\n    b.backward()",
            ["a=3"],
            "Only assignments can stand in a loop:\n        b.backward()\n        ^",
            "A program has + - * / **, numbers, and relu() tanh() exp() log() sigmoid().",
        ),
        (
            "a * 10 ** 400",
            ["a=3"],
            "'10 ** 400' is too large for a float:\n    out = a * 10 ** 400\n              ^",
            "A program has + - * / **, numbers, and relu() tanh() exp() log() sigmoid().",
        ),
        ("a*2", ["a"], "'a' is not a name and a number.", "Write a=2, for example."),
        ("a*2", ["a=x"], "'a=x' is not a name and a number.", "Write a=2, for example."),
        ("a.log()", ["a=-2"], "log needs a number above 0, not -2.", "Choose other numbers."),
        ("a/0", ["a=1"], "float division by zero.", "Choose other numbers."),
        (
            "x = a\nfor _ in range(1000):\n    x = x + 1",
            ["a=1"],
            "The graph has 2,001 nodes, and 400 can be drawn.",
            "Draw a smaller program.",
        ),
    ],
)
def test_bad_program_gets_a_caret(text: str, inputs: list[str], problem: str, fix: str) -> None:
    """What is wrong, where, and what to do."""
    with pytest.raises(KitError) as found:
        graph_of(read_program(text, inputs))

    assert (found.value.problem, found.value.fix) == (problem, fix)


def test_loop_alone_is_something_to_compute() -> None:
    """A program may be one loop; its last value is where the reverse pass begins."""
    lines = tree_of(graph_of(read_program("for _ in range(3):\n    a = a + a", ["a=3"])))

    assert (lines[0], lines[3]) == (("a", "+", 24.0, 1.0), ("│  │  ├─ 3.0", "", 3.0, 8.0))


@pytest.mark.parametrize("text", ["a" + 2_999 * "+a", "0" + 9_000 * "-" + "a", "a*1" + 400 * "0"])
@pytest.mark.parametrize("command", ["graph", "step"])
def test_text_too_large_to_walk_is_a_sentence(cli: Cli, command: str, text: str) -> None:
    """What Python's parser or ours could not take is refused, without a traceback."""
    found = cli(command, text, "a=2")

    assert found.returncode == 2
    assert re.search("nested too deeply|too large for a float", found.stderr)


def boxes_of(text: str) -> list[tuple[float, float, float, float]]:
    """Return x, y, width and height of every box of an SVG."""
    rects = ElementTree.fromstring(text).iter(f"{SVG}rect")
    return [tuple(float(r.get(k, "nan")) for k in ("x", "y", "width", "height")) for r in rects]  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "c = a*b + b**2",
        "d = a*b; e = d + a; f = e*d; g = f + a; h = g*d",
        "c = (a*b).tanh() / (1 + b.exp()) - a.sigmoid()*b + (a + b).relu()",
    ],
)
def test_boxes_of_a_picture_do_not_overlap(text: str) -> None:
    """Every node has a place of its own, inside the picture."""
    drawn = svg(picture_of(graph_of(read_program(text, ["a=2", "b=3"]))))
    boxes = boxes_of(drawn)
    root = ElementTree.fromstring(drawn)
    wide, high = float(root.get("width", "0")), float(root.get("height", "0"))

    for index, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x <= x + w <= wide
        assert 0 <= y <= y + h <= high
        for x2, y2, w2, h2 in boxes[index + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_edges_lead_from_operand_to_user_left_to_right() -> None:
    """Each path begins at the right side of a box and ends at the left side of another."""
    drawn = svg(picture_of(graph_of(read_program("c = a*b; d = c*a; e = d + a", ["a=2", "b=3"]))))
    starts = {round(x + w, 1) for x, _, w, _ in boxes_of(drawn)}
    ends = {round(x, 1) for x, _, _, _ in boxes_of(drawn)}
    paths = re.findall(r'url\(#tip\)" d="M([\d.]+) .*? ([\d.]+) [\d.]+"', drawn)

    assert len(paths) == 6
    for start, end in paths:
        assert min(abs(float(start) - x) for x in starts) < 0.2
        assert min(abs(float(end) - x) for x in ends) < 0.2


def crossings(drawn: str) -> int:
    """Return how often two edges of a picture cross between two of their corners."""
    pieces = []
    for path in re.findall(r'class="edge"[^>]* d="([^"]*)"', drawn):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
        corners = [numbers[:2], *(numbers[i + 4 : i + 6] for i in range(2, len(numbers), 6))]
        pieces += list(itertools.pairwise(corners))

    def height(piece: Any, x: float) -> float:
        (x0, y0), (x1, y1) = piece
        return float(y0 + (y1 - y0) * (x - x0) / (x1 - x0))

    count = 0
    for one, other in itertools.combinations(pieces, 2):
        left, right = max(one[0][0], other[0][0]), min(one[1][0], other[1][0])
        if left < right:
            apart = [height(one, x) - height(other, x) for x in (left, right)]
            count += apart[0] * apart[1] < -1e-9
    return count


def test_long_edges_cross_nothing_where_they_need_not() -> None:
    """Two chains side by side, each with an edge past it: the bends stand with their chain."""
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (1, 4), (5, 6), (6, 7), (7, 8), (8, 9), (6, 9)]
    drawn = svg(Picture([Box(f"n{i}") for i in range(10)], edges))

    assert drawn.count('class="edge"') == 10
    assert crossings(drawn) == 0


def test_picture_says_in_words_what_its_colours_say() -> None:
    """The wrong node is marked by words, a dashed rim and a title; text is escaped."""
    picture = Picture([Box("a", "<b>", ["grad 1"], "first"), Box("c", "a * a")], [(0, 1)], {(0, 1)})
    drawn = svg(picture)

    assert "✗ wrong first" in drawn
    assert 'class="blamed"' in drawn
    assert "a, &lt;b&gt;, grad 1, wrong first; c, a * a" in drawn
    assert "<b>" not in drawn


def test_command_draws_on_a_pipe_and_into_a_file(cli: Cli, tmp_path: Path) -> None:
    """Plain characters on a pipe; one SVG file; a sentence where it can't be written."""
    shown = cli("graph", "c = a*b + b**2", "a=2", "b=3")
    written = cli("graph", "a*a", "a=2", "--svg", str(tmp_path / "g.svg"))
    refused = cli("graph", "a*a", "a=2", "--svg", str(tmp_path / "no" / "g.svg"))

    assert shown.stdout.splitlines()[:3] == [
        "  node     operation  data  grad",
        "  c        +          15.0  1.0",
        "  |- ·     *          6.0   1.0",
    ]
    assert written.returncode == 0
    assert ElementTree.parse(tmp_path / "g.svg").getroot().tag == f"{SVG}svg"
    assert refused.returncode == 2
    assert "can't be written: No such file or directory." in refused.stderr


@pytest.mark.parametrize(
    ("code", "got", "expected", "node", "sentence"),
    [
        (
            "b = a * a\nb.backward()",
            {"a": 3.0, "b": 1.0},
            {"a": 6.0, "b": 1.0},
            "a",
            "`b = a * a` should pass 6.0 to `a`; 3.0 is there.",
        ),
        (
            "b = a * 2\nc = b * 3\nc.backward()",
            {"a": 9.0, "b": 4.5, "c": 1.0},
            {"a": 6.0, "b": 3.0, "c": 1.0},
            "b",
            "`c = b * 3` should pass 3.0 to `b`; 4.5 is there.",
        ),
        (
            "b = a * 2\nb.backward()",
            {"a": 0.0, "b": 0.0},
            {"a": 2.0, "b": 1.0},
            "b",
            "`b` should have 1.0 and has 0.0: `b.backward()` begins with 1.",
        ),
        (
            "b = a * 2\nc = a * 5\nd = b + c\nd.backward()",
            {"a": 5.0, "b": 1.0, "c": 1.0, "d": 1.0},
            {"a": 7.0, "b": 1.0, "c": 1.0, "d": 1.0},
            "a",
            "What `a` lacks is 2.0, the contribution of `b = a * 2`.",
        ),
        (
            "b = a * 2\nc = a * 5\nd = a * 11\ne = b + c\nf = e + d\nf.backward()",
            {"a": 11.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0, "f": 1.0},
            {"a": 18.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0, "f": 1.0},
            "a",
            "`a` holds the contribution of `d = a * 11` alone; that of `b = a * 2` and `c = a * 5` "
            "is missing.",
        ),
        (
            "b = a * 4\nc = b * 8\nc.backward()",
            {"a": 64.0, "b": 8.0, "c": 1.0},
            {"a": 32.0, "b": 8.0, "c": 1.0},
            "a",
            "`b = a * 4` should pass 32.0 to `a`; 64.0 is there, 2 x 32.0, as if it had run 2 times.",
        ),
        (
            "b = a * 2\nc = a * 5\nd = b + c\nd.backward()",
            {"a": 6.5, "b": 1.0, "c": 1.0, "d": 1.0},
            {"a": 7.0, "b": 1.0, "c": 1.0, "d": 1.0},
            "a",
            "`a` collects from `b = a * 2` and `c = a * 5`: together 7.0.",
        ),
        (
            "c = a * a\na.grad = 5.0\nc.grad = 7.0\nc._backward()",
            {"a": 42.0, "c": 7.0},
            {"a": 47.0, "c": 7.0},
            "a",
            "`c = a * a` should pass 42.0 to `a`; 37.0 is there.",
        ),
        (
            "b = a * 2\nc = a * 5\na.grad = 3.0\nd = b + c\nd.backward()",
            {"a": 5.0, "b": 1.0, "c": 1.0, "d": 1.0},
            {"a": 10.0, "b": 1.0, "c": 1.0, "d": 1.0},
            "a",
            "`a` holds the contribution of `b = a * 2` alone; that of `c = a * 5` is missing.",
        ),
        (
            "b = a * 2\nc = a * 5\nd = b * c\nd.backward()",
            {"a": 1.0, "b": 15.0, "c": 7.0, "d": 1.0},
            {"a": 60.0, "b": 15.0, "c": 6.0, "d": 1.0},
            "c",
            "`d = b * c` should pass 6.0 to `c`; 7.0 is there.",
        ),
        (
            "b = a * 2\nc = a * 5\nd = b * c\nd.backward()",
            {"a": 1.0, "b": 14.0, "c": 7.0, "d": 1.0},
            {"a": 60.0, "b": 15.0, "c": 6.0, "d": 1.0},
            "c",
            "`d = b * c` should pass 6.0 to `c`; 7.0 is there.",
        ),
        (
            "b = a * 2\nc = b * 5\nd = c * 3\nd.backward()",
            {"a": 1.0, "b": 2.0, "c": 4.0, "d": 1.0},
            {"a": 30.0, "b": 15.0, "c": 3.0, "d": 1.0},
            "c",
            "`d = c * 3` should pass 3.0 to `c`; 4.0 is there.",
        ),
    ],
)
def test_first_wrong_node_and_who_handed_what(
    code: str, got: dict[str, float], expected: dict[str, float], node: str, sentence: str
) -> None:
    """The node is wrong while all that feed it are right; the sentence has the numbers."""
    found = first_wrong(program(code, a=3), got, expected)

    assert found
    assert (found.node, found.sentence) == (node, sentence)


def test_no_blame_where_names_are_not_nodes() -> None:
    """A loop, or a name given twice, has nodes that no name stands for."""
    loop = program("x = a\nfor _ in range(3):\n    x = x + x\nx.backward()", a=3)
    twice = program("b = a * 2\nb = b * 3\nb.backward()", a=3)

    assert first_wrong(loop, {"a": 1.0}, {"a": 8.0}) is None
    assert first_wrong(twice, {"a": 1.0}, {"a": 6.0}) is None


def test_page_is_whole_and_asks_the_network_for_nothing(cli: Cli, tmp_path: Path) -> None:
    """Task, verdict, program, graph and diagnosis on one page without script or link."""
    wrong = tmp_path / "wrong.py"
    solution = Path("grader/bank/kata02_mul_backward/solution.py").read_text("utf-8")
    wrong.write_text(solution.replace("other.grad += self.data", "other.grad = self.data"))
    page = tmp_path / "verdict.html"
    found = cli("kata02", "--solution", str(wrong), "--html", str(page))
    text = page.read_text("utf-8")

    assert found.returncode == 1
    for part in (
        "kata02 · The backward of *",
        "b = a * a",
        "<svg",
        "✗ wrong first",
        "Known mistake",
    ):
        assert part in text
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"<script|<link|src=|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", text)


def test_page_of_a_pass_and_of_a_crash_are_written_too(cli: Cli, tmp_path: Path) -> None:
    """Whatever the verdict, there is a page; what the learner wrote is escaped."""
    crash = tmp_path / "crash.py"
    crash.write_text("raise ValueError('<script>alert(1)</script>')")
    page = tmp_path / "verdict.html"
    cli("kata02", "--solution", "grader/bank/kata02_mul_backward/solution.py", "--html", str(page))
    passed = page.read_text("utf-8")
    cli("kata02", "--solution", str(crash), "--html", str(page))

    assert "✓ passed in" in passed
    assert "<script" not in page.read_text("utf-8")
    assert math.isclose(passed.count('class="good"'), 10)
