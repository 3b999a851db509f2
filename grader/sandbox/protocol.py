"""The private pipe: what a candidate may be asked, and the shape of every reply.

The judge writes one JSON request a line, `{"verb": ..., argument: ...}`; the arguments are those of
the method of that name in `candidate`. The candidate answers each with one line: `done` with the
shape below, or `raised` with what the learner's code raised. A line of any other shape was not
written by the kit, and is refused as a whole.
"""

from __future__ import annotations

from functools import cached_property
from typing import Generic, TypedDict, TypeVar

import msgspec

T = TypeVar("T")


class Odd(TypedDict):
    """What stands for a value that is not a plain number: its text, and its type's name."""

    odd: str
    type: str


Number = int | float
# An array: its dtype, its sizes, and its numbers as float64 in hexadecimal, row by row.
Array = str
Leaf = Number | Odd
Seen = Leaf | Array
Content = Seen | list[Seen | list[Seen | list[Seen]]]
Field = Leaf | str | None | list[Leaf | str]  # a number, `_op` or `_prev`
Flat = str | bool | Number | None
One = Flat | list[Flat] | dict[str, Flat]
Two = Flat | list[One] | dict[str, One]
Three = Flat | list[Two] | dict[str, Two]
Four = Flat | list[Three] | dict[str, Three]
Five = Flat | list[Four] | dict[str, Four]


class Raised(TypedDict):
    """An exception of the learner's code; lines are of the learner's file and of the program."""

    error: str
    message: str
    line: int | None
    program_line: int | None
    function: str
    kinds: list[str]
    blocked: str | None
    memory: bool
    exit: bool


class SetUp(TypedDict):
    """What the wall is made of, and the process that is about to load the file."""

    wall: list[str]
    pid: int


class SyntaxFault(TypedDict):
    """Where Python could not read the file."""

    message: str
    line: int | None
    column: int | None
    text: str | None


class Loaded(TypedDict):
    """The file was executed, unless its syntax is wrong."""

    syntax: SyntaxFault | None


class Entry(TypedDict):
    """Names that the file does not define."""

    missing: list[str]


class Ran(TypedDict):
    """Each name of a program: the fields of a Value, or `plain` for what is none."""

    trace: dict[str, dict[str, Field]]


class Swept(TypedDict):
    """Numbers of many programs (float64 in hexadecimal), and the places of those without any.

    `operands` has, where asked for, the slots of the operands of each Value of each program;
    `stopped` is the place of the program that took too long.
    """

    numbers: str
    unclear: list[int]
    operands: list[list[list[int]]]
    stopped: int | None


class Sorted(TypedDict):
    """For each call the nodes it listed; else the type of what was returned instead of a list."""

    orders: list[list[int]]
    changed: list[int]
    not_a_list: str | None


class Ordered(TypedDict):
    """The nodes that two calls on one graph listed (-1: none of its nodes).

    `kind` is the type of what the first call returned, or "raised".
    """

    order: list[int]
    again: list[int]
    changed: bool
    kind: str


class AllOrdered(TypedDict):
    """What was listed for each graph."""

    found: list[Ordered]


class Read(TypedDict):
    """What was read after a script, in the order of the reads."""

    reads: list[Content]


class ReadInTurn(TypedDict):
    """What was read after each of many scripts; the one after them may have raised."""

    reads: list[list[Content]]
    raised: Raised | None


class Shown(TypedDict):
    """`repr` of some Values."""

    texts: list[str]


class Answered(TypedDict):
    """The replies to a battery or a replay, without their envelope.

    Each is `done`, `raised`, `timed_out` or `died`, of many shapes; none is deeper than
    a list of tables of numbers.
    """

    replies: list[dict[str, Five]]


class Reply(msgspec.Struct, Generic[T]):
    """The envelope: one of the two is there."""

    done: T | None = None
    raised: Raised | None = None


class Verb(Generic[T]):
    """One thing that a candidate may be asked, and the shape of what it answers."""

    def __init__(self, name: str, shape: type[T]) -> None:
        self.name = name
        self.shape = shape

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Reply[T]]:
        return msgspec.json.Decoder(Reply[self.shape])  # type: ignore[name-defined]

    def decode(self, line: bytes) -> Reply[T] | None:
        """Return what a line says, None for a line that no candidate of ours writes."""
        try:
            reply = self._decoder.decode(line)
        except (msgspec.DecodeError, RecursionError):
            return None
        return None if reply.done is None and reply.raised is None else reply


SETUP = Verb("setup", SetUp)
LOAD = Verb("load", Loaded)
ENTRY = Verb("entry", Entry)
RUN = Verb("run", Ran)
SWEEP = Verb("sweep", Swept)
SORT = Verb("sort", Sorted)
ORDERS = Verb("orders", AllOrdered)
SCRIPT = Verb("script", Read)
SCRIPTS = Verb("scripts", ReadInTurn)
SHOW = Verb("show", Shown)
BATTERY = Verb("battery", Answered)
REPLAY = Verb("replay", Answered)
