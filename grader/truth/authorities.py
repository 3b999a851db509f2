"""The authorities: who says what a program's numbers should be. They share no code.

The reference engine runs the program as it stands. PyTorch (float64) and central differences each
work out the derivatives on a tape of the program's assignments. `readings` asks them of scripts.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol, TypedDict

from grader.truth.program import (
    FLOAT_METHODS,
    Assign,
    Backward,
    Data,
    Local,
    Loop,
    Program,
    Seed,
    Step,
)
from grader.truth.smooth import has_differences, outweighs_rounding, reach
from grader.truth.tolerances import close, close_to_difference


class Answer(TypedDict):
    """The numbers of one name of a program; `scale` sums the sizes of the gradient's terms."""

    data: float
    reference: float
    pytorch: float | None
    finite_difference: float | None
    scale: float


Answers = dict[str, Answer]


class Authority(Protocol):
    """Who knows derivatives of a tape."""

    def partials(self, tape: Tape, node: int) -> dict[int, float]:
        """Return the derivative of a node by each of its operands."""

    def totals(self, tape: Tape, root: int) -> dict[int, float]:
        """Return the derivative of the root by every node that it depends on, itself included."""


class Tape:
    """A program's assignments in order; a node is a number and the expression that made it."""

    def __init__(self, program: Program) -> None:
        self.data: list[float] = list(program.inputs.values())
        self.made: list[tuple[Assign, dict[str, int]] | None] = [None] * len(self.data)
        self.current = {name: index for index, name in enumerate(program.inputs)}
        self.grads: dict[int, float] = {}

    def run(self, steps: Iterable[Step], authority: Authority) -> None:
        """Carry out the steps; gradients go to `grads`."""
        for step in steps:
            match step:
                case Assign():
                    for operation in single_operations(step):
                        self._assign(operation)
                case Loop(count=count, body=body):
                    for _ in range(count):
                        self.run(body, authority)
                case Seed(names=names, grad=grad):
                    self.grads.update({self.current[name]: grad for name in names})
                case Data(name=name, number=number):
                    self.data[self.current[name]] = number
                case Local(name=name):
                    node = self.current[name]
                    for operand, partial in authority.partials(self, node).items():
                        self._add(operand, partial * self.grads.get(node, 0.0))
                case Backward(name=name):
                    self._backward(authority.totals(self, self.current[name]))

    def _assign(self, step: Assign) -> None:
        operands = {name: self.current[name] for name in step.operands}
        numbers = {name: self.data[index] for name, index in operands.items()}
        value = step.evaluate(numbers, FLOAT_METHODS)
        if isinstance(step.expression, ast.Name):
            self.current[step.name] = operands[step.expression.id]
            return
        self.current[step.name] = len(self.data)
        self.data.append(float(value))
        self.made.append((step, operands))

    def _backward(self, totals: dict[int, float]) -> None:
        """Leaves accumulate over passes and other nodes start afresh, as in PyTorch."""
        for node, total in totals.items():
            if self.made[node] is None:
                self._add(node, total)
            else:
                self.grads[node] = total

    def _add(self, node: int, share: float) -> None:
        self.grads[node] = self.grads.get(node, 0.0) + share

    @property
    def kinks(self) -> list[float]:
        """Return the operands of every relu."""
        relus = (
            made for made in self.made if made and ".relu()" in ast.unparse(made[0].expression)
        )
        return [self.data[node] for _, operands in relus for node in operands.values()]

    def ancestors(self, root: int) -> list[int]:
        """Return the nodes the root depends on, itself included, operands first."""
        found, todo = {root}, [root]
        while todo:
            made = self.made[todo.pop()]
            for operand in made[1].values() if made else ():
                if operand not in found:
                    found.add(operand)
                    todo.append(operand)
        return sorted(found)

    def apply(self, node: int, numbers: dict[int, Any], methods: Any) -> Any:
        """Return the value of a node's expression when its operands have these numbers."""
        made = self.made[node]
        assert made is not None
        step, operands = made
        names = {name: numbers[index] for name, index in operands.items()}
        return step.evaluate(names, methods)


