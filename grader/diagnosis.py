"""Which known mistake an attempt makes: its behaviour is compared with that of every mutant.

The battery is what the kata's own checks ask a right solution, recorded once. An attempt that
answers all of it as one mutant does is given that mutant's name; mutants that the battery can't
tell apart go by the name of the first.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader import catalog, workspace
from grader.attempt import Attempt, Candidate, Ended, NotRun, Solution
from grader.checking import CheckFailed
from grader.model import Diagnosis, Kata, Mutant
from grader.oracle import Oracle, fingerprint, write_atomically
from grader.ordering import Graph
from grader.program import Program
from grader.signature import alike, signature

ATTEMPT_SECONDS = 0.25  # of processor time for one request of the battery
SLOWEST = 0.03  # what takes a right solution longer is left out
LARGEST = 5_000  # values of a program
PATIENCE = 1.2  # seconds for all of a diagnosis


class Recorder(Attempt):
    """An attempt that notes what it is asked, and how long the answer took."""

    def __init__(self, *arguments: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.taken: list[float] = []
        super().__init__(*arguments)

    def begin(self, verb: str, **arguments: Any) -> None:
        """Note a request, and pass it on."""
        self.asked.append({"verb": verb, **arguments})
        self.began = time.perf_counter()
        super().begin(verb, **arguments)

    def finish(self, verb: str, call: str) -> dict[str, Any]:
        """Note how long the answer took, and return it."""
        try:
            return super().finish(verb, call)
        finally:
            self.taken.append(time.perf_counter() - self.began)


def battery_of(kata: Kata, seed: int) -> list[dict[str, Any]]:
    """Return what the checks of a kata ask a right solution, each request once."""
    home = workspace.find_home()
    path = Path(home, "cache", f"{kata.name}-{seed}-battery.json") if home else None
    sources = [*Path(__file__).parent.glob("*.py"), *kata.folder.glob("*.py")]
    print_ = fingerprint(*sorted(sources))
    if path:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(path.read_text("utf-8"))
            if kept["fingerprint"] == print_:
                battery: list[dict[str, Any]] = kept["battery"]
                return battery
    battery = record_battery(kata, seed)
    if path and battery:
        with contextlib.suppress(OSError):
            write_atomically(path, json.dumps({"fingerprint": print_, "battery": battery}))
    return battery


def record_battery(kata: Kata, seed: int) -> list[dict[str, Any]]:
    """Run the checks on the solution and return what they asked."""
    solution = Solution("solution.py", catalog.solution_of(kata).encode())
    oracle = Oracle(workspace.find_home(), f"{kata.name}-{seed}")
    recorder = Recorder(kata, solution, oracle, seed, catalog.allowed_sources(kata))
    try:
        recorder.load()
        recorder.asked.clear()
        recorder.taken.clear()
        for check in _checks_of(kata):
            if "stretch" in {mark.name for mark in getattr(check, "pytestmark", [])}:
                recorder.enter_stretch()
            check(attempt=recorder)
    except (CheckFailed, Ended, NotRun):  # the solution is wrong, which `dev check` tells
        return []
    finally:
        recorder.close()
    quick = (
        ask
        for ask, taken in zip(recorder.asked, recorder.taken, strict=True)
        if taken < SLOWEST and (ask["verb"] not in ("run", "sort") or _size(ask) < LARGEST)
    )
    return [_item(ask) for ask in {json.dumps(ask): ask for ask in quick}.values()]


def _checks_of(kata: Kata) -> list[Any]:
    """Return the functions of `checks.py`, core before stretch, but those with parameters."""
    spec = importlib.util.spec_from_file_location(f"{kata.name}.battery", kata.folder / "checks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = [getattr(module, source.id) for source in catalog.read_checks(kata)]
    return [
        f for f in functions if f.__code__.co_varnames[: f.__code__.co_argcount] == ("attempt",)
    ]


def _size(ask: dict[str, Any]) -> int:
    return Program(ask["code"], ask["inputs"]).size


def _item(ask: dict[str, Any]) -> dict[str, Any]:
    """Return a request, with the graph that a sort is judged by."""
    if ask["verb"] != "sort":
        return {"ask": ask}
    graph = Graph.of(Program(ask["code"], ask["inputs"]))
    needed, pairs = graph.needed(), zip(graph.left, graph.right, strict=True)
    operands = [
        [node for node in pair if node >= 0] if need else None
        for need, pair in zip(needed, pairs, strict=True)
    ]
    return {"ask": ask, "graph": operands}


def diagnose(kata: Kata, solution: Solution, seed: int, until: float) -> Diagnosis | None:
    """Return the mistake whose behaviour is the attempt's on the whole battery, or None.

    `until` is when the answer has to be there, by the monotonic clock.
    """
    battery = battery_of(kata, seed)
    until = min(until, time.monotonic() + PATIENCE)
    groups = suspects_of(kata)
    with suspects(kata, battery, groups) as process:
        replies = _replies_of_attempt(kata, solution, battery, until)
        names = _ask(process, replies, until) if replies else None
    if not names:
        return None
    mutant = next(group[names[0]][0] for group in groups if names[0] in group)
    return Diagnosis(mutant.name, mutant.title, mutant.explanation, len(replies))


Group = dict[str, tuple[Mutant, str]]


def suspects_of(kata: Kata) -> list[Group]:
    """Return what an attempt is compared with, in the order of asking: mutants and their texts."""
    text = catalog.solution_of(kata)
    own = {
        mutant.name: (mutant, catalog.mutate(kata, mutant))
        for mutant in catalog.read_mutants(kata)
        if mutant.find in text  # else `dev check` tells its author
    }
    return [own]


def _replies_of_attempt(
    kata: Kata, solution: Solution, battery: list[dict[str, Any]], until: float
) -> list[Any]:
    """Return the signatures of the attempt's replies, from a process that has seen no check."""
    candidate = Candidate(kata, solution, catalog.allowed_sources(kata))
    try:
        candidate.receive("setup", until, "The kit")
        candidate.receive("load", until, "Importing")
        requests = [item["ask"] for item in battery]
        candidate.send({"verb": "battery", "requests": requests, "seconds": ATTEMPT_SECONDS})
        replies = candidate.receive("battery", until, "The battery").get("replies", [])
    except Ended:
        return []
    finally:
        candidate.close()
    return [
        signature(item["ask"], reply, item.get("graph"))
        for item, reply in zip(battery, replies, strict=False)
    ]


