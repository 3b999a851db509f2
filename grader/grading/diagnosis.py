"""Which known mistake an attempt makes: its behaviour is compared with that of every mutant.

The battery is what the kata's own checks ask a right solution, recorded once. An attempt that
answers all of it as one mutant does is given that mutant's name; mutants that the battery can't
tell apart go by the name of the first.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from grader.checks.failure import CheckFailed
from grader.checks.graded import GradedAttempt
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.files import fingerprint, write_atomically
from grader.core.model import Diagnosis, Kata, Mutant, Solution, Submission
from grader.grading.session import open_oracle
from grader.grading.signature import Needs, alike, signature
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.sandbox.process import START_SECONDS, CandidateProcess, WalledProcess
from grader.sandbox.protocol import BATTERY, LOAD, Verb
from grader.truth.oracle import Oracle
from grader.truth.program import Program

T = TypeVar("T")
Battery = list[dict[str, Any]]

ROOMS = ("grading", "checks", "content", "truth", "sandbox", "core")  # what a battery rests on
ATTEMPT_SECONDS = 0.25  # of processor time for one request of the battery
SLOWEST = 0.03  # what takes a right solution longer is left out
LARGEST = 5_000  # values of a program
PATIENCE = 1.2  # seconds of work for all of a diagnosis


class Recorder(GradedAttempt):
    """An attempt that notes what it is asked, and how long the answer took."""

    def __init__(self, submission: Submission, oracle: Oracle, seed: int) -> None:
        self.stretch = False
        self.asked: Battery = []
        self.taken: list[float] = []
        super().__init__(submission, oracle, seed)

    def begin(self, verb: Verb[Any], **arguments: Any) -> None:
        """Note a request, and pass it on."""
        ask = {"verb": verb.name, **arguments}
        if _size(ask) >= LARGEST:
            raise NotRun
        self.asked.append({"ask": ask, "stretch": self.stretch})
        self.began = self.spent
        super().begin(verb, **arguments)

    def finish(self, verb: Verb[T], call: str) -> T:
        """Note how long the answer took, and return it."""
        item = self.asked[-1]
        try:
            reply = super().finish(verb, call)
            item["right"] = reply
        except LearnerError as error:  # a follow-up asks for one
            item["right"] = {"error": error.type}
            raise
        finally:
            self.taken.append(self.spent - self.began)
        return reply


def battery_of(exercise: Exercise, seed: int) -> Battery:
    """Return what the checks of a kata ask a right solution, each request once."""
    name = f"{exercise.kata.name}-{seed}-battery"
    found: Battery = _kept(name, [exercise], lambda: record_battery(exercise, seed))
    return found


def _kept(name: str, exercises: list[Exercise], make: Callable[[], Any]) -> Any:
    """Return what was made before from the same sources, or make it and keep it."""
    home = workspace.find_home()
    path = Path(home, "cache", f"{name}.json") if home else None
    sources = [path for room in ROOMS for path in Path(workspace.PACKAGE, room).glob("*.py")]
    for exercise in exercises:
        folder = exercise.kata.folder
        sources += [*folder.glob("*.py"), folder / "mutants.toml"]
    print_ = fingerprint(*sorted(sources))
    if path:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(path.read_text("utf-8"))
            if kept["fingerprint"] == print_:
                return kept["made"]
    made = make()
    if path and made:
        with contextlib.suppress(OSError):
            write_atomically(path, json.dumps({"fingerprint": print_, "made": made}))
    return made


def record_battery(exercise: Exercise, seed: int) -> Battery:
    """Run the checks on the solution and return what they asked."""
    submission = exercise.submit_text(exercise.solution)
    with Recorder(submission, open_oracle(exercise, seed), seed) as recorder:
        try:
            recorder.load()
            recorder.asked.clear()
            recorder.taken.clear()
            for check in _checks_of(exercise):
                recorder.stretch = "stretch" in {m.name for m in getattr(check, "pytestmark", [])}
                if recorder.stretch:
                    recorder.enter_stretch()
                with contextlib.suppress(NotRun):
                    check(attempt=recorder)
        except (CheckFailed, Ended, NotRun):  # the solution is wrong, which `dev check` tells
            return []
    items = {
        json.dumps(item["ask"]): _with_graph(item)
        for item, taken in zip(recorder.asked, recorder.taken, strict=True)
        if (taken < SLOWEST or item["ask"]["verb"] == "sweep") and "right" in item
    }
    return list(items.values())


def _checks_of(exercise: Exercise) -> list[Any]:
    """Return the functions of `checks.py`, core before stretch, but those with parameters."""
    name = f"{exercise.kata.name}.battery"
    spec = importlib.util.spec_from_file_location(name, exercise.checks_path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = [getattr(module, source.id) for source in exercise.checks]
    return [
        f for f in functions if f.__code__.co_varnames[: f.__code__.co_argcount] == ("attempt",)
    ]


def _size(ask: dict[str, Any]) -> int:
    if ask["verb"] == "sort":
        return len(ask["operations"])
    return Program(ask["code"], ask["inputs"]).size if ask["verb"] == "run" else 0


def _with_graph(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of the battery with the graph that a sort is judged by."""
    ask, reply = item["ask"], item["right"]
    if ask["verb"] != "sort":
        return {**item, "right": signature(ask, reply)}
    graph = _graph_below(ask)
    return {**item, "graph": graph, "right": signature(ask, reply, graph)}