@cache
def single_operations(step: Assign) -> tuple[Assign, ...]:
    """Return an assignment as steps of one operation each, so that every inner value is a node."""
    made: list[Assign] = []

    def name_of(node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name) or not any(isinstance(n, ast.Name) for n in ast.walk(node)):
            return node
        made.append(Assign(f"{step.name}'{len(made)}", _with_names(node, name_of)))
        return ast.Name(made[-1].name, ast.Load())

    made.append(Assign(step.name, _with_names(step.expression, name_of)))
    return tuple(made)


@cache
def uses_apart(step: Assign) -> tuple[Assign, dict[str, str]]:
    """Return a step in which every use of a name has a name of its own, and what these stand for.

    In `a - a` the two shares cancel; only apart can their sizes be seen.
    """
    places: dict[str, str] = {}

    class Apart(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            if node.id == "sum":
                return node
            places[f"{node.id}_{len(places)}"] = node.id
            return ast.Name(list(places)[-1], node.ctx)

    expression = Apart().visit(copy.deepcopy(step.expression))
    return Assign(step.name, expression), places


def _with_names(node: ast.expr, name_of: Callable[[ast.expr], ast.expr]) -> ast.expr:
    """Return one operation with its operands replaced by the names of their values."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(name_of(left), op, name_of(right))
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, name_of(operand))
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return ast.Call(ast.Attribute(name_of(value), attr, ast.Load()), [], [])
        case ast.Call(func=func, args=[ast.List(elts=parts)]):
            return ast.Call(func, [ast.List([name_of(part) for part in parts], ast.Load())], [])
    return node


class Differences:
    """Central differences in plain floats, the step scaled by the number that is moved."""

    def partials(self, tape: Tape, node: int) -> dict[int, float]:
        made = tape.made[node]
        operands = dict.fromkeys(made[1].values()) if made else {}
        here = {operand: tape.data[operand] for operand in operands}

        def along(moved: int) -> Callable[[float], float]:
            return lambda x: float(tape.apply(node, {**here, moved: x}, FLOAT_METHODS))

        return {operand: slope(along(operand), tape.data[operand]) for operand in operands}

    def totals(self, tape: Tape, root: int) -> dict[int, float]:
        nodes = tape.ancestors(root)

        def along(moved: int) -> Callable[[float], float]:
            def value(x: float) -> float:
                numbers = dict(enumerate(tape.data))
                numbers[moved] = x
                for node in nodes:
                    if node > moved and tape.made[node]:
                        numbers[node] = float(tape.apply(node, numbers, FLOAT_METHODS))
                return numbers[root]

            return value

        return {node: slope(along(node), tape.data[node]) for node in nodes}


class Sizes(Differences):
    """The size of the terms a gradient sums: the same sweep with every sign made positive."""

    def partials(self, tape: Tape, node: int) -> dict[int, float]:
        made = tape.made[node]
        if not made:
            return {}
        step, operands = made
        apart, places = uses_apart(step)
        here = {place: tape.data[operands[name]] for place, name in places.items()}
        sizes = dict.fromkeys(operands.values(), 0.0)
        for place, name in places.items():
            sizes[operands[name]] += abs(slope(_along(apart, here, place), here[place]))
        return sizes

    def totals(self, tape: Tape, root: int) -> dict[int, float]:
        sizes = dict.fromkeys(tape.ancestors(root), 0.0)
        sizes[root] = 1.0
        for node in sorted(sizes, reverse=True):
            for operand, local in self.partials(tape, node).items():
                sizes[operand] += sizes[node] * local
        return sizes


class PyTorch:
    """torch.autograd in float64."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch  # a second or more: imported only when the cache lacks an answer

        self.torch = torch
        names = ("relu", "tanh", "exp", "log", "sigmoid")
        self.methods = {name: getattr(torch, name) for name in names}

    def leaf(self, number: float) -> Any:
        """Return a tensor that collects a gradient."""
        return self.torch.tensor(number, dtype=self.torch.float64, requires_grad=True)

    def slopes(self, result: Any, tensors: dict[int, Any]) -> dict[int, float]:
        """Return the derivative of a result by each tensor, 0 where it does not depend on it."""
        if not getattr(result, "requires_grad", False):
            return dict.fromkeys(tensors, 0.0)
        found = self.torch.autograd.grad(result, list(tensors.values()), allow_unused=True)
        return {
            node: 0.0 if grad is None else grad.item()
            for node, grad in zip(tensors, found, strict=True)
        }

    def partials(self, tape: Tape, node: int) -> dict[int, float]:
        made = tape.made[node]
        operands = dict.fromkeys(made[1].values()) if made else {}
        tensors = {operand: self.leaf(tape.data[operand]) for operand in operands}
        return self.slopes(tape.apply(node, tensors, self.methods), tensors) if tensors else {}

    def totals(self, tape: Tape, root: int) -> dict[int, float]:
        tensors: dict[int, Any] = {}
        for node in tape.ancestors(root):
            made = tape.made[node]
            if made is None or not made[1]:
                tensors[node] = self.leaf(tape.data[node])
            else:
                tensors[node] = tape.apply(node, tensors, self.methods)
        return self.slopes(tensors[root], tensors)


def _along(step: Assign, here: dict[str, float], moved: str) -> Callable[[float], float]:
    """Return the value of a step as a function of one of its names."""
    return lambda x: float(step.evaluate({**here, moved: x}, FLOAT_METHODS))


def slope(function: Callable[[float], float], x: float) -> float:
    """Return the central difference of `function` at `x`, over the step as floats have it."""
    above, below = x + reach(x), x - reach(x)
    return float((function(above) - function(below)) / (above - below))


def consult(program: Program, torch: PyTorch | None) -> Answers:
    """Return what the authorities say of every name, having made sure that they agree."""
    reference = _run_reference(program)
    sizes = _run(program, Sizes())
    smooth = has_differences(sizes.data, sizes.kinks)
    difference = _run(program, Differences()) if smooth else None
    asked = _run(program, torch) if torch else None
    largest = max(map(abs, sizes.data), default=0.0)
    answers: Answers = {}
    for name in program.names:
        node = sizes.current[name]
        scale = sizes.grads.get(node, 0.0)
        told = difference and outweighs_rounding(scale, sizes.data[node], largest)
        answers[name] = Answer(
            data=reference[name][0],
            reference=reference[name][1],
            pytorch=asked.grads.get(node, 0.0) if asked else None,
            finite_difference=difference.grads.get(node, 0.0) if difference and told else None,
            scale=scale,
        )
        _insist(program, name, answers[name], sizes.data[node])
    return answers


def _run(program: Program, authority: Authority) -> Tape:
    tape = Tape(program)
    tape.run(program.steps, authority)
    return tape


def _run_reference(program: Program) -> dict[str, tuple[float, float]]:
    from reference.engine import Value  # only when the cache lacks an answer

    names: dict[str, Any] = {name: Value(number) for name, number in program.inputs.items()}
    exec(compile(program.code, "<program>", "exec"), names)  # the whitelist has let it through
    return {name: (float(names[name].data), float(names[name].grad)) for name in program.names}


def _insist(program: Program, name: str, answer: Answer, data: float) -> None:
    """Raise if the authorities differ: the kit is then wrong, not the learner."""
    expected, scale = answer["reference"], answer["scale"]
    torch, difference = answer["pytorch"], answer["finite_difference"]
    agreed = (
        close(answer["data"], data, abs(data))
        and (torch is None or close(torch, expected, scale))
        and (difference is None or close_to_difference(difference, expected, scale))
    )
    if not agreed:
        raise AssertionError(
            f"the authorities differ on {name!r} of {program.key!r}: {answer!r}, data {data!r}"
        )
