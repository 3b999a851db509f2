"""The proof of a kata: what is wrong with its pieces, and with how its checks judge."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.author.stubs import is_stale
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.content.questions import read_questions
from grader.core import workspace
from grader.core.model import Kata, KitError, Mutant, Solution, Verdict
from grader.grading.diagnosis import groups_of
from grader.grading.judge import Options, grade
from grader.ui.screen import Line, Screen

FEWEST_MUTANTS = 12
PIECES = ("kata.toml", "checks.py", "solution.py", "mutants.toml")


@dataclass(frozen=True)
class Task:
    """One text to grade: the solution, the stub, or a mutant."""

    kata: Kata
    name: str
    source: str


def check(screen: Screen, katas: list[Kata], jobs: int) -> int:
    """Prove every kata; print what to do about each fault."""
    faults = 0
    for kata in katas:
        found = faults_of_pieces(kata)
        found = found or [*faults_of_files(kata), *faults_of_checks(kata, jobs)]
        screen.write(_report(screen, kata, found))
        faults += len(found)
    if not katas:
        raise KitError("The bank holds no kata.", "'python -m grader dev new SLUG' begins one.")
    return 1 if faults else 0


def _report(screen: Screen, kata: Kata, faults: list[str]) -> list[Line]:
    if not faults:
        checks, mutants = catalog.read_checks(kata), catalog.read_mutants(kata)
        words = f"{kata.name}: {len(checks)} checks, {len(mutants)} mutants: proven"
        twins = [group for group in groups_of(Exercise(kata)) if len(group) > 1]
        told = [line for group in twins for line in screen.wrap(alike(group), 4, "dim")]
        return [[(f"  {words}", "green")], *told]
    head: Line = [(f"  {kata.name}: {len(faults)} to mend", "bold red")]
    return [head, *(line for fault in faults for line in screen.wrap(f"- {fault}", 4))]


def alike(group: list[str]) -> str:
    """Say which mutants the battery can't tell apart; a diagnosis names the first."""
    return f"no program of the battery tells apart: {', '.join(group)}"


def faults_of_pieces(kata: Kata) -> list[str]:
    """Return what a kata lacks before anything of it can be run."""
    faults = [
        f"{piece} is missing from {kata.folder}: write it"
        for piece in PIECES
        if not (kata.folder / piece).is_file()
    ]
    if faults:
        return faults
    try:
        tiers = catalog.read_hints(kata)
        catalog.read_mutants(kata)
    except KitError as error:
        return [str(error)]
    if tuple(tiers) != catalog.TIERS or not all(tiers.values()):
        have = ", ".join(tiers) or "nothing"
        faults.append(f"the hints have {have}: write {', '.join(catalog.TIERS)}, in this order")
    if not re.search(rf"^{kata.short} · .+ · {kata.minutes} minutes$", catalog.task_of(kata), re.M):
        faults.append(
            f"solution.py should begin with '{kata.short} · title · {kata.minutes} minutes', as "
            "kata.toml has it"
        )
    return faults


def faults_of_files(kata: Kata) -> list[str]:
    """Return what is wrong between the files: stub, mutants, the checks that they name."""
    faults = []
    practice = workspace.find_practice_folder()
    on_disk = Path(practice, "katas", f"{kata.name}.py") if practice else None
    if on_disk and not on_disk.exists():
        faults.append(f"{on_disk} is missing: 'python -m grader dev stubs' writes it")
    elif on_disk and is_stale(kata, on_disk.read_text("utf-8", "replace")):
        faults.append(
            f"{on_disk} is not the solution minus the learner's part: 'python -m grader dev "
            "stubs' derives it anew"
        )
    mutants = catalog.read_mutants(kata)
    if len(mutants) < FEWEST_MUTANTS:
        faults.append(f"{len(mutants)} mutants are too few: add {FEWEST_MUTANTS - len(mutants)}")
    named = {mutant.caught_by for mutant in mutants}
    known = {source.id for source in catalog.read_checks(kata)}
    faults += [f"no mutant names {id}: add one, or drop the check" for id in sorted(known - named)]
    faults += [f"{id} is named by a mutant and is no check" for id in sorted(named - known)]
    return [*faults, *faults_of_questions(kata)]


def faults_of_questions(kata: Kata) -> list[str]:
    """Return what is wrong with a kata's questions; it may have none."""
    try:
        found = read_questions(kata.folder / "questions.toml", kata.name)
    except KitError as error:
        return [str(error)]
    faults = []
    for question in found:
        options = {question.answer, *(w.option for w in question.wrong)} if question.wrong else ()
        if question.kind == "choice" and len(options) != 4:
            faults.append(f"the question {question.id!r} has {len(options)} options: give it four")
    return faults


def faults_of_checks(kata: Kata, jobs: int) -> list[str]:
    """Return what is wrong with how the checks judge the solution, the stub and the mutants."""
    solution = _grade(Task(kata, "solution", catalog.solution_of(kata)))
    faults = [
        f"the solution fails {result.source.id}: {result.message}"
        for result in solution.checks
        if result.outcome != "passed"
    ]
    if faults or not solution.passed:
        return faults or [f"the solution does not pass: {solution.message}"]
    mutants = catalog.read_mutants(kata)
    try:
        tasks = [Task(kata, "stub", catalog.stub_of(kata))]
        tasks += [Task(kata, mutant.name, catalog.mutate(kata, mutant)) for mutant in mutants]
    except KitError as error:
        return [str(error)]
    with ProcessPoolExecutor(max(1, jobs)) as pool:
        stub, *verdicts = pool.map(_grade, tasks)
    if stub.status != "stub":
        faults.append(f"the stub's status is {stub.status!r}: it should be 'stub'")
    faults += [
        f"the untouched stub passes {result.source.id}: make the check need the learner's part"
        for result in stub.checks
        if result.outcome == "passed"
    ]
    for mutant, verdict in zip(mutants, verdicts, strict=True):
        faults += _faults_of_mutant(mutant, verdict)
    return faults


def _faults_of_mutant(mutant: Mutant, verdict: Verdict) -> list[str]:
    caught = {result.source.id: result for result in verdict.checks}[mutant.caught_by]
    stretch = caught.source.level == "stretch"
    if verdict.passed and not stretch:
        return [f"the mutant {mutant.name!r} passes: {mutant.caught_by} should reject it"]
    if caught.outcome != "failed" and verdict.status in ("passed", "failed"):
        rejected = [result.source.id for result in verdict.checks if result.outcome == "failed"]
        return [
            f"the mutant {mutant.name!r} is not rejected by {mutant.caught_by} but by "
            f"{', '.join(rejected)}: name one of these, or sharpen the check"
        ]
    return []


def _grade(task: Task) -> Verdict:
    solution = Solution(f"{task.name}.py", task.source.encode())
    return grade(task.kata, solution, Options(explained=False))
