"""The author tools by their names."""

from __future__ import annotations

import argparse
import os

from grader.author.check import check
from grader.author.new import new
from grader.author.stubs import stubs
from grader.content import catalog
from grader.ui.screen import Screen


def run(options: argparse.Namespace) -> int:
    """Run an author tool."""
    screen = Screen(options.plain)
    if options.tool == "new":
        return new(screen, options.name)
    katas = [catalog.find_kata(options.name)] if options.name else catalog.all_katas()
    if options.tool == "stubs":
        return stubs(screen, katas)
    return check(screen, katas, options.jobs or os.cpu_count() or 1)