def _graph_below(ask: dict[str, Any]) -> Needs:
    """Return the operands of each node of a graph to sort, None where the root needs it not."""
    left, right = (array("i", bytes.fromhex(ask[side])) for side in ("left", "right"))
    graph: Needs = [None] * len(left)
    todo = [ask["root"]]
    while todo:
        node = todo.pop()
        if graph[node] is None:
            graph[node] = operands = [x for x in (left[node], right[node]) if x >= 0]
            todo += operands
    return graph


def diagnose(
    exercise: Exercise, solution: Solution, seed: int, seconds: float = PATIENCE
) -> Diagnosis | None:
    """Return the mistake whose behaviour is the attempt's on the whole battery, or None.

    What only follow-ups ask counts for the mistakes that only follow-ups reject. None as well when
    attempt and suspects have not answered within so many seconds of work.
    """
    battery = battery_of(exercise, seed)
    own = own_suspects(exercise)
    with Suspects(exercise, battery, own) as process:
        replies, spent = _replies_of_attempt(exercise.submit(solution), battery, seconds)
        wrong = [
            item["stretch"]
            for item, reply in zip(battery, replies, strict=False)
            if not alike(reply, item["right"])
        ]
        follow_ups_only = all(wrong)
        names = process.ask((replies, follow_ups_only), seconds - spent) if wrong else None
        spent += process.spent
    group = own
    if wrong and not names and not follow_ups_only and (group := earlier_suspects(exercise.kata)):
        with Suspects(exercise, battery, group) as process:
            names = process.ask((replies, False), seconds - spent)
    if not names:
        return None
    mutant = group[names[0]][0]
    core = sum(not item["stretch"] for item in battery[: len(replies)])
    return Diagnosis(mutant.name, mutant.title, mutant.explanation, core)


Group = dict[str, tuple[Mutant, str]]


def earlier_suspects(kata: Kata) -> Group:
    """Return the mutants of the katas that this one is the union of, moved into their union.

    Empty for a kata that is no union.
    """
    whole = {entry for entry in kata.entry if "." not in entry}
    if not {"Value", "MLP"} <= whole:
        return {}
    parts = [
        Exercise(k) for k in catalog.all_katas() if k.name < kata.name and whole & set(k.entry)
    ]
    texts: dict[str, str] = _kept(f"{kata.name}-earlier", parts, lambda: _moved(parts))
    mutants = {f"{e.kata.short} {m.name}": m for e in parts for m in e.mutants}
    return {name: (mutants[name], text) for name, text in texts.items()}


def _moved(parts: list[Exercise]) -> dict[str, str]:
    base = union_of(parts)
    return {
        f"{exercise.kata.short} {name}": text
        for exercise in parts
        for name, (_, mutated) in own_suspects(exercise).items()
        if (text := transplanted(base, exercise.solution, mutated))
    }


def own_suspects(exercise: Exercise) -> Group:
    """Return the mutants of a kata and their texts."""
    return {
        mutant.name: (mutant, exercise.mutated(mutant))
        for mutant in exercise.mutants
        if mutant.find in exercise.solution  # else `dev check` tells its author
    }


