"""Which known mistake an attempt makes: its behaviour is compared with that of every mutant.

The battery is what the kata's own checks ask a right solution, recorded once. An attempt that
answers all of it as one mutant does is given that mutant's name; mutants that the battery can't
tell apart go by the name of the first.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.checks.failure import CheckFailed
from grader.checks.graded import GradedAttempt
from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.files import fingerprint, write_atomically
from grader.core.model import Diagnosis, Solution, Submission
from grader.grading.line_up import (
    LineUp,
    Told,
    earlier_line_up,
    own_line_up,
    parts_of,
)
from grader.grading.session import open_oracle
from grader.grading.signature import Needs, alike, below
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.sandbox.process import START_SECONDS, CandidateProcess, WalledProcess, code_of
from grader.sandbox.protocol import BATTERY, LOAD, Verb
from grader.truth import universe
from grader.truth.oracle import Oracle
from grader.truth.program import Program
from grader.truth.swept import Swept

T = TypeVar("T")
Battery = list[dict[str, Any]]

ROOMS = ("grading", "checks", "content", "truth", "sandbox", "core")  # what a battery rests on
ATTEMPT_SECONDS = 0.25  # of processor time for one request of the battery
SLOWEST = 0.03  # what takes a right solution longer is left out
LARGEST = 5_000  # values of a program
EVERY = 7  # of the small programs that are longer than a line, one in so many
MOST = 3  # mistakes that are told together
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


def line_ups_of(exercise: Exercise) -> list[LineUp]:
    """Return the mutants of a kata, and of the katas that it is the union of."""
    parts = parts_of(exercise.kata)

    def make() -> list[LineUp]:
        return [own_line_up(exercise), *([earlier_line_up(parts)] if parts else [])]

    found: list[LineUp] = _kept(f"{exercise.kata.name}-line-ups", [exercise, *parts], make)
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
    oracle = open_oracle(exercise, seed)
    oracle.swept = {kind: Swept(kind, None, "", every=EVERY) for kind in universe.KINDS}
    with Recorder(submission, oracle, seed) as recorder:
        try:
            recorder.load()
            recorder.asked.clear()
            recorder.taken.clear()
            for check in checks_of(exercise):
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


def checks_of(exercise: Exercise) -> list[Any]:
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
    ask = item["ask"]
    return {**item, "graph": _graph_below(ask)} if ask["verb"] == "sort" else item


def _graph_below(ask: dict[str, Any]) -> Needs:
    """Return the operands of each node of a graph to sort, None where the root needs it not."""
    columns = (array("i", bytes.fromhex(ask[side])) for side in ("left", "right"))
    operands = [[place for place in pair if place >= 0] for pair in zip(*columns, strict=True)]
    return below(operands, ask["root"])


class Investigation:
    """The search for an attempt's mistake, beside the checks: it begins when the first one fails.

    What only follow-ups ask counts for the mistakes that only follow-ups reject, which are none
    where a core check failed.
    """

    def __init__(self, exercise: Exercise, solution: Solution, seed: int) -> None:
        self.case = exercise, solution, seed
        self.found: Found | None = None
        self.fault: BaseException | None = None
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: object, *_: object) -> None:
        """Leave nothing running, unless an error is on its way to the user."""
        if self.thread and type is None:
            self.thread.join()

    def begin(self) -> None:
        """Start, unless that has been done; does not wait."""
        if self.thread is None:
            self.thread = threading.Thread(target=self._search, daemon=True)
            self.thread.start()

    def outcome(self) -> Diagnosis | None:
        """Return the mistake of an attempt that a core check rejects, None for none or many."""
        self.begin()
        assert self.thread
        self.thread.join()
        if self.fault:
            raise self.fault
        assert self.found
        return None if self.found.follow_ups_only else self.found.told()

    def _search(self) -> None:
        try:
            self.found = search(*self.case, PATIENCE)
        except BaseException as fault:  # noqa: BLE001  (raised where it is waited for)
            self.fault = fault


@dataclass
class Found:
    """The suspects that behave as an attempt does, and on how many requests."""

    suspects: dict[str, Told]
    compared: int = 0
    follow_ups_only: bool = False

    def told(self) -> Diagnosis | None:
        """Return what is said of them."""
        return together(self.suspects, self.compared) if self.suspects else None


def search(exercise: Exercise, solution: Solution, seed: int, seconds: float) -> Found:
    """Return the mistakes whose behaviour is the attempt's on the whole battery.

    They are none as well where attempt and suspects have not answered within so many seconds of
    work.
    """
    candidate = CandidateProcess(exercise.submit(solution))
    with candidate, Suspects() as suspects:  # they start while the battery is read or recorded
        battery, line_ups = battery_of(exercise, seed), line_ups_of(exercise)
        suspects.take(exercise, battery, line_ups)
        replies = _replies_of_attempt(candidate, battery, seconds)
        answer = suspects.ask(replies, seconds - candidate.spent)
    known = {name: suspect for line_up in line_ups for name, suspect in line_up["suspects"].items()}
    found = {name: known[name] for name in answer.get("found", ())}
    return Found(found, answer.get("compared", 0), answer.get("follow_ups_only", False))


def together(found: dict[str, Told], compared: int) -> Diagnosis | None:
    """Return what is said of mistakes that give the same numbers: all of them, or nothing."""
    name = next(iter(found)).rpartition(" ")[2]
    by_title = {told["title"]: told["explanation"] for told in found.values()}
    if len(by_title) > MOST:
        return None
    [*titles], [*explanations] = by_title, by_title.values()
    if len(titles) == 1:
        return Diagnosis(name, titles[0], explanations[0], compared)
    each = [f"If it {title}: {why}" for title, why in by_title.items()]
    whole = " ".join(["These mistakes give the same numbers.", *each])
    return Diagnosis(name, ", or ".join(titles), whole, compared)


def _replies_of_attempt(candidate: CandidateProcess, battery: Battery, seconds: float) -> list[Any]:
    """Return the attempt's replies, from a process that has seen no check."""
    requests = [item["ask"] for item in battery]
    try:
        candidate.await_wall()
        candidate.receive(LOAD, seconds, "Importing")
        candidate.send(BATTERY, requests=requests, seconds=ATTEMPT_SECONDS)
        left = seconds - candidate.spent
        found: list[Any] = candidate.receive(BATTERY, left, "The battery")["replies"]
        return found
    except (Ended, LearnerError):
        return []


