"""Mutation of the right answers: how many small slips of each kata its checks let pass."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from grader.author.equivalents import Entry, Known, known_of
from grader.author.mutants import Mutation, functions_of, mutations_of
from grader.author.trial import Bench, Outcome
from grader.content.catalog import find_kata, stub_of
from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.model import Kata, KitError
from grader.ui.screen import Line, Screen
from grader.ui.table import Column, table

CHUNK = 40  # mutants that a process judges before it is given others


@dataclass(frozen=True)
class Base:
    """A right answer of a kata: the solution, or one of `tests/right/`."""

    kata: Kata
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def source(self) -> str:
        return self.path.read_text("utf-8")


@dataclass(frozen=True)
class Trial:
    """A mutant with what became of it."""

    base: Base
    mutation: Mutation
    outcome: Outcome
    seconds: float
    reason: str = ""


@dataclass
class Score:
    """What became of the mutants of one kata."""

    kata: Kata
    trials: list[Trial]
    stale: list[Entry] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return sum(bool(trial.outcome.killer) for trial in self.trials)

    @property
    def follow_ups(self) -> int:
        return sum(bool(trial.outcome.follow_up) for trial in self.trials)

    @property
    def equivalent(self) -> int:
        return sum(bool(trial.reason) for trial in self.trials)

    @property
    def survivors(self) -> list[Trial]:
        """The mutants that nothing rejects and nobody explains."""
        return [t for t in self.trials if t.outcome == Outcome() and not t.reason]

    @property
    def seconds(self) -> float:
        """The seconds that all of them took, one after another."""
        return sum(trial.seconds for trial in self.trials)


@dataclass(frozen=True)
class Choice:
    """Which mutants of a kata to judge."""

    base: str = ""
    every: int = 1
    jobs: int = 1


def right_answers() -> Path:
    """Return the folder of the right answers in other styles."""
    return Path(workspace.ROOT, "tests", "right")


def bases_of(kata: Kata, name: str = "") -> list[Base]:
    """Return the right answers of a kata, or the one of this file name."""
    paths = [kata.folder / "solution.py", *sorted((right_answers() / kata.name).glob("*.py"))]
    found = [Base(kata, path) for path in paths if name in ("", path.name, path.stem)]
    if not found:
        names = ", ".join(path.name for path in paths)
        raise KitError(f"{kata.short} has no right answer {name!r}.", f"It has {names}.")
    return found


def scores(screen: Screen, katas: list[Kata], choice: Choice) -> Iterator[Score]:
    """Judge the mutants of each kata."""
    with ProcessPoolExecutor(choice.jobs) as pool:
        for kata in katas:
            bases = bases_of(kata, choice.base)
            chunks = []
            for base, mutations in zip(bases, pool.map(_mutations, bases), strict=True):
                taken = mutations[:: choice.every]
                for place in range(0, len(taken), CHUNK):
                    chunks.append(pool.submit(_judge, base, taken[place : place + CHUNK]))
            trials: list[Trial] = []
            screen.work(kata.short, chunks, partial(_collect, trials))
            yield explained(trials, kata, choice)


def _collect(trials: list[Trial], chunk: Future[list[Trial]]) -> None:
    trials.extend(chunk.result())


def _mutations(base: Base) -> list[Mutation]:
    """Return the mutants of a base, but those of functions that it has as the stub gives them."""
    own, stub = functions_of(base.source), functions_of(stub_of(base.kata))
    given = {name for name, text in own.items() if stub.get(name) == text}
    return [m for m in mutations_of(base.source) if not given & {*_around(m.function)}]


def _around(function: str) -> Iterator[str]:
    """Yield a function's name, and those of what it stands in."""
    parts = function.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def explained(trials: list[Trial], kata: Kata, choice: Choice) -> Score:
    """Return the score of a kata, with what is known of its equivalents."""
    known = known_of(kata, right_answers())
    score = Score(kata, [_explained(trial, known) for trial in trials])
    if choice.every == 1:
        score.stale = known.stale([base.name for base in bases_of(kata, choice.base)])
    return score


