"""The suspects: a process that runs a kata's wrong solutions and says which behave as the attempt.

They are the kit's own texts, behind the wall all the same: one that hangs, or eats the memory,
stays away from the judge. The first case that no style of a suspect explains clears it. The cases
in which the attempt is wrong come first, the smallest of them before the others, so most suspects
are run on one or two small programs.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import CodeType
from typing import Any

from grader.grading.signature import alike, finite, signature
from grader.sandbox import arrays, wall
from grader.sandbox.candidate import Candidate, Gate, Pipe
from grader.sandbox.repeated import REPEATED
from grader.sandbox.sweep import Sweep

Battery = list[dict[str, Any]]
Graph = list[list[int] | None]
Shaky = Callable[["Case"], bool]

FLIPS: tuple[Callable[[Any], bool], ...] = (
    lambda operands: False,
    lambda operands: True,
    lambda operands: any(operand._prev for operand in operands[:1]),
    lambda operands: not any(operand._prev for operand in operands[:1]),
)


NUDGES = (1.0, 1 + 4e-16, 1 - 4e-16, 1 + 9e-16)  # the next numbers to 1


@dataclass
class Case:
    """One program or call: what the attempt answered, and what is right."""

    ask: dict[str, Any]
    stretch: bool
    reply: Any
    right: Any
    graph: Graph | None = None
    part: int | None = None  # of a sweep's signature

    @cached_property
    def wrong(self) -> bool:
        """Whether the attempt's answer is another than the right one."""
        return not self.explained_by(self.right)

    @property
    def batch(self) -> Any:
        """The program, if it is one of a sweep that asks for numbers alone."""
        if self.part is None or self.ask["with_operands"]:
            return None
        return self.ask["batches"][0]

    def near(self, factor: float) -> Case:
        """Return the same with its inputs times a factor."""
        ask = dict(self.ask)
        if self.batch:
            inputs, constants, moves, row = self.batch
            near = [number * factor for number in row[:inputs]] + row[inputs:]
            ask["batches"] = [[inputs, constants, moves, near]]
        elif ask["verb"] == "run":
            ask["inputs"] = {name: number * factor for name, number in ask["inputs"].items()}
        return replace(self, ask=ask)

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """When to compare: first what is wrong, the smallest of it, and last what hangs."""
        ask = self.ask
        size = sum(map(len, map(str, ask.values())))
        if ask["verb"] == "sweep":
            size = 10 * len(ask["batches"][0][2])
        return self.reply == ["timed out"], not self.wrong, size

    def explained_by(self, other: Any) -> bool:
        """Whether another reply is the attempt's, whatever the style of either."""
        if not is_raised(self.reply) or not is_raised(other):
            return alike(self.reply, other)
        endless = self.reply[1:2] == ["RecursionError"]
        told = 2 if endless or is_raised(self.right) else 3
        return bool(self.reply[:told] == other[:told])

    @property
    def has_numbers(self) -> bool:
        """Whether the attempt did answer, rightly or not."""
        return not is_raised(self.reply) and self.reply != ["timed out"]

    @property
    def telling(self) -> bool:
        """Whether the reply says more than that something was raised."""
        return bool(self.wrong and self.reply != ["raised"])


def is_raised(found: Any) -> bool:
    """Whether a signature is that of an exception."""
    return isinstance(found, list) and found[:1] == ["raised"]


def cases_of(battery: Battery, replies: list[Any]) -> list[Case]:
    """Return what there is to compare, each program of a sweep on its own."""
    found = []
    for item, reply in zip(battery, replies, strict=False):
        ask, graph = item["ask"], item.get("graph")
        got, right = signature(ask, reply, graph), signature(ask, item["right"], graph)
        if ask["verb"] != "sweep" or not isinstance(got[0], list):
            found.append(Case(ask, item["stretch"], got, right, graph))
            continue
        for batches, own, expected in zip(_programs(ask), got, right, strict=False):
            one = {**ask, "batches": [batches]}
            found.append(Case(one, item["stretch"], own, expected, part=0))
    return found


