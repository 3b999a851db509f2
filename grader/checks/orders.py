"""Checks of a topological order: any order in which operands come before their users is right."""

from __future__ import annotations

import ast
import operator
import random
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.checks import drawn
from grader.checks.failure import CheckFailed, introduce, raised
from grader.checks.graded import GradedAttempt
from grader.core.model import Counterexample, Row
from grader.sandbox.failures import LearnerError
from grader.sandbox.protocol import SORT
from grader.truth.program import Assign, Loop, Program, program, vary

RUNS = 2_000  # a graph of no more nodes than this is shuffled node by node
OPERATIONS: dict[type[ast.operator], tuple[str, Callable[[float, float], float]]] = {
    ast.Add: ("+", operator.add),
    ast.Mult: ("*", operator.mul),
}


Fits = Callable[[int, int, int], bool]  # of a node, how often it is listed, how often it should be


@dataclass
class OperandTable:
    """The nodes a program makes, in the order in which they come about, the root last.

    `left` and `right` hold the positions of a node's operands, -1 for a leaf; `names` has the
    nodes that kept a name.
    """

    data: list[float]
    operations: list[str]
    left: list[int]
    right: list[int]
    names: dict[int, str]

    @property
    def size(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, made: Program) -> OperandTable:
        """Return the graph of a program whose lines are one sum or product each."""
        graph = cls([], [], [], [], {})
        current = {name: graph._leaf(x) for name, x in made.inputs.items()}
        for step in made.steps:
            match step:
                case Assign(name=name, expression=ast.Name(id=source)):
                    current[name] = current[source]
                case Assign():
                    graph._add([step], current)
                case Loop(count=count, body=body):
                    graph._add(body, current, count)
        graph.names = {index: name for name, index in current.items()}
        return graph

    def _add(self, lines: Sequence[Assign], current: dict[str, int], times: int = 1) -> None:
        recipes = [(line.name, *_recipe(line.expression)) for line in lines]
        data, left, right = self.data, self.left, self.right
        for _ in range(times):
            for name, symbol, compute, first, second in recipes:
                i = current[first] if isinstance(first, str) else self._leaf(first)
                j = current[second] if isinstance(second, str) else self._leaf(second)
                current[name] = len(left)
                data.append(compute(data[i], data[j]))
                self.operations.append(symbol)
                left.append(i)
                right.append(j)

    def _leaf(self, number: float) -> int:
        self.data.append(number)
        self.operations.append(" ")
        self.left.append(-1)
        self.right.append(-1)
        return len(self.left) - 1

    def shuffled(self, label: str) -> tuple[list[int], dict[str, Any]]:
        """Return which node stands at each place of a shuffled graph, and that graph.

        The same label gives the same order. The graph is what the candidate sorts, column by
        column: it never learns in which order the nodes came about. Large graphs are shuffled in
        runs of neighbours: memory read in a wholly random order takes three times as long.
        """
        run = 1 + (self.size - 1) // RUNS
        begins = list(range(0, self.size, run))
        random.Random(label).shuffle(begins)
        everything = range(self.size)
        nodes = [node for begin in begins for node in everything[begin : begin + run]]
        places = [-1] * (self.size + 1)  # the last is the place of "no operand"
        for place, node in enumerate(nodes):
            places[node] = place
        return nodes, {
            "data": array("d", [self.data[node] for node in nodes]).tobytes().hex(),
            "operations": "".join(self.operations[node] for node in nodes),
            "left": array("i", [places[self.left[node]] for node in nodes]).tobytes().hex(),
            "right": array("i", [places[self.right[node]] for node in nodes]).tobytes().hex(),
            "root": places[self.size - 1],
        }

    def call(self, made: Program) -> str:
        """Return the program that builds this graph, and the call that sorts it."""
        return f"{made.code}\ntopological_order({self.names[self.size - 1]})".lstrip("\n")

    def needed(self) -> list[bool]:
        """Return for each node whether the root depends on it."""
        needed = [False] * self.size
        needed[-1] = True
        for node in range(self.size - 1, -1, -1):
            if needed[node] and self.left[node] >= 0:
                needed[self.left[node]] = needed[self.right[node]] = True
        return needed


Recipe = tuple[str, Callable[[float, float], float], str | float, str | float]


def _recipe(expression: ast.expr) -> Recipe:
    """Return a sum's or product's symbol and function, and its operands: a name or a number."""
    assert isinstance(expression, ast.BinOp), ast.unparse(expression)
    first, second = (
        part.id if isinstance(part, ast.Name) else float(ast.literal_eval(part))
        for part in (expression.left, expression.right)
    )
    return *OPERATIONS[type(expression.op)], first, second


@dataclass(frozen=True)
class Ordering:
    """What `topological_order` returned for a graph, call by call."""

    program: Program
    graph: OperandTable
    orders: list[list[int]]
    changed: list[int]

    def fail(self, sentence: str, *rows: Row) -> None:
        """Fail the check with the program that builds this graph."""
        code = self.graph.call(self.program)
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
    attempt: GradedAttempt, code: str | Program, *, times: int = 1, **inputs: float
) -> Ordering:
    """Ask for the order of the graph that a program builds; its root is the last value made."""
    made = code if isinstance(code, Program) else vary(program(code, **inputs), attempt.seed)
    graph = OperandTable.of(made)
    nodes, asked = graph.shuffled(made.key)
    call = f"topological_order on a graph of {made.size:,} values"
    shown = Counterexample(dict(made.inputs), graph.call(made))
    try:
        reply = attempt.ask(SORT, call, **asked, times=times)
    except LearnerError as error:
        raise raised(attempt, error, call, shown) from None
    if reply["not_a_list"]:
        kind = reply["not_a_list"]
        returned = "None. Is a `return` missing?" if kind == "NoneType" else f"a {kind}."
        raise CheckFailed(f"{call} should return a list and returned {returned}", shown)
    known = dict(enumerate(nodes))
    orders = [[known.get(place, -1) for place in order] for order in reply["orders"]]
    if len(orders) != times or any(place not in known for place in reply["changed"]):
        raise CheckFailed(f"{call} gave no list of nodes.", shown)
    return Ordering(made, graph, orders, [known[place] for place in reply["changed"]])


def expect_order(ordering: Ordering) -> None:
    """Fail unless every call listed each node once, operands before users."""
    for call in range(len(ordering.orders)):
        _expect_counts(ordering, call, lambda _, times, needed: times == needed)
        _expect_operands_first(ordering, call)


def expect_all_listed(ordering: Ordering) -> None:
    """Fail if a node that the root depends on is missing."""
    for call in range(len(ordering.orders)):
        _expect_counts(ordering, call, lambda _, times, needed: times >= needed)


def expect_none_twice(ordering: Ordering) -> None:
    """Fail if a node is listed too often, or one that is used more than once is not listed."""
    uses = Counter([*ordering.graph.left, *ordering.graph.right])

    def fits(node: int, times: int, needed: int) -> bool:
        return times == needed or (times < needed and uses[node] < 2)

    for call in range(len(ordering.orders)):
        _expect_counts(ordering, call, fits)


def expect_operands_first(ordering: Ordering) -> None:
    """Fail if a node is listed before one of its operands."""
    for call in range(len(ordering.orders)):
        _expect_operands_first(ordering, call)


def expect_root_last(ordering: Ordering) -> None:
    """Fail unless the last node of each list is the root."""
    for call, order in enumerate(ordering.orders):
        root = ordering.graph.size - 1
        if order[-1:] != [root]:
            last = f"{ordering.name(order[-1])} is" if order else "nothing is"
            ordering.fail(
                f"the root {ordering.name(root)} should be listed last, and {last}{again(call)}."
            )


def expect_same_again(ordering: Ordering) -> None:
    """Fail if a later call on the graph has a fault that the first one has not."""
    first = replace(ordering, orders=ordering.orders[:1])
    for judge in (expect_all_listed, expect_none_twice, expect_operands_first):
        try:
            judge(first)
        except CheckFailed:
            continue
        judge(ordering)


def again(call: int) -> str:
    """Return how a sentence says which call it is about; nothing for the first."""
    return f" (call {call + 1} on the same graph)" if call else ""


def _expect_counts(ordering: Ordering, call: int, fits: Fits) -> None:
    order = ordering.orders[call]
    if sorted(order) == list(range(ordering.graph.size)):
        return
    if -1 in order:
        ordering.fail(f"the list holds something that is not a node of the graph{again(call)}.")
    listed, needed = [0] * ordering.graph.size, ordering.graph.needed()
    for node in order:
        listed[node] += 1
    wrong = [node for node, times in enumerate(listed) if not fits(node, times, int(needed[node]))]
    if wrong:
        node = wrong[-1]
        name, times = ordering.name(node), listed[node]
        said = f"listed {times} times" if times else "not listed"
        row = _row(f"order.count({name})", times, int(needed[node]))
        ordering.fail(f"{name} should be listed once and is {said}{again(call)}.", row)


def _expect_operands_first(ordering: Ordering, call: int) -> None:
    order, left, right = ordering.orders[call], ordering.graph.left, ordering.graph.right
    place = [-1] * (ordering.graph.size + 1)  # the last is the place of "no operand"
    for index, node in reversed([*enumerate(order)]):
        if node >= 0:
            place[node] = index
    for index, node in enumerate(order):
        if node >= 0 and max(place[left[node]], place[right[node]]) > index:
            operands = {left[node], right[node]}
            early, late = ordering.name(node), max(operands, key=place.__getitem__)
            got = sum(place[operand] < index for operand in operands)
            row = _row(f"operands listed before {early}", got, len(operands))
            shown = ", ".join(ordering.name(listed) for listed in order[:12])
            listing = f" The list: {shown}." if len(order) <= 12 else ""
            told = f"{early} is listed before its operand {ordering.name(late)}{again(call)}."
            ordering.fail(told + listing, row)


def _row(name: str, got: int, expected: int) -> Row:
    return Row(name, got, expected, reference=expected, agrees=False)


def expect_sampled_orders(attempt: GradedAttempt) -> None:
    """Hold the attempt against the graphs of drawn programs."""
    for made in drawn.sampled("forward", attempt.seed):
        expect_order(sort(attempt, made))
