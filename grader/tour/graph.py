"""Any program as a graph: what `python -m grader graph "c = a*b + b**2" a=2 b=3` draws."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.core.files import write_file
from grader.core.model import KitError, show_number
from grader.truth.program import (
    Assign,
    Backward,
    Local,
    Program,
    ProgramError,
    Seed,
    flatten,
    program,
)
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table
from reference.picture import NODE_LIMIT, Picture, svg

LONGEST = 40  # characters of an expression that names a node; a longer one is numbered


def run(options: argparse.Namespace) -> int:
    """Draw a program on the terminal, or as a picture."""
    found = graph_of(read_program(options.program, options.inputs))
    screen = Screen(options.plain)
    if options.svg:
        write_file(options.svg, svg(picture_of(found)) + "\n")
        screen.write(screen.wrap(f"{options.svg} is written."))
    else:
        screen.write(tree_lines(screen, found))
    return 0


@dataclass
class Graph:
    """The nodes of a program as the reference engine has them, operands before users."""

    nodes: list[Any]
    names: dict[int, str]
    operands: dict[int, list[int]]
    expressions: dict[int, str] = field(default_factory=dict)

    def title(self, index: int) -> str:
        """Return the node's name in the program, or its number if it is a plain one."""
        node = self.nodes[index]
        plain = "" if node._prev else show_number(node.data)
        return self.names.get(index, plain)

    def expression(self, index: int) -> str:
        """Return the node's name or number, or else the expression that made it."""
        if index not in self.expressions:  # operands stand before users, so each is named once
            for earlier in range(len(self.nodes)):
                if earlier not in self.expressions:
                    title = self.title(earlier)
                    text = title or f"({self.formula(earlier)})"
                    long = not title and len(text) > LONGEST
                    self.expressions[earlier] = f"v{earlier}" if long else text
        return self.expressions[index]

    def formula(self, index: int) -> str:
        """Return a node as its operation on its operands: `a * b`, `u**2`, `relu(x)`."""
        operation = self.nodes[index]._op
        named = [self.expression(operand) for operand in self.operands[index]]
        if len(named) == 2:
            return f"{named[0]} {operation} {named[1]}"
        if operation.startswith("**"):
            return f"{named[0]}{operation}"
        if operation == "neg":
            return f"-{named[0]}"
        return f"{operation}{named[0]}" if named[0][0] == "(" else f"{operation}({named[0]})"


def read_program(text: str, assignments: Sequence[str]) -> Program:
    """Return the program of a command line; an expression alone is called `out`.

    Raises KitError with a caret under the place that is wrong.
    """
    parts = text.split("\n") if "\n" in text else map(str.strip, text.split(";"))
    code = "\n".join(part.rstrip() for part in parts if part.strip())
    last = code.splitlines()[-1].strip() if code else ""
    if last and not re.match(
        r"[A-Za-z_]\w*(\.\w+)? *([-+*/]|\*\*)?=[^=]|for |.*backward\(\)", last
    ):
        code = code.removesuffix(last) + f"out = {last}"
    inputs = dict(map(_read_number, assignments))
    try:
        made = program(code, **inputs)
        if not any(isinstance(step, Assign) for step in flatten(made.steps)):
            raise ProgramError("there is nothing to compute", 1, 0)
    except ProgramError as error:
        raise _with_caret(code, error) from None
    if not any(isinstance(step, Backward | Local | Seed) for step in made.steps):
        made = program(f"{code}\n{made.result}.backward()", **inputs)
    return made


def _read_number(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    try:
        if not (equals and name.strip().isidentifier()):
            raise ValueError
        if not math.isfinite(value := float(number)):
            raise ValueError
        return name.strip(), value
    except ValueError:
        raise KitError(f"{text!r} is not a name and a number.", "Write a=2, for example.") from None


def _with_caret(code: str, error: ProgramError) -> KitError:
    lines = code.splitlines() or [""]
    line = lines[min(error.line, len(lines)) - 1]
    problem = str(error).partition(": ")[2]
    unknown = re.match(r"the name '(\w+)' has no value yet", problem)
    fix = "A program has + - * / **, numbers, and relu() tanh() exp() log() sigmoid()."
    if unknown:
        fix = f"Give it a number, such as {unknown[1]}=2."
    return KitError(
        f"{problem[:1].upper()}{problem[1:]}:\n    {line}\n    {' ' * error.column}^", fix
    )


def graph_of(made: Program) -> Graph:
    """Run a program on the reference engine and return its graph; bad numbers raise KitError."""
    from reference.engine import Value, topological_order  # only this command needs it here

    names: dict[str, Any] = {name: Value(number) for name, number in made.inputs.items()}
    try:
        exec(compile(made.code, "<program>", "exec"), names)  # the whitelist has let it through
    except (ArithmeticError, ValueError, TypeError, AttributeError) as error:
        raise KitError(f"{error}.", "Choose other numbers.") from None
    named = {id(value): name for name, value in names.items() if isinstance(value, Value)}
    roots = [names[name] for name in made.names if isinstance(names[name], Value)]
    nodes = list(dict.fromkeys(node for root in roots for node in topological_order(root)))
    if len(nodes) > NODE_LIMIT:
        raise KitError(
            f"The graph has {len(nodes):,} nodes, and {NODE_LIMIT} can be drawn.",
            "Draw a smaller program.",
        )
    place = {id(node): index for index, node in enumerate(nodes)}
    operands = {place[id(node)]: [place[id(x)] for x in node._prev] for node in nodes}
    shown = {place[key]: name for key, name in named.items() if key in place}
    return Graph(nodes, shown, operands)


def picture_of(graph: Graph) -> Picture:
    """Return the graph as boxes with operation, data and grad."""
    from reference import draw  # as in graph_of: only this command needs it

    return draw.picture_of(
        graph.nodes, {name: graph.nodes[index] for index, name in graph.names.items()}
    )


def tree_of(graph: Graph) -> list[tuple[str, str, float, float]]:
    """Return the graph as a tree from the roots down: branch and title, operation, data, grad.

    A node that was shown already is named again, without what is below it.
    """
    used = {x for operands in graph.operands.values() for x in operands}
    roots = [index for index in graph.operands if index not in used]
    lines: list[tuple[str, str, float, float]] = []
    shown: set[int] = set()

    def walk(index: int, branch: str, below: str) -> None:
        node = graph.nodes[index]
        again = index in shown and bool(graph.operands[index])
        title = graph.title(index) or "·"
        operation = "as above" if again else node._op
        lines.append((branch + title, operation, node.data, node.grad))
        if again:
            return
        shown.add(index)
        operands = graph.operands[index]
        for count, operand in enumerate(operands, 1):
            last = count == len(operands)
            walk(operand, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))

    for root in reversed(roots):
        walk(root, "", "")
    return lines


def tree_lines(screen: Screen, graph: Graph) -> list[Line]:
    """Return a graph as a tree from the roots down, a line a node: title, operation, data, grad."""
    tree = str.maketrans("└├│─", "`||-") if screen.plain else {}
    rows: list[list[Cell]] = [[[(title, "dim")] for title in ("node", "operation", "data", "grad")]]
    rows += [
        [branch.translate(tree), operation, show_number(data), show_number(grad)]
        for branch, operation, data, grad in tree_of(graph)
    ]
    return table(screen, [Column("cyan"), Column(), Column(), Column()], rows)
