"""A program one node at a time: the forward pass, then the backward pass, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.core.model import KitError, plain_number, show_number
from grader.tour import graph
from grader.tour.graph import Graph
from grader.truth.program import Backward, Data, Local, Program, Seed
from reference import draw
from reference.engine import topological_order
from reference.picture import Box, Picture

STEP_LIMIT = 60  # nodes; more steps are not gone through any more


@dataclass(frozen=True)
class Share:
    """What an operand got: local derivative times upstream gradient, added to what it held."""

    operand: int
    local: float
    upstream: float
    product: float
    before: float
    after: float


@dataclass(frozen=True)
class Moment:
    """One step, and the numbers of all nodes after it; a number that is not there yet is None."""

    kind: str  # forward, seed or backward
    node: int
    told: tuple[str, ...]
    data: tuple[float | None, ...]
    grads: tuple[float | None, ...]
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Walk:
    """A program, its graph, and the steps through it."""

    program: Program
    graph: Graph
    moments: tuple[Moment, ...]

    def names(self) -> list[str]:
        """Return what each node is called."""
        return [self.graph.expression(index) for index in range(len(self.graph.nodes))]

    def title(self, number: int) -> str:
        """Return a step's head line; steps are counted from 0."""
        moment = self.moments[number]
        name = self.graph.expression(moment.node)
        words = {
            "forward": f"{name} is computed",
            "seed": f"the backward pass begins at {name}",
            "backward": f"{name} hands its gradient on",
        }
        return f"Step {number + 1} of {len(self.moments)} · {words[moment.kind]}"

    def marks(self, number: int) -> dict[int, str]:
        """Return the nodes that a step is about: "sender" and "receiver"."""
        moment = self.moments[number]
        receivers = {share.operand: "receiver" for share in moment.shares}
        return {**receivers, moment.node: "sender"}

    def picture(self, number: int) -> Picture:
        """Return the graph as it stands after a step."""
        moment, marks = self.moments[number], self.marks(number)
        boxes = []
        for index in range(len(self.graph.nodes)):
            title, operation = self.graph.title(index), self.graph.nodes[index]._op
            rows = [
                f"{field} {show_number(number) if number is not None else '·'}"
                for field, number in (("data", moment.data[index]), ("grad", moment.grads[index]))
            ]
            mark = marks.get(index, "")
            boxes.append(Box(title or operation, operation if title else "", rows, mark))
        edges = [(x, user) for user, operands in self.graph.operands.items() for x in operands]
        flows = {(share.operand, moment.node) for share in moment.shares}
        return Picture(boxes, edges, flows=flows)

    def as_json(self) -> dict[str, Any]:
        """Return the walk as one JSON document."""
        names = self.names()
        return {
            "schema": 1,
            "program": self.program.code,
            "inputs": {name: plain_number(x) for name, x in self.program.inputs.items()},
            "nodes": [
                {"name": names[i], "operands": operands}
                for i, operands in self.graph.operands.items()
            ],
            "steps": [_moment_as_json(moment) for moment in self.moments],
        }


def _moment_as_json(moment: Moment) -> dict[str, Any]:
    return {
        "kind": moment.kind,
        "node": moment.node,
        "told": list(moment.told),
        "shares": [
            {
                "operand": share.operand,
                **{
                    name: plain_number(getattr(share, name))
                    for name in ("local", "upstream", "product", "before", "after")
                },
            }
            for share in moment.shares
        ],
        "data": [plain_number(x) for x in moment.data],
        "grads": [plain_number(x) for x in moment.grads],
    }


