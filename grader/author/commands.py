"""The author tools by their names."""

from __future__ import annotations

import argparse
import json
import os
import sys

from grader.author.check import check
from grader.author.new import new
from grader.author.stubs import stubs
from grader.content import catalog
from grader.core.model import Kata, KitError
from grader.sandbox.system import SUPERVISED
from grader.ui.screen import Screen


def run(options: argparse.Namespace) -> int:
    """Run an author tool."""
    screen = Screen(options.plain or options.json)
    if options.tool == "new":
        return new(screen, " ".join(options.names))
    katas = [catalog.find_kata(name) for name in options.names] or catalog.all_katas()
    jobs = options.jobs or os.cpu_count() or 1
    if options.tool == "stubs":
        return stubs(screen, katas)
    if options.tool == "mutate":
        return mutate(screen, katas, options, jobs)
    return check(screen, katas, jobs)


def mutate(screen: Screen, katas: list[Kata], options: argparse.Namespace, jobs: int) -> int:
    """Judge the mutants of the right answers; show those that nothing rejects."""
    try:
        from grader.author import mutate  # libcst and mutmut are of the extra "test" alone
    except ImportError as error:
        problem = f"{error.name} is not installed for {sys.executable}."
        raise KitError(problem, "python -m pip install -e '.[test]' installs it.") from None

    if options.sample < 1:
        raise KitError(f"Every {options.sample}-th mutant is none.", "Give a number from 1.")
    if not SUPERVISED:
        raise KitError("This system can't fork a process.", "Use Linux, or macOS.")
    choice = mutate.Choice(options.base, options.sample, jobs)
    found = []
    for score in mutate.scores(screen, katas, choice):
        found.append(score)
        if not options.json:
            screen.write(mutate.lines_of(screen, score))
    if options.json:
        print(json.dumps(mutate.as_json(found)))
    else:
        screen.write(mutate.totals(screen, found))
    return 1 if any(score.survivors or score.stale for score in found) else 0