def _programs(ask: dict[str, Any]) -> Iterator[list[Any]]:
    for inputs, constants, moves, numbers in ask["batches"]:
        width = inputs + constants
        for begin in range(0, len(numbers), width):
            yield [inputs, constants, moves, numbers[begin : begin + width]]


class Variant(Candidate):
    """A wrong solution on one engine, executed at once."""

    def __init__(self, setup: Any, engine: CodeType, patches: list[Any]) -> None:
        super().__init__("suspect.py", "suspect", setup["allowed"])
        self.seconds = setup["seconds"]
        namespace = self.module.__dict__
        namespace["__builtins__"] = builtins
        namespace["_flips"] = FLIPS[0]
        sys.modules[self.name] = self.module
        exec(engine, namespace)
        for holder, name, code in patches:
            exec(code, namespace)
            if holder:
                self.change(namespace[holder], name, vars(namespace["Changed"]))

    def change(self, whole: Any, name: str, changed: Any) -> None:
        """Give a class what stands in place of a method."""
        if name not in changed:
            delattr(whole, name)
        for own, method in changed.items():
            if callable(method) or isinstance(method, property | staticmethod):
                setattr(whole, own, method)

    def reply_to(self, case: Case, flips: Callable[[Any], bool]) -> Any:
        """Return its signature on a case, with the operands of nodes in this order."""
        self.module.__dict__["_flips"] = flips
        sys.modules[self.name] = self.module
        if case.batch:
            return self.numbers_of(case.batch)
        found = signature(case.ask, self.timed(case.ask, self.seconds), case.graph)
        return found if case.part is None else found[case.part]

    def numbers_of(self, batch: Any) -> Any:
        """Return its numbers in one program of a sweep."""
        sweep = Sweep(self.module.__dict__["Value"])
        sweep.run(batch, False)
        return ["raised"] if sweep.unclear else finite(sweep.numbers)


class Suspect:
    """A mistake, in as many styles as are needed to see that it is not the attempt's."""

    def __init__(self, setup: Any, engines: list[CodeType], told: dict[str, Any]) -> None:
        self.setup, self.told, self.engines = setup, told, engines
        self.variants: dict[int, Variant] = {}
        self.orders = [*(FLIPS if told["ordered"] else FLIPS[:1])]

    def variant(self, engine: int) -> Variant:
        """Return the mistake on one of the engines."""
        if engine not in self.variants:
            self.variants[engine] = Variant(self.setup, self.engines[engine], self.patches)
        return self.variants[engine]

    @cached_property
    def patches(self) -> list[Any]:
        """The changed methods as code."""
        return [
            (holder, name, compile(_in_class(holder, text), "suspect.py", "exec"))
            for holder, name, text in self.told["patches"]
        ]

    def explains(self, case: Case) -> bool:
        """Whether it answers as the attempt does, in one of its styles."""
        return any(map(partial(self.explains_on, case), range(len(self.engines))))

    def explains_on(self, case: Case, engine: int) -> bool:
        """Whether it does on one engine, with the operands of nodes in one of the orders."""
        variant, replies = self.variant(engine), []
        for number, flips in enumerate(self.orders):
            replies.append(variant.reply_to(case, flips))
            if case.explained_by(replies[-1]):
                self.orders.insert(0, self.orders.pop(number))  # what fits often fits again
                return True
            if replies[:-1] == replies[1:] != []:  # the first two are the same: so will be others
                return False
        return False

    def likeness(self, core: list[Case], follow_ups: list[Case], shaky: Shaky) -> int:
        """Return 2 if it explains all of these cases, 1 if all but those of follow-ups, else 0."""

        def explained(case: Case) -> bool:
            return self.explains(case) or shaky(case)

        return all(map(explained, core)) and 1 + all(map(explained, follow_ups))

    def replies(self, battery: Battery) -> Iterator[Any]:
        """Yield its signatures on the battery, up to the first request that hangs."""
        variant = self.variant(0)
        for item in battery:
            sys.modules[variant.name] = variant.module
            reply = variant.timed(item["ask"], variant.seconds)
            yield signature(item["ask"], reply, item.get("graph"))
            if "timed_out" in reply:
                return


def _in_class(holder: str, text: str) -> str:
    return f"class Changed:\n{text}" if holder else text


class Group(dict[str, Suspect]):
    """The suspects of a line-up by name, and the right engines that they are edits of."""

    def __init__(self, setup: Any, line_up: dict[str, Any]) -> None:
        engines = {
            name: compile(text, "suspect.py", "exec", dont_inherit=True)
            for name, text in line_up["engines"].items()
        }
        for name, told in line_up["suspects"].items():
            self[name] = Suspect(setup, [engines[engine] for engine in told["engines"]], told)
        self.setup = setup
        self.engines = [code for name, code in engines.items() if name not in self]

    @cached_property
    def right(self) -> list[Variant]:
        """The engines as they are."""
        return [Variant(self.setup, engine, []) for engine in self.engines]

    def has_sure(self, cases: list[Case], wanted: Callable[[Case], bool]) -> bool:
        """Whether a case is as wanted, and its answer no matter of rounding."""
        return any(wanted(case) and not self.is_shaky(case) for case in cases)

    def is_shaky(self, case: Case) -> bool:
        """Whether rounding decides: with inputs that hardly differ even right answers do.

        Large numbers cancel there, and each way to write a formula leaves another rest.
        """
        return any(
            not alike(variant.reply_to(case.near(factor), FLIPS[0]), case.right)
            for factor, variant in itertools.product(NUDGES, self.right)
        )


def matching(groups: list[Group], whole: list[str], cases: list[Case]) -> tuple[list[str], bool]:
    """Return the names of those who behave like the attempt, from the first group that has any.

    And whether it is wrong in follow-ups alone: then only those in `whole` count, which a follow-up
    rejects. Else they count where numbers say so: what a follow-up raises says nothing.
    """
    for group in groups:
        ordered = sorted(cases, key=lambda case: case.rank)
        wrong = [case for case in ordered if case.wrong]
        is_any = partial(group.has_sure, wrong)
        if not is_any(lambda case: case.telling):
            continue
        follow_ups_only = not is_any(lambda case: not case.stretch)
        by_numbers = is_any(lambda case: case.has_numbers and not case.stretch)
        core, follow_ups = ([c for c in ordered if c.stretch is which] for which in (False, True))
        asked = [name for name in group if (name in whole) == follow_ups_only or by_numbers]
        found = {name: group[name].likeness(core, follow_ups, group.is_shaky) for name in asked}
        best = max(found.values(), default=0)
        if best > follow_ups_only:
            return [name for name, same in found.items() if same == best], follow_ups_only
    return [], False


def main() -> None:
    """Get ready while the attempt answers, then say who behaves like it.

    The first request has the line-up and the battery; the second has the attempt's replies, or null
    to ask for every suspect's own.
    """
    pipe = Pipe()
    setup = pipe.receive()
    assert setup
    REPEATED.install()
    sys.meta_path.append(Gate(setup["allowed"]))
    if setup["numpy"]:
        arrays.install(setup["numpy"])
    raised = wall.confine(setup)
    groups = [Group(setup, line_up) for line_up in setup["line_ups"]]
    pipe.send({"wall": raised, "pid": os.getpid()})
    request = pipe.receive()
    if request is None:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        pipe.send(answer_to(request["asked"], groups, setup))


def answer_to(asked: Any, groups: list[Group], setup: dict[str, Any]) -> Any:
    """Return the names of those who behave like the attempt, or the signatures of all."""
    battery = setup["battery"]
    if asked is not None:
        cases = cases_of(battery, asked)
        core = sum(not case.stretch for case in cases)
        found, follow_ups_only = matching(groups, setup["whole"], cases)
        return {"found": found, "follow_ups_only": follow_ups_only, "compared": core}
    return {"found": {name: list(one.replies(battery)) for name, one in groups[0].items()}}
