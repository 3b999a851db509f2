"""Graphs to sort, built of nodes that tell nothing but their operands."""

from __future__ import annotations

from array import array
from typing import Any

Graph = tuple[list[float], list[str], list[list[int]], str, int]


class Node:
    """A node to sort: the attributes every kata's Value has, and room for a learner's own.

    Nothing about it says when it came about: its place in the graph is known to the judge alone.
    """

    __slots__ = ("__dict__", "_op", "_prev", "data", "grad")

    def __init__(self, data: float, op: str) -> None:
        self.data = data
        self.grad = 0.0
        self._op = op
        self._prev: Any = ()

    def _backward(self) -> None:
        """A node to sort has nothing to hand on."""

    def holds(self, data: float, grad: float, prev: tuple[Node, ...]) -> bool:
        """Whether the fields are what they were; equal numbers may have been written again."""
        if self.data is data and self.grad is grad and self._prev is prev:
            return True
        same = type(self.data) is float and type(self.grad) is float
        kept = type(self._prev) is type(prev) and [*map(id, self._prev)] == [*map(id, prev)]
        return same and kept and (self.data, self.grad) == (data, grad)

    def __repr__(self) -> str:
        return f"Value(data={self.data})"


def places_of(listed: Any, nodes: list[Node]) -> list[int]:
    """Return where the listed objects stand among the nodes, -1 for what is none of them."""
    places = {id(node): place for place, node in enumerate(nodes)}
    return [places.get(id(node), -1) for node in listed]


def nodes_of(data: str, operations: str, left: str, right: str) -> list[Node]:
    """Return the nodes of a graph; `left` and `right` say where a node's operands stand.

    The judge has shuffled them, so neither addresses nor the garbage collector's lists tell an
    operand from its user. Numbers come as hexadecimal columns: JSON's take four times as long.
    """
    numbers = array("d", bytes.fromhex(data))
    nodes = [Node(x, op.strip()) for x, op in zip(numbers, operations, strict=True)]
    columns = (array("i", bytes.fromhex(column)) for column in (left, right))
    for node, first, second in zip(nodes, *columns, strict=True):
        if first >= 0:
            node._prev = (nodes[first], nodes[second])
    return nodes


def fields_of(nodes: list[Node]) -> tuple[list[Any], list[Any], list[Any]]:
    """Return what sorting must not change, a list for each field."""
    return (
        [node.data for node in nodes],
        [node.grad for node in nodes],
        [node._prev for node in nodes],
    )