def _explained(trial: Trial, known: Known) -> Trial:
    if trial.outcome != Outcome():
        return trial
    reason = known.explain(trial.base.name, trial.mutation)
    return Trial(trial.base, trial.mutation, trial.outcome, trial.seconds, reason)


BENCHES: dict[Base, Bench] = {}  # the one of this worker process


def _bench(base: Base) -> Bench:
    """Return the bench of this process, which has judged the base; the last base's is closed."""
    if base not in BENCHES:
        for bench in BENCHES.values():
            bench.nursery.close()
        BENCHES.clear()
        bench = Bench(Exercise(find_kata(base.kata.name)))
        bench.begin(base.source, f"{base.kata.short}: {base.name}")
        BENCHES[base] = bench
    return BENCHES[base]


def _judge(base: Base, mutations: list[Mutation]) -> list[Trial]:
    bench = _bench(base)
    found = []
    for mutation in mutations:
        began = time.monotonic()
        outcome = bench.judge(mutation.source)
        found.append(Trial(base, mutation, outcome, time.monotonic() - began))
    return found


HEAD = ("kata", "mutants", "killed", "follow-ups", "equivalent", "surviving", "seconds")


def lines_of(screen: Screen, score: Score) -> Iterator[Line]:
    """Yield the survivors of a kata, each with its edit, and the entries that nothing needs."""
    for trial in score.survivors:
        yield from survivor(trial)
    for entry in score.stale:
        yield from screen.wrap(
            f"{score.kata.name}/equivalent.toml: no survivor of {entry.base} turns "
            f"{entry.before!r} into {entry.after!r} in {entry.function or 'the module'}: "
            "take the entry out",
            4,
            "bold red",
        )


def survivor(trial: Trial) -> list[Line]:
    """Return where a survivor stands, and its edit."""
    mutation = trial.mutation
    head = f"    {trial.base.kata.short} {trial.base.name}:{mutation.id} in {mutation.function}"
    old, new = mutation.before.splitlines(), mutation.after.splitlines()
    changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    styles = {"-": "red", "+": "green"}
    return [[(head, "bold")], *([(f"      {line}", styles[line[0]])] for line in changed)]


def totals(screen: Screen, found: list[Score]) -> list[Line]:
    """Return the table of all katas, and its sum."""
    rows = [row_of(score.kata.short, score) for score in found]
    if len(found) > 1:
        whole = Score(found[0].kata, [trial for score in found for trial in score.trials])
        rows.append(row_of("all", whole))
    columns = [Column(), *(Column(right=True) for _ in HEAD[1:])]
    return table(screen, columns, [[[(name, "dim")] for name in HEAD], *rows])


def row_of(name: str, score: Score) -> list[str]:
    numbers = (score.killed, score.follow_ups, score.equivalent, len(score.survivors))
    return [name, str(len(score.trials)), *map(str, numbers), f"{score.seconds:.0f}"]


def as_json(found: list[Score]) -> dict[str, Any]:
    """Return the scores as one document."""
    return {"schema": 1, "katas": [_score_as_json(score) for score in found]}


def _score_as_json(score: Score) -> dict[str, Any]:
    return {
        "kata": score.kata.name,
        "mutants": len(score.trials),
        "killed": score.killed,
        "follow_ups": score.follow_ups,
        "equivalent": score.equivalent,
        "surviving": len(score.survivors),
        "seconds": round(score.seconds, 1),
        "survivors": [
            {
                "base": trial.base.name,
                "id": trial.mutation.id,
                "function": trial.mutation.function,
                "before": trial.mutation.before,
                "after": trial.mutation.after,
            }
            for trial in score.survivors
        ],
        "stale": [entry.reason for entry in score.stale],
    }
