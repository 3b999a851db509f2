"""Mutants that are as right as their base, each with the reason why.

`tests/right/KATA/equivalent.toml` names them one by one: base, function, the lines that changed,
and what they became. A rule of `tests/right/equivalent.toml` names a kind of them by patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from grader.author.mutants import Mutation
from grader.content import toml
from grader.core.model import Kata

FILE = "equivalent.toml"
Pattern = Annotated[str, Meta(description="a pattern in quotes")]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One edit of one base that changes nothing a kata promises."""

    base: toml.Line
    function: str
    before: toml.Text
    after: toml.Text
    reason: toml.Line

    def covers(self, kata: Kata, base: str, mutation: Mutation) -> bool:
        """Whether a mutant is this edit."""
        made = (base, mutation.function, mutation.before, mutation.after)
        return made == (self.base, self.function, self.before.strip(), self.after.strip())


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of edit that changes nothing, whatever the base; a pattern left out fits all."""

    reason: toml.Line
    kata: Pattern = ".*"
    base: Pattern = ".*"
    operator: Pattern = ".*"
    function: Pattern = ".*"
    before: Pattern = ".*"
    after: Pattern = ".*"

    def covers(self, kata: Kata, base: str, mutation: Mutation) -> bool:
        """Whether every pattern fits the whole of what it is about."""
        about = {
            self.kata: kata.short,
            self.base: base,
            self.operator: mutation.operator,
            self.function: mutation.function,
            self.before: mutation.before,
            self.after: mutation.after,
        }
        return all(re.fullmatch(pattern, said, re.DOTALL) for pattern, said in about.items())


class EntriesFile(Struct, frozen=True, forbid_unknown_fields=True):
    """An `equivalent.toml` beside the right answers of a kata."""

    equivalent: tuple[Entry, ...] = ()


class RulesFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The `equivalent.toml` of all katas."""

    rule: tuple[Rule, ...] = ()


@dataclass
class Known:
    """The equivalents of a kata, and which of them a survivor has been found for."""

    kata: Kata
    entries: tuple[Entry, ...]
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        self.met: set[Entry | Rule] = set()

    def explain(self, base: str, mutation: Mutation) -> str:
        """Return why a survivor is as right as its base, "" if nobody has said so."""
        known: list[Entry | Rule] = list(self.entries)
        known.extend(self.rules)
        for one in known:
            if one.covers(self.kata, base, mutation):
                self.met.add(one)
                return one.reason
        return ""

    def stale(self, bases: list[str]) -> list[Entry]:
        """Return the entries of these bases that no survivor needs any more."""
        return [one for one in self.entries if one.base in bases and one not in self.met]


def known_of(kata: Kata, right: Path) -> Known:
    """Return what is written of a kata's equivalents; none need be."""
    own, common = right / kata.name / FILE, right / FILE
    entries = toml.read(own, EntriesFile).equivalent if own.is_file() else ()
    rules = toml.read(common, RulesFile).rule if common.is_file() else ()
    return Known(kata, entries, rules)