class Suspects(WalledProcess):
    """The process that runs the kit's own wrong solutions."""

    def __init__(self) -> None:
        super().__init__("grader.grading.suspects", PATIENCE)

    def take(self, exercise: Exercise, battery: Battery, line_ups: list[LineUp]) -> None:
        """Tell it what the attempt is compared with, and in which requests."""
        follow_ups = {check.id for check in exercise.checks if check.level == "stretch"}
        own = {
            "line_ups": line_ups,
            "whole": [m.name for m in exercise.mutants if m.caught_by in follow_ups],
            "allowed": code_of(exercise.allowed),
            "battery": battery,
            "seconds": ATTEMPT_SECONDS,
        }
        self.write({**self.confinement(exercise.kata), **own})

    def ask(self, replies: list[Any] | None, seconds: float) -> dict[str, Any]:
        """Return the answer, an empty one if there is none in time."""
        try:
            pid = json.loads(self.read(START_SECONDS, "The kit"))["done"]["pid"]
            self.charge_from_now(pid)
            self.write({"asked": replies})
            found: dict[str, Any] = json.loads(self.read(seconds, "A comparison"))["done"]
            return found
        except (Ended, ValueError, KeyError):
            return {}


def groups_of(exercise: Exercise, seed: int = 0) -> list[list[str]]:
    """Return the mutants' names, those that the battery can't tell apart together."""
    with Suspects() as process:
        process.take(exercise, battery_of(exercise, seed), [own_line_up(exercise)])
        found = process.ask(None, 60).get("found", {})
    groups: list[list[str]] = []
    for name, seen in found.items():
        for group in groups:
            if alike(found[group[0]], seen):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups
