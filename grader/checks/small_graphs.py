"""Every small graph to sort: nodes of up to three operands, the same one repeated as well.

A graph of so many nodes gives for each node the nodes before it that are its operands; the last is
the root. A node that the root does not need must not be listed. All graphs of up to four nodes are
tried, and all of five whose nodes have two operands each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from grader.checks.failure import CheckFailed, raised
from grader.checks.graded import GradedAttempt
from grader.core.model import Counterexample, Row
from grader.sandbox.failures import LearnerError
from grader.sandbox.protocol import ORDERS, Ordered

Operands = tuple[int, ...]

NAMES = "abcde"
CONTAINERS = {"tuple": "({})", "list": "[{}]", "set": "{{{}}}"}
DATA = ((2.0, 3.0, 5.0, -4.0, 7.0), (3.0,) * 5, (0.0, 2.0, 0.0, -1.0, 0.0))
LABELS = (("", "+", "*", "+", "*"), ("",) * 5)


@dataclass(frozen=True)
class SmallGraph:
    """The operands of each node, the root last, and how the nodes look."""

    operands: tuple[Operands, ...]
    data: tuple[float, ...]
    labels: tuple[str, ...]
    container: str

    @cached_property
    def nodes(self) -> list[int]:
        """Return which node stands at each place of the graph that is sent, in no telling order."""
        order = list(range(len(self.operands)))
        random.Random(repr(self.operands)).shuffle(order)
        return order

    def wire(self) -> list[Any]:
        """Return the graph as a candidate is asked for it."""
        nodes, place = self.nodes, self.nodes.index
        return [
            [self.data[node] for node in nodes],
            [self.labels[node] for node in nodes],
            [[place(operand) for operand in self.operands[node]] for node in nodes],
            self.container,
            place(len(nodes) - 1),
        ]

    def read(self, listed: list[int]) -> list[int]:
        """Return the nodes at these places, -1 for a place that there is not."""
        known = dict(enumerate(self.nodes))
        return [known.get(place, -1) for place in listed]

    @property
    def needed(self) -> set[int]:
        """Return the nodes that the root depends on, itself included."""
        found, todo = set(), [len(self.operands) - 1]
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += self.operands[node]
        return found

    def code(self) -> str:
        """Return Python that builds the graph and sorts it."""
        lines = []
        for node, operands in enumerate(self.operands):
            name, label = NAMES[node], self.labels[node]
            inner = ", ".join(NAMES[operand] for operand in operands)
            held = CONTAINERS[self.container].format(inner + "," * (len(operands) == 1))
            parts = [repr(self.data[node])] + [held] * bool(operands and self.container == "tuple")
            parts += [f"_op={label!r}"] * bool(operands and label)
            lines.append(f"{name} = Value({', '.join(parts)})")
            if operands and self.container != "tuple":
                lines.append(f"{name}._prev = {held.replace(',}', '}').replace(',]', ']')}")
        return "\n".join([*lines, f"topological_order({NAMES[len(self.operands) - 1]})"])


def small_graphs() -> Iterator[list[SmallGraph]]:
    """Yield the graphs by size."""
    for size in (1, 2, 3, 4, 5):
        choices = [_choices(node, size) for node in range(size)]
        shapes = [made for made in product(*choices) if made[-1] or size == 1]
        yield [_dressed(made, index) for index, made in enumerate(shapes)]


def _dressed(operands: tuple[Operands, ...], index: int) -> SmallGraph:
    """Return a graph with numbers, labels and a container in turn; a set holds no node twice."""
    repeats = any(len(set(parts)) < len(parts) for parts in operands)
    container = ("tuple", "list", "set", "tuple")[index % 4] if len(operands) > 2 else "tuple"
    container = "list" if repeats and container == "set" else container
    return SmallGraph(operands, DATA[index % 3], LABELS[index // 3 % 2], container)


def _choices(node: int, size: int) -> list[Operands]:
    before = range(node)
    pairs: list[Operands] = list(product(before, before))
    if size == 5:
        return pairs or [()]
    triples = [(a, b, c) for a, b, c in product(before, before, before) if b != c or a == b]
    return [(), *((a,) for a in before), *pairs, *triples]


def expect_small_orders(attempt: GradedAttempt) -> None:
    """Hold `topological_order` against every small graph, two calls on each."""
    for graphs in small_graphs():
        call = f"topological_order on {len(graphs):,} small graphs"
        asked = [graph.wire() for graph in graphs]
        found = attempt.ask(ORDERS, call, graphs=asked, keep_going=True)["found"]
        if len(found) != len(graphs):
            raise CheckFailed(f"{call} gave no lists of nodes.")
        for graph, item in zip(graphs, found, strict=True):
            if _fault(graph, item):
                _judge_alone(attempt, graph, item)
        attempt.tried += len(graphs)


def _judge_alone(attempt: GradedAttempt, graph: SmallGraph, among_others: Ordered) -> None:
    """Fail with what is wrong with one graph, tried once more on its own."""
    shown = Counterexample({}, graph.code())
    try:
        reply = attempt.ask(
            ORDERS, "topological_order on a small graph", graphs=[graph.wire()], keep_going=False
        )
    except LearnerError as error:
        raise raised(attempt, error, "topological_order on the graph below", shown) from None
    alone = reply["found"][0] if reply["found"] else among_others
    fault, row = _fault(graph, alone) or _fault(graph, among_others) or ("", None)
    more = "" if _fault(graph, alone) else " It was right when this graph came alone."
    rows = (row,) if row else ()
    raise CheckFailed(
        f"In the graph below {fault}.{more}", Counterexample({}, graph.code(), rows)
    ) from None


Fault = tuple[str, Row | None]


def _fault(graph: SmallGraph, item: Ordered) -> Fault | None:
    """Return what is wrong with the lists of one graph, None if nothing is."""
    if item["kind"] == "raised":
        return "an exception was raised", None
    if item["kind"] != "list":
        return f"topological_order returned a {item['kind']}; it should return a list", None
    if item["changed"]:
        return "a node was changed; the graph should stay as it is", None
    for listed, again in ((item["order"], ""), (item["again"], " at the second call")):
        fault = _fault_of_order(graph, graph.read(listed), again)
        if fault:
            return fault
    return None


def _fault_of_order(graph: SmallGraph, order: list[int], again: str) -> Fault | None:
    if not set(order) <= set(range(len(graph.operands))):
        return f"the list holds something that is no node of it{again}", None
    needed = graph.needed
    for node in range(len(graph.operands) - 1, -1, -1):
        times, wanted = order.count(node), int(node in needed)
        if times != wanted:
            return _count(NAMES[node], times, wanted, again)
    for node, operand in ((n, x) for n in order for x in graph.operands[n]):
        if order.index(operand) > order.index(node):
            shown = ", ".join(NAMES[k] for k in order)
            sentence = f"{NAMES[node]} is listed before its operand {NAMES[operand]}{again}"
            return f"{sentence}. The list: {shown}", None
    return None


def _count(name: str, times: int, wanted: int, again: str) -> Fault:
    """Say how often a node is listed, and how often it should be."""
    said = {0: "not listed", 1: "listed"}.get(times, f"listed {times} times")
    why = "should be listed once" if wanted else "is not below the root"
    row = Row(f"order.count({name})", times, wanted, reference=wanted, agrees=False)
    return f"{name} is {said}{again} and {why}", row
