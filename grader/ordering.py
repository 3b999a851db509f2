"""Checks of a topological order: any order in which operands come before their users is right."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.attempt import Attempt, LearnerError
from grader.checking import CheckFailed, expect_over, introduce, raised
from grader.model import Counterexample, Row
from grader.program import Assign, Loop, Program, program, vary

LARGEST = 1e9
SENT = 1_000


@dataclass
class Graph:
    """The nodes a program makes, operands before users; `names` has those that kept a name.

    `data` has the numbers of the first nodes: the candidate makes up the others.

    `left` and `right` hold the positions of a node's operands, -1 for a leaf.
    """

    left: list[int]
    right: list[int]
    data: list[float]
    names: dict[int, str]

    @property
    def size(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, made: Program) -> Graph:
        """Return the graph of a program whose lines are one sum or product each."""
        leaves = [-1] * len(made.inputs)
        graph = cls(leaves, list(leaves), list(made.inputs.values()), {})
        current = {name: index for index, name in enumerate(made.inputs)}
        for step in made.steps:
            match step:
                case Assign(name=name, expression=ast.Name(id=source)):
                    current[name] = current[source]
                case Assign():
                    graph._add([step], current)
                case Loop(count=count, body=body):
                    graph._add(body, current, count)
        graph.names = {index: name for name, index in current.items()}
        return graph._reachable()

    def _add(self, lines: Sequence[Assign], current: dict[str, int], times: int = 1) -> None:
        recipes = [(line.name, *_operation(line.expression)) for line in lines]
        for _ in range(times):
            for name, plus, first, second in recipes:
                i = current[first] if isinstance(first, str) else self._append(-1, -1, first)
                j = current[second] if isinstance(second, str) else self._append(-1, -1, second)
                value = 0.0
                if len(self.left) < SENT:  # of a large graph, the first nodes' numbers will do
                    x, y = self.data[i], self.data[j]
                    value = x + y if plus else x * y
                current[name] = self._append(i, j, value)

    def _append(self, left: int, right: int, data: float) -> int:
        if len(self.left) < SENT:
            self.data.append(data if abs(data) < LARGEST else len(self.left) + 0.5)
        self.left.append(left)
        self.right.append(right)
        return len(self.left) - 1

    def _reachable(self) -> Graph:
        """Return the part of the graph that the last node depends on, the node itself last."""
        needed = [False] * len(self.left)
        needed[-1] = True
        for node in range(len(needed) - 1, -1, -1):
            if needed[node] and self.left[node] >= 0:
                needed[self.left[node]] = needed[self.right[node]] = True
        if all(needed):
            return self
        kept = [node for node, is_needed in enumerate(needed) if is_needed]
        position = {old: new for new, old in enumerate(kept)}
        position[-1] = -1
        return Graph(
            [position[self.left[old]] for old in kept],
            [position[self.right[old]] for old in kept],
            [self.data[old] for old in kept if old < SENT],
            {position[old]: name for old, name in self.names.items() if needed[old]},
        )


def _operation(expression: ast.expr) -> tuple[bool, str | float, str | float]:
    assert isinstance(expression, ast.BinOp), ast.unparse(expression)
    first, second = (
        part.id if isinstance(part, ast.Name) else float(ast.literal_eval(part))
        for part in (expression.left, expression.right)
    )
    return isinstance(expression.op, ast.Add), first, second


@dataclass(frozen=True)
class Ordering:
    """What `topological_order` returned for a graph, call by call."""

    program: Program
    graph: Graph
    orders: list[list[int]]
    changed: list[int]

    def fail(self, sentence: str, *rows: Row) -> None:
        """Fail the check with the program that builds this graph."""
        root = self.graph.names[self.graph.size - 1]
        code = f"{self.program.code}\ntopological_order({root})".lstrip("\n")
        shown = Counterexample(dict(self.program.inputs), code, rows)
        where = introduce(Program(code, self.program.inputs))
        raise CheckFailed(f"{where}: {sentence}", shown)

    def name(self, node: int) -> str:
        return self.graph.names.get(node, "a node without a name")

    def expect_unchanged(self) -> None:
        """Fail if a node's data, gradient or operands are not what they were."""
        if self.changed:
            self.fail(f"{self.name(self.changed[0])} was changed, though the graph should stay.")


