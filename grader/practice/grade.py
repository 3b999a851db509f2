"""The commands `grade` and `all`: a verdict on one file or on every kata, shown and kept."""

from __future__ import annotations

import argparse
import json
import os

from grader.content import catalog
from grader.core.files import read_solution, write_file
from grader.core.model import Kata, KitError, Solution, Verdict
from grader.grading.judge import Options, grade
from grader.practice import actions
from grader.ui import verdict_page
from grader.ui.screen import Line, Screen
from grader.ui.verdict import summary_line, verdict_lines

PASSED, FAILED = 0, 1


def grade_one(options: argparse.Namespace) -> int:
    """Grade one kata."""
    kata = catalog.find_kata(options.kata)
    path = options.solution or str(catalog.file_of(kata))
    if not options.solution and not os.path.exists(path):
        raise KitError(
            f"{path!r} is missing.", f"'python -m grader reset {kata.short}' puts the stub there."
        )
    solution = read_solution(path)
    verdict = grade(kata, solution, Options(options.seed, options.fresh))
    keep(options, kata, verdict, solution)
    if not options.json:
        screen = Screen(options.plain)
        screen.write(verdict_lines(screen, kata, verdict))
    if options.html:  # before the one document, for a path may be one that can't be written
        write_file(options.html, verdict_page.page_of(kata, verdict))
    if options.json:
        print(json.dumps(verdict.as_json(), allow_nan=False))
    return PASSED if verdict.passed else FAILED


def grade_all(options: argparse.Namespace) -> int:
    """Grade every kata of the practice folder, in one judge."""
    screen = Screen(options.plain)
    folder = catalog.katas_folder()
    verdicts: list[Verdict] = []

    def grade_next(kata: Kata) -> Line | None:
        solution = read_solution(str(folder / f"{kata.name}.py"))
        verdicts.append(grade(kata, solution, Options(options.seed, options.fresh)))
        keep(options, kata, verdicts[-1], solution)
        return None if options.json else summary_line(screen, kata, verdicts[-1])

    there = [kata for kata in catalog.all_katas() if (folder / f"{kata.name}.py").exists()]
    if options.json:
        screen.plain = True
    screen.work("grading", there, grade_next)
    passed = sum(verdict.passed for verdict in verdicts)
    if options.json:
        documents = [verdict.as_json() for verdict in verdicts]
        whole = {"schema": 1, "passed": passed == len(verdicts), "verdicts": documents}
        print(json.dumps(whole, allow_nan=False))
    else:
        screen.write([[], *screen.wrap(f"{passed} of {len(verdicts)} katas passed.")])
    return PASSED if verdicts and passed == len(verdicts) else FAILED


def keep(options: argparse.Namespace, kata: Kata, verdict: Verdict, solution: Solution) -> None:
    """Record an attempt before it is shown; an untouched stub is none."""
    if not options.no_record and verdict.status != "stub":
        notes = actions.record(verdict, kata, solution.source)
        verdict.notes = (*verdict.notes, *notes)
