"""Author tools: prove that a kata's pieces hold together, derive stubs, begin a new kata."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.content.questions import read_questions
from grader.core import workspace
from grader.core.files import read_solution, replace_file
from grader.core.model import Kata, KitError, Mutant, Solution, Verdict
from grader.grading.diagnosis import groups_of
from grader.grading.judge import grade
from grader.ui.screen import Line, Screen

FEWEST_MUTANTS = 12
PIECES = ("kata.toml", "checks.py", "solution.py", "mutants.toml")


def run(options: argparse.Namespace) -> int:
    """Run an author tool."""
    screen = Screen(options.plain)
    if options.tool == "new":
        return new(screen, options.name)
    katas = [catalog.find_kata(options.name)] if options.name else catalog.all_katas()
    if options.tool == "stubs":
        return stubs(screen, katas)
    return check(screen, katas, options.jobs or os.cpu_count() or 1)


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


def is_stale(kata: Kata, text: str) -> bool:
    """Whether a file without a learner's work is not the stub that the solution gives."""
    return text != catalog.stub_of(kata) and is_unsolved(kata, text)


def is_unsolved(kata: Kata, text: str) -> bool:
    """Whether every gap of the stub is still open, so that no work of a learner is in the file."""
    gap = f'raise NotImplementedError("{kata.short}: '
    return text.count(gap) >= catalog.stub_of(kata).count(gap)


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
    return grade(task.kata, Solution(f"{task.name}.py", task.source.encode()))


def stubs(screen: Screen, katas: list[Kata]) -> int:
    """Derive the stubs; a file that is not an untouched one, old or new, is left and named."""
    folder = catalog.katas_folder()
    for kata in katas:
        path = folder / f"{kata.name}.py"
        if path.exists() and (fault := _why_kept(kata, path)):
            screen.write(screen.wrap(fault))
            continue
        replace_file(path, catalog.stub_of(kata))
        screen.write(screen.wrap(f"{path} is the stub"))
    return 0


def _why_kept(kata: Kata, path: Path) -> str:
    try:
        source = read_solution(str(path)).source.replace(b"\r\n", b"\n")
    except KitError as error:
        return f"{error.problem} It stays as it is."
    if any(source == stub.encode() for stub in _stubs_so_far(kata)):
        return ""
    return (
        f"{path} holds work: it stays as it is. 'python -m grader reset {kata.short}' keeps the "
        "work in the history and writes the stub."
    )


def _stubs_so_far(kata: Kata) -> Iterator[str]:
    """Return the stub as it is, then those of the solutions that git has, the newest first."""
    yield catalog.stub_of(kata)
    for commit in _git(kata.folder, "log", "--format=%H", "--", "solution.py").split():
        solution = _git(kata.folder, "show", f"{commit}:./solution.py")
        yield catalog.derive_stub(solution, kata.short)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says, nothing where there is no git or no repository."""
    try:
        found = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return ""
    return found.stdout if found.returncode == 0 else ""


NEW_FILES = {
    "kata.toml": """\
title = "{title}"
track = "engine"
level = 1
minutes = 10
entry = ["answer"]
allow = []
needs = []
asked = 1
""",
    "solution.py": '''\
"""{short} · {title} · 10 minutes

answer() = 42        (write the formula here)

>>> answer()
42

Write here what people get wrong.
"""


def answer():
    """Return the answer."""
    # >>> write answer here
    return 42
    # <<<
''',
    "checks.py": '''\
"""The checks of {short}."""

from grader.checks.programs import run


def test_replace_this(attempt):
    """A sentence that states one property."""
    run(attempt, "b = a + a", a=2)
''',
    "mutants.toml": """\
[[mutant]]
name = "wrong-answer"
title = "returns another number"
explanation = "Why this gives the numbers it gives."
find = "return 42"
replace = "return 41"
caught_by = "test_replace_this"
""",
    "questions.toml": "",
}


def new(screen: Screen, slug: str | None) -> int:
    """Write the files of a new kata for its author to fill in."""
    if not slug or not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug):
        raise KitError(
            f"{slug!r} is not a slug.", "Use small letters and underscores, such as 'softplus'."
        )
    taken = {folder.name.partition("_")[2] for folder in catalog.kata_folders()}
    if slug in taken:
        raise KitError(f"There is a kata {slug!r} already.", "Choose another slug.")
    number = max((int(folder.name[4:6]) for folder in catalog.kata_folders()), default=0) + 1
    if number > 99:
        raise KitError("The numbers of the katas are used up.", "Remove one first.")
    folder = catalog.BANK / f"kata{number:02d}_{slug}"
    words = {"short": f"kata{number:02d}", "title": slug.replace("_", " ").capitalize()}
    folder.mkdir(parents=True)
    for name, text in NEW_FILES.items():
        filled = text.replace("{short}", words["short"]).replace("{title}", words["title"])
        (folder / name).write_text(filled, "utf-8")
    hints = catalog.hints_folder() / f"{folder.name}.md"
    hints.write_text("".join(f"## {tier}\n\n" for tier in catalog.TIERS), "utf-8")
    screen.write(
        screen.wrap(
            f"{folder} and {hints} are begun. Next: fill them in, then 'python -m grader dev "
            f"stubs' and 'python -m grader dev check {words['short']}'."
        )
    )
    return 0