@contextlib.contextmanager
def suspects(
    kata: Kata, battery: list[dict[str, Any]], groups: list[Group]
) -> Iterator[subprocess.Popen[str]]:
    """Start the process that runs the kit's own wrong solutions, and end it."""
    root = workspace.ROOT
    begin = f"import sys; sys.path.insert(0, {root!r}); from grader.suspects import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", begin],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    asked = {
        "groups": [{name: text for name, (_, text) in group.items()} for group in groups],
        "allowed": catalog.allowed_sources(kata),
        "battery": battery,
        "seconds": ATTEMPT_SECONDS,
    }
    assert process.stdin is not None
    try:
        with contextlib.suppress(OSError):  # it died: the missing answer tells
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.communicate()


def _ask(process: subprocess.Popen[str], replies: list[Any] | None, until: float) -> Any:
    """Return the process's answer, or None if there is none in time."""
    try:
        left = max(0.05, until - time.monotonic())
        output, _ = process.communicate(json.dumps(replies) + "\n", timeout=left)
        return json.loads(output)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return None


def groups_of(kata: Kata, seed: int = 0) -> list[list[str]]:
    """Return the mutants' names, those that the battery can't tell apart together."""
    own = suspects_of(kata)[:1]
    with suspects(kata, battery_of(kata, seed), own) as process:
        found = _ask(process, None, time.monotonic() + 60) or {}
    groups: list[list[str]] = []
    for name, seen in found.items():
        for group in groups:
            if alike(found[group[0]], seen):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups
