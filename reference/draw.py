"""Drawings of a graph for a notebook, and the backward pass one node at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reference.engine import Value, topological_order
from reference.picture import NODE_LIMIT, Box, Picture, in_words, svg


@dataclass(frozen=True)
class Share:
    """What one operand got from a node: its `grad` was `before` and is `after`."""

    operand: Value
    local: float  # the derivative of the node by this operand
    product: float  # local derivative times upstream gradient
    before: float
    after: float


@dataclass(frozen=True)
class Step:
    """A node that passed its gradient on, and the share of each operand."""

    node: Value
    upstream: float
    shares: tuple[Share, ...]


class Drawing:
    """A picture of a graph, which a notebook shows as SVG and a prompt in words."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    def _repr_svg_(self) -> str:
        return svg(self.picture)

    def __repr__(self) -> str:
        return f"<Drawing: {in_words(self.picture)}>"


def draw(
    root: Value, names: Mapping[str, Value] | None = None, step: Step | None = None
) -> Drawing:
    """Return a drawing of all that `root` depends on, with `data` and `grad` as they are now.

    With the step that `backward_steps` has just given, the shares are drawn on their way. More than
    400 nodes raise ValueError.
    """
    nodes = topological_order(root)
    if len(nodes) > NODE_LIMIT:
        raise ValueError(
            f"the graph has {len(nodes):,} nodes, and {NODE_LIMIT} can be drawn: draw a part of it"
        )
    return Drawing(picture_of(nodes, names or {}, step))


def backward_steps(root: Value) -> Iterator[Step]:
    """Do what `root.backward()` does, and yield after each node that passed its gradient on.

    Until the iterator is exhausted, `grad` is what has arrived so far.
    """
    order = topological_order(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    root.grad += 1.0
    for node in reversed(order):
        if node._prev:
            yield Step(node, node.grad, tuple(_shares(node)))


def _shares(node: Value) -> Iterator[Share]:
    local = node._local
    if callable(local):  # a closure hands out the shares itself: they are told by the difference
        before = {operand: operand.grad for operand in node._prev}
        local()
        for operand, held in before.items():
            product = operand.grad - held
            slope = product / node.grad if node.grad else math.nan
            yield Share(operand, slope, product, held, operand.grad)
    else:
        yield from (_share(node, operand, local[i]) for i, operand in enumerate(node._prev))


def _share(node: Value, operand: Value, local: float) -> Share:
    before, product = operand.grad, local * node.grad
    operand.grad += product
    return Share(operand, local, product, before, operand.grad)


def label(node: Value, names: Mapping[str, Value]) -> str:
    """Return the name of a node, or else its operation, or of a plain number the number."""
    return _name(node, names) or node._op


def picture_of(
    nodes: Sequence[Value], names: Mapping[str, Value], step: Step | None = None
) -> Picture:
    """Return nodes, operands before users, as boxes with operation, data and grad."""
    place = {node: index for index, node in enumerate(nodes)}
    picture = Picture([_box(node, names, step) for node in nodes])
    for node in nodes:
        edges = [(place[operand], place[node]) for operand in node._prev]
        picture.edges += edges
        if step and node is step.node:
            picture.flows.update(edges)
    return picture


def _box(node: Value, names: Mapping[str, Value], step: Step | None) -> Box:
    name = _name(node, names)
    box = Box(name or node._op, node._op if name else "")
    shares = [share for share in step.shares if share.operand is node] if step else []
    grad = _number(node.grad)
    if step and shares:
        box.mark = "receiver"
        terms = [f"{_factor(share.local)}·{_factor(step.upstream)}" for share in shares]
        grad = " + ".join([_number(shares[0].before), *terms]) + f" = {_number(shares[-1].after)}"
    elif step and node is step.node:
        box.mark = "sender"
    box.lines = (f"data {_number(node.data)}", f"grad {grad}")
    return box


def _name(node: Value, names: Mapping[str, Value]) -> str:
    found = [name for name, value in names.items() if value is node]
    name = found[-1] if found else node.label
    return name or ("" if node._prev else _number(node.data))


def _factor(x: float) -> str:
    return f"({_number(x)})" if x < 0 else _number(x)


def _number(x: float) -> str:
    """Return a number with 6 digits at most, and a whole float as `6.0`."""
    text = f"{x:.6g}"
    return f"{text}.0" if isinstance(x, float) and text.lstrip("-").isdigit() else text
