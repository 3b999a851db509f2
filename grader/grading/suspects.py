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
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

from grader.grading.signature import alike, signature
from grader.sandbox import wall
from grader.sandbox.candidate import Candidate, Gate, Pipe

Battery = list[dict[str, Any]]
Graph = list[list[int] | None]

FLIPS: tuple[Callable[[Any], bool], ...] = (
    lambda operands: False,
    lambda operands: True,
    lambda operands: any(operand._prev for operand in operands[:1]),
    lambda operands: not any(operand._prev for operand in operands[:1]),
)


@dataclass
class Case:
    """One program or call: what the attempt answered, and what is right."""

    ask: dict[str, Any]
    stretch: bool
    reply: Any
    right: Any
    graph: Graph | None = None
    part: int | None = None  # of a sweep's signature

    @property
    def wrong(self) -> bool:
        return not alike(self.reply, self.right)

    @property
    def size(self) -> int:
        """How much there is to do, roughly; what hangs is the largest of all."""
        ask = self.ask
        hangs = 1_000_000 if self.reply == ["timed out"] else 0
        if ask["verb"] == "sweep":
            moves: list[Any] = ask["batches"][0][2]
            return hangs + 10 * len(moves)
        text: str = ask.get("code", "") + ask.get("operations", "")
        return hangs + len(text)

    def explained_by(self, other: Any) -> bool:
        """Whether another reply is the attempt's, whatever the style of either."""
        both = [self.reply[:1], other[:1]] if isinstance(self.reply, list) else []
        if both != [["raised"]] * 2 or not isinstance(other, list):
            return alike(self.reply, other)
        endless = self.reply[1:2] == ["RecursionError"]
        told = 2 if endless or self.right[:1] == ["raised"] else 3
        return bool(self.reply[:told] == other[:told])

    @property
    def telling(self) -> bool:
        """Whether the reply says more than that something was raised."""
        return bool(self.wrong and self.reply != ["raised"])


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
    """A wrong solution in one style, compiled and not yet executed."""

    def __init__(self, setup: Any, engine: CodeType, patches: list[Any], flips: Any) -> None:
        super().__init__("suspect.py", "suspect", setup["allowed"])
        self.engine, self.patches, self.flips = engine, patches, flips
        self.seconds = setup["seconds"]

    def load(self) -> dict[str, Any]:
        """Execute the engine as the learner's module, and put the changed methods in."""
        namespace = self.module.__dict__
        namespace["__builtins__"] = builtins
        namespace["_flips"] = self.flips
        sys.modules[self.name] = self.module
        exec(self.engine, namespace)
        for holder, name, code in self.patches:
            exec(code, namespace)
            if holder:
                changed, whole = namespace["Changed"].__dict__, namespace[holder]
                if name not in changed:
                    delattr(whole, name)
                for own, method in changed.items():
                    if callable(method) or isinstance(method, property | staticmethod):
                        setattr(whole, own, method)
        return {"syntax": None}

    def reply_to(self, case: Case) -> Any:
        """Return its signature on a case."""
        sys.modules[self.name] = self.module
        found = signature(case.ask, self.timed(case.ask, self.seconds), case.graph)
        return found if case.part is None else found[case.part]