def walk_through(made: Program) -> Walk:
    """Return the steps through a program whose last line is its one `backward()`.

    Raises KitError for a program that sets gradients by hand or goes backward more than once.
    """
    backwards = [step for step in made.steps if isinstance(step, Backward)]
    by_hand = [step for step in made.steps if isinstance(step, Seed | Data | Local)]
    if by_hand or len(backwards) != 1 or made.steps[-1] != backwards[0]:
        raise KitError(
            "step goes through a program that ends in one backward(); this one sets gradients "
            "itself, or goes backward elsewhere.",
            "Leave out all but the assignments: the backward() at the end is added.",
        )
    found = graph.graph_of(made)
    if len(found.nodes) > STEP_LIMIT:
        raise KitError(
            f"The graph has {len(found.nodes)} nodes, and step goes through {STEP_LIMIT}.",
            "Step through a smaller program.",
        )
    named = {id(node): name for name, node in zip(found.names.values(), _named(found), strict=True)}
    roots = [node for node in found.nodes if named.get(id(node)) == backwards[0].name]
    if not roots:  # the value has been given another name since
        used = {operand for operands in found.operands.values() for operand in operands}
        roots = [node for index, node in enumerate(found.nodes) if index not in used]
    if len(roots) != 1:
        raise KitError(
            f"It is not clear where {backwards[0].name}.backward() begins.",
            "Give each value one name.",
        )
    (root,) = roots
    reach = topological_order(root)
    place = {id(node): index for index, node in enumerate(found.nodes)}
    order = [place[id(node)] for node in reach]
    moments = [*_forward(found, order), *_backward(found, place[id(root)])]
    return Walk(made, found, tuple(moments))


def _named(found: Graph) -> list[Any]:
    return [found.nodes[index] for index in found.names]


def _forward(found: Graph, order: list[int]) -> Iterator[Moment]:
    """Yield a step for each node that is computed, operands before users."""
    count = len(found.nodes)
    data: list[float | None] = [
        None if found.operands[index] else found.nodes[index].data for index in range(count)
    ]
    unknown = (None,) * count
    for index in order:
        operands, node = found.operands[index], found.nodes[index]
        if not operands:
            continue
        data[index] = node.data
        name, formula = found.title(index), found.formula(index)
        numbers = [show_number(found.nodes[operand].data) for operand in operands]
        told = [
            f"{name + ' = ' if name else ''}{formula} = {show_number(node.data)}"
            f"   (operands {', '.join(numbers)})"
        ]
        for operand, local in zip(operands, node._local, strict=True):
            told.append(f"local derivative by {found.expression(operand)}: {show_number(local)}")
        yield Moment("forward", index, tuple(told), tuple(data), unknown)


def _backward(found: Graph, root: int) -> Iterator[Moment]:
    """Yield the seed, then a step for each node that hands its gradient on, users first."""
    place = {id(node): index for index, node in enumerate(found.nodes)}
    data = tuple(node.data for node in found.nodes)
    for node in found.nodes:
        node.grad = 0.0
    steps = draw.backward_steps(found.nodes[root])
    name = found.expression(root)
    seeded = tuple(1.0 if index == root else 0.0 for index in range(len(data)))
    told = (f"{name}.grad = 1: the derivative of {name} by itself",)
    yield Moment("seed", root, told, data, seeded)
    for step in steps:
        shares = tuple(
            Share(place[id(s.operand)], s.local, step.upstream, s.product, s.before, s.after)
            for s in step.shares
        )
        title = found.expression(place[id(step.node)])
        lines = [f"upstream gradient {title}.grad = {show_number(step.upstream)}, complete by now"]
        lines += [_told_share(found, share) for share in shares]
        grads = tuple(node.grad for node in found.nodes)
        yield Moment("backward", place[id(step.node)], tuple(lines), data, grads, shares)


def _told_share(found: Graph, share: Share) -> str:
    def factor(x: float) -> str:
        return f"({show_number(x)})" if x < 0 else show_number(x)

    return (
        f"{found.expression(share.operand)}.grad: {show_number(share.before)} + "
        f"{factor(share.local)} * {factor(share.upstream)} = {show_number(share.after)}"
        f"   (local * upstream = {show_number(share.product)})"
    )
