"""A TOML file as the type it should hold, or one sentence that says what to correct, and where.

A type's `Meta(description=...)` says what to write; msgspec finds the fault, this words it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, inspect

from grader.core.model import KitError, clip

T = TypeVar("T")
SHOWN, MANY = 60, 20  # the characters of a wrong value, the items of a list that is shown
# What a terminal would obey, and marks that reverse the text after them.
UNPRINTED = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
Line = Annotated[
    str,
    Meta(pattern=rf"^[^\t\n{UNPRINTED}]+\Z", description="one line of plain text in quotes"),
]
Text = Annotated[
    str,
    Meta(pattern=rf"^[^{UNPRINTED}]*\Z", description="plain text in quotes"),
]
WORDS: dict[type[inspect.Type], str] = {
    inspect.ListType: "a list in square brackets",
    inspect.VarTupleType: "a list in square brackets",
    inspect.StructType: "a table",
}
# What msgspec says of [document]: the reason, then the path, which ends at a free key (`[...]`).
SAID = re.compile(
    r"(?:Object (?P<how>missing|contains).* field `(?P<field>.*)`|.*)"
    r" - at `\$\[0\](?P<path>(?:\.\w+|\[\d+\])*).*`",
    re.DOTALL,
)


def one_of(names: Iterable[str]) -> Meta:
    """Return the bound of a text that is one of the names."""
    names = tuple(names)
    alternatives = "|".join(map(re.escape, names))
    return Meta(pattern=rf"^({alternatives})\Z", description=f"one of {', '.join(names)}")


def read(path: Path, kind: type[T]) -> T:
    """Return what a file holds, or raise KitError naming the file and the fault."""
    found: T = convert(load(path), kind, str(path))
    return found


def load(path: Path) -> dict[str, Any]:
    """Return the tables of a file whatever they hold, or raise KitError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        problem = f"{path} can't be read: {error.strerror}."
        raise KitError(problem, "Name a TOML file that can be read.") from None
    except (ValueError, RecursionError) as error:
        raise KitError(f"{path} is not TOML: {error}.", "Correct the file there.") from None


def convert(said: Any, kind: Any, where: str) -> Any:
    """Return what was said as a `kind`, or raise KitError; `where` is the place it was said at."""
    try:
        (found,) = msgspec.convert([said], list[kind])
    except msgspec.ValidationError as error:  # its path is never empty, thanks to the list
        raise _fault(str(error), said, inspect.type_info(kind), where) from None
    return found


def _fault(message: str, said: Any, kind: inspect.Type, where: str) -> KitError:
    found = SAID.fullmatch(message)
    assert found, message
    for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", found["path"]):
        step = name or int(number)
        kind, said = _inside(kind, said, step), said[step]
        where += f": {name}" if name else _item(said, step)
    field = found["field"]
    if found["how"] == "missing":
        words = _words(_inside(kind, said, field))
        return KitError(f"{where} lacks {field}.", f"Add {field}, {words}.")
    if found["how"] == "contains":
        problem = f"{where} has the unknown field {field!r}, which is {_show(said[field])}."
        known = ", ".join(_fields(kind, said))
        return KitError(problem, f"Remove it or correct its name. The fields are {known}.")
    return KitError(f"{where} is {_show(said)}.", f"Write {_words(kind)}.")


def _item(said: Any, place: int) -> str:
    """Name an item of a list by what it is called, or else by its place, counted from 1."""
    called = said.get("id", said.get("name")) if isinstance(said, dict) else None
    return f" {_show(called)}" if isinstance(called, str) else f", item {place + 1}"


def _inside(kind: inspect.Type, said: Any, step: str | int) -> inspect.Type:
    """Return the type of what stands at a step into `said`, which should be a `kind`."""
    if isinstance(step, str):
        return _fields(kind, said)[step]
    lists = (inspect.ListType, inspect.VarTupleType)
    return next(one.item_type for one in _alternatives(kind) if isinstance(one, lists))


def _fields(kind: inspect.Type, said: dict[str, Any]) -> dict[str, inspect.Type]:
    """Return the fields of a table with their types; of several tables, its tag says which."""
    tables = [one for one in _alternatives(kind) if isinstance(one, inspect.StructType)]
    fields: dict[str, inspect.Type] = {}
    for table in tables:
        if table.tag_field:
            fields[table.tag_field] = inspect.LiteralType(tuple(one.tag for one in tables))
        if not table.tag_field or said.get(table.tag_field) == table.tag:
            fields |= {field.name: field.type for field in table.fields}
    return fields


def _alternatives(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return _alternatives(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [bare for one in kind.types for bare in _alternatives(one)]
    return [kind]


def _words(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra_json_schema or {})["description"])
    if isinstance(kind, inspect.UnionType):
        return " or ".join(dict.fromkeys(map(_words, kind.types)))
    if isinstance(kind, inspect.LiteralType):
        return f"one of {', '.join(map(str, kind.values))}"
    return WORDS[type(kind)]


def _show(value: Any) -> str:
    if isinstance(value, list) and len(value) > MANY:
        return f"a list of {len(value)} items"
    try:
        return clip(repr(value), SHOWN)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "a number of thousands of digits"