class Suspect:
    """A mistake, in as many styles as are needed to see that it is not the attempt's."""

    def __init__(self, setup: Any, engines: dict[str, CodeType], told: dict[str, Any]) -> None:
        self.setup, self.told = setup, told
        self.engines = [engines[name] for name in told["engines"]]
        self.variants: list[Variant] = []

    def styles(self) -> Iterator[Variant]:
        """Yield the mistake in one style after another; those that were needed come first."""
        yield from [*self.variants]
        while len(self.variants) < self.count:
            self.variants.append(self.made(len(self.variants)))
            yield self.variants[-1]

    @property
    def count(self) -> int:
        ordered = "_flips" in self.engines[0].co_names or self.is_ordered
        return len(self.engines) * (len(FLIPS) if ordered else 1)

    @property
    def is_ordered(self) -> bool:
        """Whether the engine's nodes keep their operands in an order to choose."""
        return any("_flips" in names for names in map(_names, self.engines))

    def made(self, number: int) -> Variant:
        """Return a style: the first engines in turn, then other orders of the operands."""
        flips, engine = divmod(number, len(self.engines))
        variant = Variant(self.setup, self.engines[engine], self.patches(), FLIPS[flips])
        variant.load()
        return variant

    def patches(self) -> list[Any]:
        """Return the changed methods as code."""
        if "code" not in self.told:
            self.told["code"] = [
                (holder, name, compile(_in_class(holder, text), "suspect.py", "exec"))
                for holder, name, text in self.told["patches"]
            ]
        code: list[Any] = self.told["code"]
        return code

    def explains(self, case: Case) -> bool:
        """Whether it answers as the attempt does, in one of its styles."""
        for variant in self.styles():
            if case.explained_by(variant.reply_to(case)):
                if variant is not self.variants[0]:
                    self.variants.remove(variant)
                    self.variants.insert(0, variant)
                return True
        return False

    def likeness(self, cases: list[Case]) -> int:
        """Return 2 if it explains all of these cases, 1 if all but those of follow-ups, else 0."""
        same = 2
        for case in cases:
            if not (same == 1 and case.stretch) and not self.explains(case):
                if not case.stretch:
                    return 0
                same = 1
        return same

    def replies(self, battery: Battery) -> Iterator[Any]:
        """Yield its signatures on the battery, up to the first request that hangs."""
        variant = self.made(0)
        for item in battery:
            reply = variant.timed(item["ask"], variant.seconds)
            yield signature(item["ask"], reply, item.get("graph"))
            if "timed_out" in reply:
                return


def _in_class(holder: str, text: str) -> str:
    return f"class Changed:\n{text}" if holder else text


def _names(code: CodeType) -> set[str]:
    """Return every name that a code uses, its functions and classes included."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def matching(groups: list[dict[str, Suspect]], whole: list[str], cases: list[Case]) -> list[str]:
    """Return the names of those who behave like the attempt, from the first group that has any.

    Those in `whole` are wrong in follow-ups alone: they count for an attempt that is wrong in
    nothing else, and then no others do.
    """
    wrong = [case for case in cases if case.wrong]
    follow_ups_only = all(case.stretch for case in wrong)
    if not any(case.telling for case in wrong):
        return []
    by_size = sorted(wrong, key=lambda case: case.size)
    ordered = [case for case in by_size if case.reply != ["timed out"]]
    ordered += [case for case in cases if not case.wrong]
    ordered += [case for case in by_size if case.reply == ["timed out"]]
    for group in groups:
        asked = [name for name in group if (name in whole) == follow_ups_only]
        found = {name: group[name].likeness(ordered) for name in asked}
        best = max(found.values(), default=0)
        if best > follow_ups_only:
            return [name for name, same in found.items() if same == best]
    return []


def main() -> None:
    """Get ready while the attempt answers, then say who behaves like it.

    The first request has the line-up and the battery; the second has the attempt's replies, or null
    to ask for every suspect's own.
    """
    pipe = Pipe()
    setup = pipe.receive()
    assert setup
    sys.meta_path.append(Gate(setup["allowed"]))
    raised = wall.confine(setup)
    groups = [group_of(line_up, setup) for line_up in setup["line_ups"]]
    pipe.send({"wall": raised, "pid": os.getpid()})
    request = pipe.receive()
    if request is None:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        pipe.send(answer_to(request["asked"], groups, setup))


def group_of(line_up: dict[str, Any], setup: dict[str, Any]) -> dict[str, Suspect]:
    """Return the suspects of a line-up by name."""
    engines = {
        name: compile(text, "suspect.py", "exec", dont_inherit=True)
        for name, text in line_up["engines"].items()
    }
    return {name: Suspect(setup, engines, told) for name, told in line_up["suspects"].items()}


def answer_to(asked: Any, groups: list[dict[str, Suspect]], setup: dict[str, Any]) -> Any:
    """Return the names of those who behave like the attempt, or the signatures of all."""
    battery = setup["battery"]
    if asked is not None:
        cases = cases_of(battery, asked)
        core = sum(not case.stretch for case in cases)
        return {"found": matching(groups, setup["whole"], cases), "compared": core}
    return {"found": {name: list(one.replies(battery)) for name, one in groups[0].items()}}