Methods = dict[tuple[str, str], ast.stmt]


def methods_of(text: str) -> Methods:
    """Return every method of every class, by the names of both."""
    return {
        (node.name, method.name): method
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }


def union_of(exercises: list[Exercise]) -> dict[str, ast.ClassDef]:
    """Return each class as the last of these katas has it."""
    return {
        node.name: node
        for exercise in exercises
        for node in ast.parse(exercise.solution).body
        if isinstance(node, ast.ClassDef)
    }


def transplanted(base: dict[str, ast.ClassDef], solution: str, mutated: str) -> str:
    """Return the union with the methods that a mutant changes, "" if they have no place there."""
    before, after = methods_of(solution), methods_of(mutated)
    changed = {
        key: method
        for key, method in after.items()
        if key in before and ast.dump(method) != ast.dump(before[key])
    }
    whole = _methods_in(base)
    # A method moves only where the union has the solution's own: elsewhere it would do less.
    fits = all(key in whole and ast.dump(before[key]) == ast.dump(whole[key]) for key in changed)
    if not changed or not fits or before.keys() != after.keys():
        return ""
    classes = [
        ast.ClassDef(
            node.name,
            node.bases,
            [],
            [changed.get((node.name, getattr(part, "name", "")), part) for part in node.body],
            [],
        )
        for node in base.values()
    ]
    imports = [ast.Import([ast.alias("math")]), ast.Import([ast.alias("random")])]
    module = ast.Module([*imports, *classes], [])
    return ast.unparse(ast.fix_missing_locations(module))


def _methods_in(base: dict[str, ast.ClassDef]) -> Methods:
    return {
        (node.name, part.name): part
        for node in base.values()
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }


def _replies_of_attempt(
    submission: Submission, battery: Battery, seconds: float
) -> tuple[list[Any], float]:
    """Return the signatures of the attempt's replies, from a process that has seen no check.

    The seconds it has worked come with them.
    """
    requests = [item["ask"] for item in battery]
    with CandidateProcess(submission) as candidate:
        try:
            candidate.await_wall()
            candidate.receive(LOAD, seconds, "Importing")
            candidate.send(BATTERY, requests=requests, seconds=ATTEMPT_SECONDS)
            replies = candidate.receive(BATTERY, seconds - candidate.spent, "The battery")[
                "replies"
            ]
        except (Ended, LearnerError):
            replies = []
    found = [
        signature(item["ask"], reply, item.get("graph"))
        for item, reply in zip(battery, replies, strict=False)
    ]
    return found, candidate.spent


class Suspects(WalledProcess):
    """The process that runs the kit's own wrong solutions."""

    def __init__(self, exercise: Exercise, battery: Battery, group: Group) -> None:
        super().__init__("grader.grading.suspects", PATIENCE)
        follow_ups = {check.id for check in exercise.checks if check.level == "stretch"}
        own = {
            "texts": {name: text for name, (_, text) in group.items()},
            "whole": [
                name for name, (mutant, _) in group.items() if mutant.caught_by in follow_ups
            ],
            "allowed": exercise.allowed,
            "battery": [{part: item[part] for part in item if part != "right"} for item in battery],
            "seconds": ATTEMPT_SECONDS,
        }
        self.write({**self.confinement(), **own})

    def ask(self, asked: Any, seconds: float) -> Any:
        """Return the answer, or None if there is none in time."""
        try:
            pid = json.loads(self.read(START_SECONDS, "The kit"))["done"]["pid"]
            self.charge_from_now(pid)
            self.write({"asked": asked})
            return json.loads(self.read(seconds, "A comparison"))["done"]["found"]
        except (Ended, ValueError, KeyError):
            return None


def groups_of(exercise: Exercise, seed: int = 0) -> list[list[str]]:
    """Return the mutants' names, those that the battery can't tell apart together."""
    with Suspects(exercise, battery_of(exercise, seed), own_suspects(exercise)) as process:
        found = process.ask(None, 60) or {}
    groups: list[list[str]] = []
    for name, seen in found.items():
        for group in groups:
            if alike(found[group[0]], seen):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups
