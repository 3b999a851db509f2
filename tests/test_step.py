"""The command `step`: its steps end in the engine's gradients, and look the same everywhere."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from textual.widgets import Static

from grader.checks import drawn
from grader.core.model import KitError
from grader.tour import graph
from grader.tour.step_screen import Stepper
from grader.tour.step_views import page_of, step_lines
from grader.tour.walk import Walk, walk_through
from grader.truth.program import Program
from grader.ui.screen import Screen

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
EXAMPLE = """\
  Step 6 of 7 · (a * b) hands its gradient on

    upstream gradient (a * b).grad = 1.0, complete by now
    a.grad: 0.0 + 3.0 * 1.0 = 3.0   (local * upstream = 3.0)
    b.grad: 0.0 + 2.0 * 1.0 = 2.0   (local * upstream = 2.0)

      node     data        grad
   += a        2.0         3.0
   += b        3.0         2.0
      (b**2)   9.0         1.0
   -> (a * b)  6.0         1.0
      c        15.0        1.0
"""


def walk(text: str, **inputs: float) -> Walk:
    return walk_through(graph.read_program(text, [f"{n}={x}" for n, x in inputs.items()]))


def shown(found: Walk) -> str:
    lines = (line for n in range(len(found.moments)) for line in step_lines(Screen(True), found, n))
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["backward", "arithmetic", "activations", "everything"])
def test_steps_end_in_the_engines_gradients(kind: str, seed: int) -> None:
    """On drawn programs, forward and backward: the last step holds what backward() leaves."""
    tried = 0
    for made in drawn.sampled(kind, seed):
        code = made.code.partition("\n" + made.result + ".grad")[0]
        lines = [
            line for line in code.splitlines() if "grad" not in line and "backward" not in line
        ]
        whole = Program("\n".join([*lines, f"{made.result}.backward()"]), made.inputs)
        if len(lines) > 40:
            continue
        tried += 1
        right = graph.graph_of(whole)
        found = walk_through(whole)
        last = found.moments[-1]

        assert last.data == tuple(node.data for node in right.nodes)
        assert last.grads == pytest.approx([node.grad for node in right.nodes], rel=1e-12)
        assert all(s.product == s.local * s.upstream for m in found.moments for s in m.shares)
    assert tried


def test_numbers_appear_when_they_are_known() -> None:
    """Before a node is computed it has no number, before the backward pass no gradient."""
    moments = walk("c = a*b + b**2", a=2, b=3).moments

    assert [m.kind for m in moments] == ["forward"] * 3 + ["seed"] + ["backward"] * 3
    assert moments[0].data.count(None) == 2
    assert set(moments[2].grads) == {None}
    assert moments[3].grads.count(1.0) == 1


def test_names_stay_short_however_often_a_value_is_used() -> None:
    """Twenty-eight doublings are walked through at once; a value with two names is found."""
    found = walk("x = a\nfor _ in range(28):\n    x = x * x\nx.backward()", a=1)

    assert len(found.moments) == 57
    assert max(map(len, found.names())) <= 42
    assert walk("c = a * b\nd = c\nc.backward()", a=2, b=3).moments[-1].kind == "backward"


def test_a_value_used_twice_gets_two_shares() -> None:
    """a * a hands a its number twice."""
    last = walk("c = a * a", a=3).moments[-1]

    assert [(s.before, s.product, s.after) for s in last.shares] == [
        (0.0, 3.0, 3.0),
        (3.0, 3.0, 6.0),
    ]


def test_the_whole_of_a_step() -> None:
    """As the README shows it: what happens, and all nodes with marks."""
    assert EXAMPLE in shown(walk("c = a*b + b**2", a=2, b=3))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("c = a * b\nc.grad = 5\nc._backward()", "ends in one backward()"),
        ("c = a * b\nc.backward()\nd = c * 2\nd.backward()", "ends in one backward()"),
        ("c = a * b\nc.backward()\nd = c * 2", "ends in one backward()"),
        (
            "\n".join(["c = a * b", *["c = c * a"] * 70]),
            "The graph has 73 nodes, and step goes through 60.",
        ),
        ("c = a / (b - b)", "division by zero"),
        ("c = a * x", "x"),
        ("c = a.sinh()", "sinh"),
        ("c = 2 * 3", "'int' object has no attribute 'backward'"),
    ],
)
def test_programs_that_can_not_be_stepped_through(text: str, fault: str) -> None:
    """Each with a sentence that says what it is."""
    with pytest.raises(KitError, match=re.escape(fault)):
        walk(text, a=2, b=3)


def test_on_a_pipe_every_step_is_printed(cli: Cli) -> None:
    """One after the other; the command of the README."""
    done = cli("step", "c = a*b + b**2", "a=2", "b=3")

    assert done.returncode == 0
    assert done.stdout.count("Step ") == 7
    assert EXAMPLE in done.stdout


def test_as_json(cli: Cli) -> None:
    """The same steps for programs."""
    document = json.loads(cli("step", "c = a*b + b**2", "a=2", "b=3", "--json").stdout)

    assert document["schema"] == 1
    assert [step["kind"] for step in document["steps"]].count("backward") == 3
    names = [node["name"] for node in document["nodes"]]
    grads = dict(zip(names, document["steps"][-1]["grads"], strict=True))
    assert (grads["a"], grads["b"]) == (3.0, 8.0)


def test_bad_input_is_told(cli: Cli, tmp_path: Path) -> None:
    """Exit 2 and a sentence; nothing on standard output."""
    for arguments in (("c = a*b", "a=2"), ("c = a*b", "a=2", "b=x"), ("", "a=1")):
        done = cli("step", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr
    done = cli("step", "c = a*a", "a=2", "--html", str(tmp_path))
    assert done.returncode == 2
    assert "can't be written" in done.stderr


class Page(HTMLParser):
    """Collects what a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sections = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.sections += tag == "section"
        self.ids += [given["id"]] if given.get("id") else []  # type: ignore[list-item]
        self.links += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_page_has_every_step_without_a_script(cli: Cli, tmp_path: Path) -> None:
    """Seven sections with a picture each, names that are unique, no link outward."""
    path = tmp_path / "step.html"
    done = cli("step", "tip = a*b + b**2", "a=2", "b=3", "--html", str(path))
    text = path.read_text("utf-8")
    found = Page()
    found.feed(text)

    assert done.stdout == f"{path} is written.\n" or done.stdout.split()[-2:] == ["is", "written."]
    assert found.sections == 7
    assert text.count("<svg") == 7
    assert len(set(found.ids)) == len(found.ids)
    assert found.links == []
    assert 'class="name">tip<' in text
    assert text.index("</section>") < text.index("<script>")
    assert page_of(walk("c = a * b", a=2, b=3)).startswith("<!DOCTYPE html>")


def test_keys_move_and_stop_at_the_ends() -> None:
    """Space and the arrows; first and last; the step fits a new width."""
    app = Stepper(walk("c = a*b + b**2", a=2, b=3))
    foot: list[str] = []

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            seen = [app.number]
            keys = [active.binding for active in app.screen.active_bindings.values()]
            foot.extend(dict.fromkeys(key.description for key in keys if key.show))
            for key in ("space", "right", "enter", "left", "b", "home", "left", "end", "space"):
                await pilot.press(key)
                seen.append(app.number)
            assert seen == [0, 1, 2, 3, 2, 1, 0, 0, 6, 6]
            assert "Step 7 of 7" in str(app.query_one("#body", Static).render())
            await pilot.resize_terminal(50, 20)
            assert "Step 7 of 7" in str(app.query_one("#body", Static).render())
            await pilot.press("q")

    asyncio.run(run())
    assert foot == ["On", "Back", "First", "Last", "Quit"]


def test_a_long_number_keeps_its_distance() -> None:
    """Data of thirteen characters does not run into the gradient."""
    found = shown(walk("c = a * b", a=-2.34567e100, b=1.0))

    assert "a     -2.34567e+100  .\n" in found
