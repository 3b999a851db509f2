"""The command `step`: a program's forward and backward pass, one node at a time."""

from __future__ import annotations

import argparse
import json
import sys

from grader.core.files import write_file
from grader.tour import graph
from grader.tour.step_views import page_of, step_lines
from grader.tour.walk import walk_through
from grader.ui.screen import Screen


def run(options: argparse.Namespace) -> int:
    """Step through a program."""
    walk = walk_through(graph.read_program(options.program, options.inputs))
    screen = Screen(options.plain)
    if options.html:
        write_file(options.html, page_of(walk))
    if options.json:
        print(json.dumps(walk.as_json(), allow_nan=False))
    elif options.html:
        screen.write(screen.wrap(f"{options.html} is written.", 0))
    elif options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        for number in range(len(walk.moments)):
            screen.write([*step_lines(screen, walk, number), []])
    else:
        from grader.tour.step_screen import Stepper  # textual takes a while to import

        Stepper(walk).run()
    return 0
