"""What two candidates' replies have in common when they behave alike, whatever their style.

A signature leaves out what style decides: int or float, the order of operands in a set, the names
in the text of an exception, which of several right orders a sort returns.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from typing import Any

from grader.truth import tolerances
from grader.truth.arrays import Array

Needs = list[list[int] | None]
TELLING = ("nan", "inf", "-inf", "None", "True", "False", "missing")


def signature(request: dict[str, Any], reply: dict[str, Any], graph: Needs | None = None) -> Any:
    """Return the reply to a request as nested lists, dicts, strings and floats.

    To judge an order it needs the graph: for each node the nodes that come before it, or None for
    a node that the root does not depend on.
    """
    if "error" in reply:
        return ["raised", str(reply["error"]), _message(str(reply.get("message", "")))]
    if "timed_out" in reply:
        return ["timed out"]
    match request["verb"], reply:
        case "run", {"trace": dict(trace)}:
            return {str(name): _value(fields) for name, fields in trace.items()}
        case "script", {"reads": list(reads)}:
            return [_plain(read) for read in reads]
        case "scripts", {"reads": list(reads), "raised": raised}:
            return [_plain(reads), str(raised and raised["error"])]
        case "sweep", {"numbers": str(numbers), "unclear": list(unclear), "operands": operands}:
            return _programs(request, numbers, {*unclear}, operands, reply["stopped"])
        case "sort", {"not_a_list": str(kind)}:
            return ["not a list", kind]
        case "orders", {"found": list(found)}:
            asked = zip(request["graphs"], found, strict=False)
            return [_listed(operands, root, item) for (_, _, operands, _, root), item in asked]
        case "sort", {"orders": list(orders), "changed": list(changed)}:
            return [[_order(order, graph or []) for order in orders], _plain(changed)]
        case "show", {"texts": list(texts)}:
            shown = zip(request["inputs"], texts, strict=False)
            return [f"{number:g}" in str(text) for number, text in shown]
    return str(sorted(reply))


def _message(text: str) -> str:
    """Return the text of an exception without the names and addresses that a style gives it."""
    text = re.sub(r"\b0x[0-9a-fA-F]+", "", text)
    text = re.sub(r"[\w.<>]+\(\)", "f()", text)
    return re.sub(r"(arguments?: |variable )'\w+'", r"\1", text)


def _programs(
    request: dict[str, Any], text: str, unclear: set[Any], operands: Any, stopped: Any
) -> Any:
    """Return the numbers of each program of a sweep, "raised" for one that gave none."""
    numbers, begin = _floats(text), 0
    found: list[Any] = []
    for inputs, constants, moves, row in request["batches"]:
        made = sum(name not in ("grad", "data", "_backward", "backward") for name, *_ in moves)
        for _ in range(0, len(row), inputs + constants):
            end = begin + 2 * (inputs + made)
            if len(found) == stopped or end > len(numbers):
                return [*found, ["timed out"]]
            found.append(["raised"] if len(found) in unclear else list(numbers[begin:end]))
            begin = end
    if request["with_operands"] and isinstance(operands, list):
        together = zip(found, operands, strict=False)
        return [[one, _plain(own)] for one, own in together]
    return found


def below(operands: Sequence[Sequence[int]], root: int) -> Needs:
    """Return the operands of each node of a graph, None for one that the root needs not."""
    graph: Needs = [None] * len(operands)
    todo = [root]
    while todo:
        node = todo.pop()
        if graph[node] is None:
            graph[node] = [*operands[node]]
            todo += operands[node]
    return graph


def _listed(operands: list[list[int]], root: int, item: dict[str, Any]) -> Any:
    """Return what two calls listed for one small graph."""
    graph = below(operands, root)
    orders = [_order(item[call], graph) for call in ("order", "again")]
    return [*orders, str(item["changed"]), str(item["kind"])]


def _value(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return "odd"
    found = {str(name): _plain(content) for name, content in fields.items()}
    if isinstance(fields.get("_prev"), list):
        found["_prev"] = sorted({str(_plain(operand)) for operand in fields["_prev"]})
    return found


def _floats(text: str) -> list[float | str] | str:
    """Return numbers that travelled as hexadecimal; NaN and infinities by name."""
    found = array("d")
    try:
        found.frombytes(bytes.fromhex(text))
    except ValueError:
        return "odd"
    return finite(found)


def finite(numbers: array[float]) -> list[float | str]:
    """Return numbers, with NaN and infinities by name."""
    return [number if math.isfinite(number) else str(number) for number in numbers]


def _plain(content: Any) -> Any:
    if isinstance(content, bool) or content is None:
        return str(content)
    if isinstance(content, int | float):
        return float(content)
    if isinstance(content, list):
        return [_plain(part) for part in content]
    if isinstance(content, str) and (found := Array.parse(content)):
        return [found.dtype, [*map(float, found.shape)], finite(array("d", found.numbers))]
    if isinstance(content, dict):
        text, kind = str(content.get("odd")), str(content.get("type"))
        return text if text in TELLING else kind
    return str(content)


def _order(order: Any, graph: Needs) -> Any:
    """Return "right" for any right order of the graph, else the order itself."""
    if not isinstance(order, list) or not all(type(node) is int for node in order):
        return "odd"
    needed = {node: operands for node, operands in enumerate(graph) if operands is not None}
    place = {node: index for index, node in enumerate(order)}
    right = (len(place) == len(order) and place.keys() == needed.keys()) and all(
        place[operand] < place[node] for node, parts in needed.items() for operand in parts
    )
    return "right" if right else [float(node) for node in order]


def alike(one: Any, other: Any) -> bool:
    """Whether two signatures are the same but for rounding."""
    if one == other:
        return True
    if isinstance(one, float) and isinstance(other, float):
        return tolerances.alike(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    return bool(one == other)
