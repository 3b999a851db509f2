"""How a number comes about, step by step: from the engine's graph, or from lines of arithmetic."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

from grader.core.model import show_number
from grader.tour.graph import Graph, graph_of
from grader.truth.program import Program, program

LARGEST_VALUE, LARGEST_GRAD, KINK = 50.0, 200.0, 0.1
BINARY = ("{} + {}", "{} * {}", "{} - {}", "{} * {}")


def of_lines(
    lines: Sequence[str], values: Mapping[str, float], functions: Mapping[str, Callable[..., float]]
) -> tuple[dict[str, float], list[str]]:
    """Evaluate `name = expression` lines; return all names, and each line worked out."""
    names = dict(values)
    told = []
    for line in lines:
        name, _, expression = map(str.strip, line.partition("="))
        names[name] = eval(expression, {"__builtins__": {}, **functions}, dict(names))
        filled = re.sub(r"\(?[A-Za-z_]\w*", lambda m: _filled(m[0], names), expression)
        parts = dict.fromkeys([name, expression, filled, show_number(names[name] + 0)])
        told.append(" = ".join(parts))
    return names, told


def _filled(text: str, names: Mapping[str, float]) -> str:
    """Return a name's number, in parentheses if it is negative and stands in none."""
    name = text.lstrip("(")
    if name not in names:
        return text
    return f"({names[name]:.6g}" if text != name else _number(names[name])


def _number(value: float) -> str:
    return f"({value:.6g})" if value < 0 else f"{value:.6g}"


def of_program(made: Program, wanted: str) -> tuple[float, list[str]]:
    """Return `x.grad` after the root's backward(), and how the engine comes by it."""
    whole = program(f"{made.code}\n{made.result}.backward()", **made.inputs)
    graph = graph_of(whole)
    titles = [graph.expression(index) for index in range(len(graph.nodes))]
    leaf = titles.index(wanted.partition(".")[0])
    return graph.nodes[leaf].grad, [*_forward(graph), *_reverse(graph, titles, leaf)]


def _forward(graph: Graph) -> list[str]:
    told = []
    for index, node in enumerate(graph.nodes):
        if graph.operands[index]:
            name = graph.title(index)
            head = f"{name} = " if name else ""
            told.append(f"{head}{graph.formula(index)} = {show_number(node.data + 0.0)}")
    return told


def _reverse(graph: Graph, titles: list[str], wanted: int) -> list[str]:
    """Return a line for each node on the way to the wanted one, users before operands."""
    below = _ancestors(graph, wanted)
    shares: dict[int, list[str]] = {}
    told = []
    for index in reversed(range(len(graph.nodes))):
        if index not in below:
            continue
        node = graph.nodes[index]
        terms = " + ".join(shares.get(index, ["1"]))
        total = show_number(node.grad)
        told.append(f"{titles[index]}.grad = {terms}" + (f" = {total}" if terms != "1" else ""))
        for operand, local in zip(graph.operands[index], node._local, strict=True):
            term = f"{_number(local)} * {_number(node.grad)}"
            shares.setdefault(operand, []).append(term)
    return told


def _ancestors(graph: Graph, index: int) -> set[int]:
    """Return the node and all that depend on it."""
    found = {index}
    for user in sorted(graph.operands):
        if found & set(graph.operands[user]):
            found.add(user)
    return found


def sample_program(rng: random.Random, values: dict[str, float]) -> tuple[Program, str]:
    """Return a program over three numbers that uses an inner node at two depths, and what to ask.

    Its numbers stay small enough for a sheet of paper, and away from relu's kink.
    """
    while True:
        made = Program(_sample_code(rng, list(values)), values)
        graph = graph_of(program(f"{made.code}\n{made.result}.backward()", **values))
        before_relu = [
            graph.nodes[ops[0]].data for n, ops in graph.operands.items() if _is_relu(graph, n)
        ]
        small = all(abs(node.data) <= LARGEST_VALUE for node in graph.nodes)
        small = small and all(abs(node.grad) <= LARGEST_GRAD for node in graph.nodes)
        asked = [name for name in values if name in made.code.splitlines()[0].split()]
        asked = [name for name in asked if _grad(graph, name)]
        if small and asked and all(abs(x) >= KINK for x in before_relu):
            return made, f"{rng.choice(sorted(asked))}.grad"


def _is_relu(graph: Graph, index: int) -> bool:
    return bool(graph.nodes[index]._op == "relu")


def _grad(graph: Graph, name: str) -> float:
    return next(float(graph.nodes[i].grad) for i, known in graph.names.items() if known == name)


def _sample_code(rng: random.Random, leaves: list[str]) -> str:
    """Return lines d to g: d of two leaves, e of d, f of d and e, g of f and a leaf."""
    x, y, z = rng.sample(leaves, 3)
    pick = [rng.choice(BINARY) for _ in range(4)]
    e = rng.choice([pick[1].format("d", z), "d.relu()", "d ** 2"])
    lines = [
        f"d = {pick[0].format(x, y)}",
        f"e = {e}",
        f"f = {pick[2].format('d', 'e')}",
        f"g = {pick[3].format('f', z)}",
    ]
    return "\n".join(lines)
