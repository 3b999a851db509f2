"""What the learner's objects become on the pipe: plain numbers, or else a description."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any

TEXT_LIMIT = 2_000
PREV_LIMIT = 1_000
LIST_LIMIT = 5_000
PROGRAM = "<program>"


class Blocked(ModuleNotFoundError):
    """An import that the kata does not allow."""


def describe(
    value: Any, value_class: type, fields: list[str], by_id: dict[int, str]
) -> dict[str, Any]:
    """Return the fields of a value as plain JSON; what is not a Value is sent as a number."""
    if not isinstance(value, value_class):
        return {"plain": number_of(value)}
    found: dict[str, Any] = {}
    for field in fields:
        try:
            content = getattr(value, field)
        except AttributeError:
            found[field] = {"odd": "missing", "type": "nothing"}
            continue
        if field == "_prev":
            found[field] = operands_of(content, value_class, by_id)
        elif field == "_op":
            found[field] = text_of(content) if type(content) is str else None
        else:
            found[field] = number_of(content)
    return found


def operands_of(prev: Any, value_class: type, by_id: dict[int, str]) -> list[Any] | dict[str, Any]:
    """Return the operands: a name of the program, or the number of a nameless node."""
    try:
        iterator = iter(prev)
    except TypeError:
        return {"odd": "not iterable", "type": type_name(prev)}
    if iterator is prev:
        return {"odd": "used up by one look", "type": type_name(prev)}
    found: list[Any] = []
    for child in iterator:
        if len(found) == PREV_LIMIT:
            break
        if isinstance(child, value_class):
            number: Any = child
            found.append(by_id.get(id(child)) or number_of(number.data))
        else:
            found.append({"odd": "not a Value", "type": type_name(child)})
    return found


def number_of(value: Any) -> Any:
    """Return a plain finite float or int as it is, anything else as a description."""
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) is int and -(2**1000) < value < 2**1000:
        return value
    return {"odd": odd_text(value), "type": type_name(value)}


def numbers_of(value: Any, depth: int = 3, leaf: Callable[[Any], Any] = number_of) -> Any:
    """Return a number, or a list of what is in a list, as plain JSON; `leaf` describes the rest."""
    if isinstance(value, bool):
        return {"odd": str(bool(value)), "type": "bool"}
    if isinstance(value, list | tuple) and depth:
        return [numbers_of(part, depth - 1, leaf) for part in value[:LIST_LIMIT]]
    return leaf(value)


def odd_text(value: Any) -> str:
    if type(value) is int:
        return "an integer too large for a float"
    try:
        return without_addresses(text_of(repr(value)))[:80]
    except Exception:
        return "a value that can't be shown"


def without_addresses(text: str) -> str:
    """Return a text without the places of objects in memory, which say nothing to a reader."""
    return re.sub(r" at 0x[0-9A-Fa-f]+", "", text)


def type_name(value: Any) -> str:
    return text_of(type(value).__name__)


def text_of(value: Any) -> str:
    """Return a real `str`, cut, whatever subclass or object was given."""
    text = value if isinstance(value, str) else str(value)
    return str.__getitem__(text, slice(0, TEXT_LIMIT)).encode("utf-8", "backslashreplace").decode()


def describe_error(error: BaseException, path: str) -> dict[str, Any]:
    """Return an exception as plain JSON, with the deepest line of the learner's file."""
    try:
        message = without_addresses(text_of(str(error)))
    except BaseException:
        message = "(its message can't be shown)"
    found: dict[str, Any] = {
        "error": type_name(error),
        "message": message,
        "line": None,
        "program_line": None,
        "function": "",
        "kinds": [text_of(kind.__name__) for kind in type(error).__mro__],
        "blocked": text_of(error.name or "") if isinstance(error, Blocked) else None,
        "memory": isinstance(error, MemoryError),
        "exit": isinstance(error, SystemExit),
    }
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name == path:
            found["line"] = trace.tb_lineno
            found["function"] = trace.tb_frame.f_code.co_name
        elif name == PROGRAM:
            found["program_line"] = trace.tb_lineno
        trace = trace.tb_next
    return found
