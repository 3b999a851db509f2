"""Graphs to sort: what the candidate is given, and that nothing in it tells an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.checks.orders import OperandTable
from grader.checks.small_graphs import small_graphs
from grader.core.model import Verdict
from grader.sandbox import candidate
from grader.truth.program import program

Judge = Callable[..., Verdict]

REACHED = """
import gc, sys

def reached(root):
    found, todo = {id(root): root}, [root]
    while todo:
        for node in todo.pop()._prev:
            if id(node) not in found:
                found[id(node)] = node
                todo.append(node)
    return list(found.values())

def place(node, things):
    return next((i for i, thing in enumerate(things) if thing is node), 0)

def topological_order(root):
"""


@pytest.mark.parametrize(
    "body",
    [
        "return sorted(reached(root), key=lambda node: node._serial)",
        "return [n for n in root._made if any(n is r for r in reached(root))]",
        "return sorted(reached(root), key=id)",
        "return sorted(reached(root), key=id, reverse=True)",
        "return sorted(reached(root), key=lambda node: id(node._prev))",
        "return sorted(reached(root), key=lambda node: id(node.data))",
        "return sorted(reached(root), key=lambda node: id(node.__dict__))",
        "things = gc.get_objects()\n"
        "    return sorted(reached(root), key=lambda node: place(node, things))",
        "things = gc.get_objects()\n"
        "    return sorted(reached(root), key=lambda node: place(node._prev, things))",
        "names = list(sys._getframe(1).f_locals.get('names', {}).values())\n"
        "    return sorted(reached(root), key=lambda node: place(node, names))",
        "made = sys._getframe(1).f_locals['nodes']\n"
        "    return sorted(reached(root), key=lambda node: place(node, made))",
        "return sorted(reached(root), key=lambda node: node.data)",
        "return sorted(reached(root), key=lambda node: node.__sizeof__())",
    ],
)
def test_nothing_but_the_operands_tells_the_order(judge: Judge, body: str) -> None:
    """No attribute, address or list of objects says in which order the nodes came about."""
    verdict = judge("kata03", f"{REACHED}    {body}\n")
    passed = [check.source.id for check in verdict.checks if check.outcome == "passed"]

    assert verdict.status in ("failed", "timed-out")  # to look through all objects takes long
    assert "test_operands_come_before_their_users" not in passed
    assert "test_any_graph" not in passed
    assert "test_every_small_graph" not in passed


SMALL = """
def topological_order(root):
    order = []

    def visit(node):
        if not any(node is listed for listed in order):
            for operand in node._prev:
                visit(operand)
            order.append(node)

    visit(root)
    return order
"""


@pytest.mark.parametrize(
    ("find", "replace", "sentence"),
    [
        (
            "    return order\n",
            "    return tuple(order)\n",
            "returned a tuple; it should return a list",
        ),
        ("in node._prev:", "in list(node._prev)[:2]:", "is not listed and should be listed once"),
        ("in node._prev:", "in filter(lambda n: n.data, node._prev):", "is not listed"),
        ("        if not any(", "        if True or not any(", "listed 2 times"),
        (
            "        if not any(",
            "        node.grad += 1.0\n        if not any(",
            "a node was changed",
        ),
        ("    return order\n", "    return order[::-1]\n", "is listed before its operand"),
        (
            "    order = []\n",
            "    if hasattr(root, 'kept'):\n        return root.kept\n    order = root.kept = []\n",
            "at the second call",
        ),
        ("in node._prev:", "in range(0):", "is not listed and should be listed once"),
        ("    visit(root)\n", "    root._prev[0]\n    visit(root)\n", "raised IndexError"),
    ],
)
def test_small_graphs_tell(judge: Judge, find: str, replace: str, sentence: str) -> None:
    """Each mistake is told by the check of all small graphs, with a graph that can be pasted."""
    assert find in SMALL
    found = {c.source.id: c for c in judge("kata03", SMALL.replace(find, replace)).checks}
    check = found["test_every_small_graph"]

    assert sentence in check.message
    assert check.counterexample
    assert check.counterexample.code.endswith(")")
    assert "= Value(" in check.counterexample.code


def test_small_graphs_are_all_there_are() -> None:
    """One node to five, no to three operands, each container; no graph stands twice."""
    graphs = [graph for chunk in small_graphs() for graph in chunk]

    assert [len(chunk) for chunk in small_graphs()] == [1, 3, 48, 1716, 576]
    assert len({graph.operands for graph in graphs}) == len(graphs)
    assert {len(parts) for graph in graphs for parts in graph.operands} == {0, 1, 2, 3}
    assert {graph.container for graph in graphs} == {"tuple", "list", "set"}
    assert any(graph.nodes != sorted(graph.nodes) for graph in graphs)


def test_graph_of_a_program_is_shuffled_the_same_way_every_time() -> None:
    """Same program, same places: the verdict on a wrong file does not depend on luck."""
    graph = OperandTable.of(program("c = a * b\nd = c + a\ne = d * 4", a=2, b=3))
    nodes, asked = graph.shuffled("x")

    assert graph.shuffled("x") == (nodes, asked)
    assert graph.shuffled("y")[0] != nodes
    assert sorted(nodes) == list(range(graph.size))
    assert nodes[asked["root"]] == graph.size - 1


def test_nodes_hold_the_numbers_of_the_program() -> None:
    """What is sent is the graph of the program: its numbers, operations and operands."""
    graph = OperandTable.of(program("c = a * b\nd = c + a\nd = d * -4", a=2, b=3))

    assert graph.data == [2.0, 3.0, 6.0, 8.0, -4.0, -32.0]
    assert graph.operations == [" ", " ", "*", "+", " ", "*"]
    assert (graph.left, graph.right) == ([-1, -1, 0, 2, -1, 3], [-1, -1, 1, 0, -1, 4])
    assert graph.names == {0: "a", 1: "b", 2: "c", 5: "d"}


def test_marks_and_changes_are_told_from_each_other(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """A node may be given attributes of its own; its data, gradient and operands have to stay."""
    text = solution("kata03")
    for line, status in (
        ("root.mark = 1", "passed"),
        ("root.grad = 0.0", "passed"),
        ("root.data += 1", "failed"),
        ("root.grad = 1.0", "failed"),
        ("root._prev = root._prev[::-1]", "failed"),
    ):
        changed = text.replace("    visited = set()", f"    {line}\n    visited = set()")
        assert changed != text
        assert judge("kata03", changed).status == status, line


def test_of_a_large_graph_some_nodes_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand in a shuffled order, and to look at a hundred thousand takes a while."""

    def spoil(root: Any) -> list[Any]:
        listed = [root]
        for node in listed:
            node.grad = 1.0
            listed += node._prev
        return listed

    made = program("c = a * b\nd = c + a", a=2, b=3)
    _, graph = OperandTable.of(made).shuffled("a label")
    learner = candidate.Candidate("attempt.py", "attempt", {})
    monkeypatch.setitem(learner.module.__dict__, "topological_order", spoil)

    assert learner.sort(**graph, times=1)["changed"] == [0, 1, 2, 3]
    monkeypatch.setattr(candidate, "WATCHED", 2)
    assert learner.sort(**graph, times=1)["changed"] == [0, 1]
