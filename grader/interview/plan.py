"""What an interview is made of: sets from TOML, and the plan that a seed chooses from one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from grader.content import catalog, toml
from grader.core.model import KitError
from grader.interview.agenda import Phase, Plan
from grader.interview.phases.kinds import PARTS

SETS = catalog.BANK / "interviews.toml"
TITLES = {kind: part.title for kind, part in PARTS.items()}
ASKING = tuple(kind for kind, part in PARTS.items() if part.asks)
WITH_KATA = tuple(kind for kind, part in PARTS.items() if part.about_kata)
SHORTEST, LONGEST = 5, 240  # minutes


class PhaseTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A phase as a file has it; `kata` is the number of its pool."""

    kind: Annotated[str, toml.one_of(TITLES)]
    minutes: Annotated[
        float, Meta(gt=0, le=LONGEST, description=f"a number above 0, at most {LONGEST}")
    ]
    count: Annotated[int, Meta(ge=1, le=20, description="a whole number from 1 to 20")] = 1
    kata: Annotated[int, Meta(ge=1, le=20, description="the number of a list of `katas`")] = 1


Pool = Annotated[tuple[toml.Line, ...], Meta(min_length=1, description="a list of katas")]


class SetTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A set as a file has it."""

    phases: Annotated[
        tuple[PhaseTable, ...],
        Meta(
            min_length=1,
            max_length=20,
            description='a list of 1 to 20 phases, such as [{ kind = "code", minutes = 20 }]',
        ),
    ]
    katas: Annotated[
        tuple[Pool, ...],
        Meta(max_length=20, description='a list of lists, such as [["kata03", "kata04"]]'),
    ] = ()
    title: toml.Line = ""


@dataclass(frozen=True)
class Template:
    """A set and its name, to draw plans from."""

    name: str
    title: str
    katas: tuple[tuple[str, ...], ...]
    phases: tuple[PhaseTable, ...]


def read_set(query: str) -> Template:
    """Return a set of the bank, or that of a TOML file (a path that ends in .toml)."""
    if query.endswith(".toml"):
        return _read_file(Path(query))
    known = toml.load(SETS)
    if query not in known:
        raise KitError(
            f"There is no set {query!r}.",
            f"The sets are {', '.join(known)}; a path that ends in .toml names a file.",
        )
    return _template(SETS, query, known[query])


def _read_file(path: Path) -> Template:
    said = toml.load(path)
    if len(said) != 1:
        raise KitError(
            f"{path} has {len(said)} keys, and should hold one set.",
            "Begin it with a line such as [mine].",
        )
    ((name, body),) = said.items()
    return _template(path, name, body)


def _template(path: Path, name: str, body: Any) -> Template:
    toml.convert(name, toml.Line, f"{path}: the name of the set")
    said: SetTable = toml.convert(body, SetTable, f"{path}: {name}")
    for phase in said.phases:
        if phase.kind in WITH_KATA and phase.kata > len(said.katas):
            raise KitError(
                f"{path}: {name}: the {phase.kind} phase names kata pool {phase.kata} of "
                f"{len(said.katas)}.",
                "Number the lists of `katas` from 1.",
            )
    return Template(name, said.title or name, said.katas, said.phases)


def sample_plan(template: Template, seed: int, minutes: float | None, **options: bool) -> Plan:
    """Return the plan that a seed chooses: katas, questions, and budgets scaled to the minutes."""
    whole = sum(phase.minutes for phase in template.phases)
    if minutes is not None and not SHORTEST <= minutes <= LONGEST:
        raise KitError(
            f"An interview of {minutes:g} minutes can't be held.",
            f"Choose {SHORTEST} to {LONGEST} minutes.",
        )
    scale = 60.0 * (minutes / whole if minutes is not None else 1.0)
    rng = random.Random(f"interview/{seed}")
    katas = [catalog.find_kata(rng.choice(pool)).name for pool in template.katas]
    ends = accumulate(phase.minutes * scale for phase in template.phases)
    taken: set[str] = set()
    phases = []
    for said, end in zip(template.phases, ends, strict=True):
        kata = katas[said.kata - 1] if said.kind in WITH_KATA else ""
        asked = _choose_questions(rng, said.kind, kata, said.count, taken, katas)
        phases.append(Phase(said.kind, said.minutes * scale, end, kata, tuple(asked)))
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