def sort(
    attempt: Attempt, code: str | Program, *, root: str = "", times: int = 1, **inputs: float
) -> Ordering:
    """Ask for the order of the graph that a program builds."""
    made = code if isinstance(code, Program) else vary(program(code, **inputs), attempt.seed)
    graph = Graph.of(made)
    call = f"topological_order on a graph of {graph.size:,} nodes"
    shown = Counterexample(
        dict(made.inputs),
        f"{made.code}\ntopological_order({root or graph.names[graph.size - 1]})".lstrip("\n"),
    )
    try:
        reply = attempt.ask(
            "sort", call, left=graph.left, right=graph.right, data=graph.data, times=times
        )
    except LearnerError as error:
        raise raised(attempt, error, call, shown) from None
    if "not_a_list" in reply:
        raise CheckFailed(
            f"{call} should return a list and returned a {reply['not_a_list']}.", shown
        )
    known = range(graph.size)
    orders = [[node if node in known else -1 for node in order] for order in reply["orders"]]
    if len(orders) != times or any(node not in known for node in reply["changed"]):
        raise CheckFailed(f"{call} gave no list of nodes.", shown)
    return Ordering(made, graph, orders, reply["changed"])


def expect_order(ordering: Ordering) -> None:
    """Fail unless every call listed each node once, operands before users."""
    for call, order in enumerate(ordering.orders, 1):
        again = f" (call {call} on the same graph)" if call > 1 else ""
        _expect_each_once(ordering, order, again)
        _expect_operands_first(ordering, order, again)


def _expect_each_once(ordering: Ordering, order: list[int], again: str) -> None:
    if sorted(order) == list(range(ordering.graph.size)):
        return
    listed = Counter(order)
    if listed[-1]:
        ordering.fail(f"the list holds something that is not a node of the graph{again}.")
    for node in reversed(range(ordering.graph.size)):
        if listed[node] != 1:
            times = "not listed" if not listed[node] else f"listed {listed[node]} times"
            row = _row(f"order.count({ordering.name(node)})", listed[node], 1)
            ordering.fail(
                f"{ordering.name(node)} should be listed once and is {times}{again}.", row
            )


def _expect_operands_first(ordering: Ordering, order: list[int], again: str) -> None:
    position = {node: index for index, node in enumerate(order)}
    position[-1] = -1
    place = position.__getitem__
    graph = ordering.graph
    places = map(place, range(graph.size))
    if all(
        i < n > j
        for n, i, j in zip(places, map(place, graph.left), map(place, graph.right), strict=True)
    ):
        return
    for node, pair in enumerate(zip(ordering.graph.left, ordering.graph.right, strict=True)):
        for operand in pair if pair[0] >= 0 else ():
            if position[operand] > position[node]:
                name, early = ordering.name(operand), ordering.name(node)
                wanted = len(set(pair))
                got = sum(position[other] < position[node] for other in set(pair))
                row = _row(f"operands listed before {early}", got, wanted)
                shown = ", ".join(ordering.name(listed) for listed in order[:12])
                listing = f" The list: {shown}." if len(order) <= 12 else ""
                ordering.fail(f"{early} is listed before its operand {name}{again}.{listing}", row)


def _row(name: str, got: int, expected: int) -> Row:
    return Row(name, got, expected, reference=expected, agrees=False)


def expect_drawn_orders(attempt: Attempt) -> None:
    """Hold the attempt against the graphs of drawn programs."""
    expect_over(attempt, "forward", lambda made: expect_order(sort(attempt, made)))
