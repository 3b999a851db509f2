"""Drawings for a notebook, and the backward pass one node at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from reference.draw import backward_steps, draw, label
from reference.engine import Value

SVG = "{http://www.w3.org/2000/svg}"
Graph = Callable[[Value, Value], Value]
GRAPHS: list[Graph] = [
    lambda a, b: a * b + b**2,
    lambda a, b: a * a,
    lambda a, b: (a * b).tanh() / (1 + b.exp()) - a.sigmoid() * b + (a + b).relu(),
    lambda a, b: a,
]


def article() -> tuple[Value, dict[str, Value]]:
    """Return c = a*b + b**2, and the names of its values."""
    a, b = Value(2.0), Value(3.0)
    c = a * b + b**2
    return c, {"a": a, "b": b, "c": c}


@pytest.mark.parametrize("graph", GRAPHS)
def test_steps_leave_the_gradients_that_backward_leaves(graph: Graph) -> None:
    """The same bits in every leaf, and again in a second pass on top of the first."""
    stepped, whole = [Value(0.7), Value(-1.3)], [Value(0.7), Value(-1.3)]
    root, other = graph(*stepped), graph(*whole)
    for _ in range(2):
        list(backward_steps(root))
        other.backward()

    assert [leaf.grad for leaf in stepped] == [leaf.grad for leaf in whole]


def test_steps_show_what_each_node_passes_on() -> None:
    """Users come before operands; a share is local derivative times upstream gradient."""
    c, names = article()
    rows = [
        (
            *(label(step.node, names), step.upstream, label(share.operand, names)),
            *(share.local, share.product, share.before, share.after),
        )
        for step in backward_steps(c)
        for share in step.shares
    ]

    assert rows == [
        ("c", 1.0, "*", 1.0, 1.0, 0.0, 1.0),
        ("c", 1.0, "**2", 1.0, 1.0, 0.0, 1.0),
        ("*", 1.0, "a", 3.0, 3.0, 0.0, 3.0),
        ("*", 1.0, "b", 2.0, 2.0, 0.0, 2.0),
        ("**2", 1.0, "b", 6.0, 6.0, 2.0, 8.0),
    ]


def test_steps_show_both_shares_of_a_square_written_as_a_product() -> None:
    """a * a hands the derivative to `a` twice, the second time on top of the first."""
    a = Value(3.0)
    (step,) = backward_steps(a * a)

    assert [(share.before, share.after) for share in step.shares] == [(0.0, 3.0), (3.0, 6.0)]


def test_iterator_pauses_between_nodes() -> None:
    """After the first step nothing has reached the leaves."""
    c, names = article()
    next(backward_steps(c))

    assert (names["a"].grad, names["b"].grad, c.grad) == (0.0, 0.0, 1.0)


def test_drawing_has_a_picture_and_words() -> None:
    """A notebook takes the SVG, a prompt the words; a name, an operation or a number is the title."""
    c, names = article()
    c.backward()
    drawing = draw(c + 1, names)

    assert ElementTree.fromstring(drawing._repr_svg_()).tag == f"{SVG}svg"
    assert repr(drawing) == (
        "<Drawing: 1, data 1, grad 0.0; b, data 3.0, grad 8.0; **2, data 9.0, grad 1.0; "
        "a, data 2.0, grad 3.0; *, data 6.0, grad 1.0; c, +, data 15.0, grad 1.0; "
        "+, data 16.0, grad 0.0>"
    )


def test_drawing_of_a_step_shows_the_shares_on_their_way() -> None:
    """The sum is written out where it arrives, and the arrows lead from the node to its operands."""
    c, names = article()
    *_, last = ((draw(c, names, step), step) for step in backward_steps(c))
    drawn = last[0]._repr_svg_()
    boxes = {
        group.findtext(f"{SVG}text/{SVG}tspan"): group.get("class")
        for group in ElementTree.fromstring(drawn).iter(f"{SVG}g")
    }
    (flow,) = re.findall(r'<path class="flow" .*? d="M([\d.]+) .*? ([\d.]+) [\d.]+"/>', drawn)

    assert "**2, data 9.0, grad 1.0, passes its gradient on; " in drawn
    assert ">grad 2.0 + 6.0·1.0 = 8.0<" in drawn
    assert boxes == {"a": "plain", "b": "receiver", "**2": "sender", "*": "plain", "c": "plain"}
    assert float(flow[0]) > float(flow[1])


def test_negative_factors_stand_in_brackets() -> None:
    """-1.0·1.0 after a plus would be misread."""
    a, b = Value(5.0), Value(3.0)
    (step,) = backward_steps(root := a - b)

    assert "grad 0.0 + (-1.0)·1.0 = -1.0" in repr(draw(root, step=step))


def test_picture_keeps_its_colours_without_the_style_sheet() -> None:
    """Each rectangle has a fill and a rim of its own, and no path is filled with ink."""
    drawn = ElementTree.fromstring(draw(article()[0])._repr_svg_())
    paths = [path for path in drawn.findall(f"{SVG}path") if path.get("fill") != "none"]

    assert all(rect.get("fill") and rect.get("stroke") for rect in drawn.iter(f"{SVG}rect"))
    assert not paths


def test_graph_too_large_to_read_is_refused() -> None:
    """The error counts the nodes and says what to do."""
    root = Value(0.0)
    for _ in range(600):
        root = root + 1

    with pytest.raises(
        ValueError, match=r"the graph has 1,201 nodes, and 400 can be drawn: draw a part of it"
    ):
        draw(root)
