"""What an interview is made of: sets from TOML, and the plan that a seed chooses from one."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from grader.content import catalog
from grader.core.model import KitError
from grader.interview.agenda import Phase, Plan
from grader.interview.phases import PARTS

SETS = catalog.BANK / "interviews.toml"
TITLES = {kind: part.title for kind, part in PARTS.items()}
ASKING = tuple(kind for kind, part in PARTS.items() if part.asks)
WITH_KATA = tuple(kind for kind, part in PARTS.items() if part.about_kata)
SHORTEST, LONGEST = 5, 240  # minutes


@dataclass(frozen=True)
class Template:
    """A set as a file has it."""

    name: str
    title: str
    katas: list[list[str]]
    phases: list[dict[str, Any]] = field(default_factory=list)


def read_set(query: str) -> Template:
    """Return a set of the bank, or that of a TOML file (a path that ends in .toml)."""
    if query.endswith(".toml"):
        return _read_file(Path(query))
    known = tomllib.loads(SETS.read_text("utf-8"))
    if query not in known:
        raise KitError(
            f"There is no set {query!r}.",
            f"The sets are {', '.join(known)}; a path that ends in .toml names a file.",
        )
    return _template(f"the set {query!r}", query, known[query])


def _read_file(path: Path) -> Template:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(f"{str(path)!r} can't be read: {reason}.", "Name a TOML file.") from None
    if len(said) != 1 or not isinstance(next(iter(said.values())), dict):
        raise KitError(
            f"{str(path)!r} should hold one set, and has {len(said)} keys.",
            "Begin it with a line such as [mine].",
        )
    ((name, body),) = said.items()
    return _template(repr(str(path)), name, body)


def _template(where: str, name: str, said: dict[str, Any]) -> Template:
    phases, pools = said.get("phases"), said.get("katas", [])
    if not (isinstance(phases, list) and phases and all(isinstance(p, dict) for p in phases)):
        raise KitError(f"{where} has no phases.", "Add phases = [{ kind = ..., minutes = ... }].")
    if not (isinstance(pools, list) and all(map(_is_pool, pools))):
        raise KitError(
            f"{where}: katas should be a list of lists.", 'Write katas = [["kata03", "kata04"]].'
        )
    for phase in phases:
        _check_phase(where, phase, len(pools))
    return Template(name, str(said.get("title", name)), pools, phases)


def _is_pool(pool: Any) -> bool:
    return isinstance(pool, list) and bool(pool) and all(isinstance(name, str) for name in pool)


def _check_phase(where: str, phase: dict[str, Any], pools: int) -> None:
    kind, minutes, count = phase.get("kind"), phase.get("minutes"), phase.get("count", 1)
    if kind not in TITLES:
        raise KitError(f"{where} has a phase of kind {kind!r}.", f"Kinds are {', '.join(TITLES)}.")
    if not isinstance(minutes, int | float) or isinstance(minutes, bool) or not 0 < minutes < 1e4:
        raise KitError(
            f"{where}: the {kind} phase has {minutes!r} minutes.", "Give it a number above 0."
        )
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise KitError(f"{where}: the {kind} phase has count {count!r}.", "Give it 1 or more.")
    number = phase.get("kata", 1)
    if kind in WITH_KATA and not (isinstance(number, int) and 1 <= number <= pools):
        raise KitError(
            f"{where}: the {kind} phase names kata pool {number!r} of {pools}.",
            "Number the lists of `katas` from 1.",
        )


def sample_plan(template: Template, seed: int, minutes: float | None, **options: bool) -> Plan:
    """Return the plan that a seed chooses: katas, questions, and budgets scaled to the minutes."""
    whole = sum(phase["minutes"] for phase in template.phases)
    if minutes is not None and not SHORTEST <= minutes <= LONGEST:
        raise KitError(
            f"An interview of {minutes:g} minutes can't be held.",
            f"Choose {SHORTEST} to {LONGEST} minutes.",
        )
    scale = 60.0 * (minutes / whole if minutes is not None else 1.0)
    rng = random.Random(f"interview/{seed}")
    katas = [catalog.find_kata(rng.choice(pool)).name for pool in template.katas]
    ends = accumulate(phase["minutes"] * scale for phase in template.phases)
    taken: set[str] = set()
    phases = []
    for said, end in zip(template.phases, ends, strict=True):
        kind = said["kind"]
        kata = katas[said.get("kata", 1) - 1] if kind in WITH_KATA else ""
        asked = _choose_questions(rng, kind, kata, said.get("count", 1), taken, katas)
        phases.append(Phase(kind, said["minutes"] * scale, end, kata, tuple(asked)))
    return Plan(template.name, template.title, seed, tuple(phases), **options)


def _choose_questions(
    rng: random.Random, kind: str, kata: str, count: int, taken: set[str], katas: list[str]
) -> list[tuple[str, int]]:
    """Return questions that fit a phase, none of them twice in an interview."""
    part = PARTS[kind]
    if not part.asks:
        return []
    pool = [question for question in part.pool(kata, katas) if question.id not in taken]
    chosen = part.choose(rng, pool, count)
    taken |= {question.id for question in chosen}
    return [(question.id, rng.randrange(2**31)) for question in chosen]
