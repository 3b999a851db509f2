"""The front door: what may be typed, which room does it, and how it ends."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from grader import __version__, completion, home
from grader.content import catalog
from grader.core.model import KitError, printable
from grader.practice import commands, grade

PASSED, TO_FIX, FAULT = 0, 2, 3

EXAMPLES = """\
a first session:
  python -m grader show kata01      read the task
  python -m grader kata01           grade katas/kata01_value.py
  python -m grader hint kata01      a nudge
  python -m grader list             all katas

a kata may be named kata03, 03, 3, topo_sort or kata03_topo_sort
exit codes: 0 passed, 1 graded and not passed, 2 something to fix first, 3 a fault of the kit
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    as_json = "--json" in given
    try:
        return _run(given)
    except KitError as error:
        return _complain(error, as_json)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return TO_FIX
    except Exception as error:
        if _is_closed_pipe(error):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return TO_FIX
        traceback.print_exc()
        print(
            f"This is a fault of the kit (version {__version__}), not of your file.",
            file=sys.stderr,
        )
        return FAULT


def _complain(error: KitError, as_json: bool) -> int:
    print(printable(f"{error.problem}\n{error.fix}"), file=sys.stderr)
    if as_json:
        print(json.dumps({"schema": 1, "status": "error", "message": printable(str(error))}))
    return TO_FIX


def _run(given: list[str]) -> int:
    parser, names = _parser()
    if given and given[0] not in (*names, "-h", "--help", "--version"):
        given = ["grade", *given]
    try:
        options = parser.parse_args(given or ["overview"])
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    finally:
        sys.stdout.flush()  # nobody may read it: at Python's end that would be a traceback


def _is_closed_pipe(error: Exception) -> bool:
    """Whether nobody reads what is written; Windows calls that an invalid argument."""
    invalid = isinstance(error, OSError) and error.errno == errno.EINVAL and not error.filename
    return isinstance(error, BrokenPipeError) or invalid


class _Parser(argparse.ArgumentParser):
    """Faults of usage are KitErrors like any other."""

    def error(self, message: str) -> Any:
        raise KitError(f"{message[:1].upper()}{message[1:]}.", f"'{self.prog} --help' explains.")


def _parser() -> tuple[argparse.ArgumentParser, list[str]]:
    parser = _Parser(
        prog="python -m grader",
        description="Practise backprop: fill in a kata, have it graded, see what is wrong.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"kata {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    added: list[str] = []

    def add(
        name: str, command: Callable[[argparse.Namespace], int], help: str, example: str
    ) -> Any:
        sub = subparsers.add_parser(
            name,
            help=help,
            description=help[:1].upper() + help[1:] + ".",
            epilog=f"example:\n  python -m grader {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(command=command)
        sub.add_argument("--plain", action="store_true", help="no colour, no symbols")
        added.append(name)
        return sub

    sub = add("overview", home.overview, "where am I: progress, next kata, what is due", "")
    sub.add_argument("--json", action="store_true", help="one JSON document on stdout")
    sub = add("grade", grade.grade_one, "grade a kata (the word 'grade' may be left out)", "kata03")
    sub.add_argument("kata", help="kata03, 03, 3, topo_sort or kata03_topo_sort")
    sub.add_argument("--solution", metavar="FILE", help="grade this file instead")
    sub.add_argument("--html", metavar="FILE", help="write the verdict as a page")
    _add_grading_options(sub)
    _add_grading_options(add("all", grade.grade_all, "grade every kata", "all"))
    _add_practice(add)
    _add_interview(add)
    _add_tour(add)
    sub = add("init", commands.init, "make a practice folder", "init ~/backprop")
    sub.add_argument("folder", metavar="DIR")
    add(
        "doctor",
        diagnose_machine,
        "say what is installed, what is missing, and where things are",
        "doctor",
    )
    sub = add("completion", complete, "print completions for your shell", "completion bash")
    sub.add_argument("shell", help="bash, zsh or fish")
    sub = add("dev", develop, "author tools: check, mutate, new, stubs", "dev check kata03")
    sub.add_argument("tool", choices=("check", "mutate", "new", "stubs"))
    sub.add_argument("names", nargs="*", metavar="NAME", help="katas, or a slug (new)")
    sub.add_argument("--jobs", type=int, default=0, metavar="N", help="how many at once")
    sub.add_argument("--base", default="", metavar="FILE", help="mutate this right answer only")
    sub.add_argument("--sample", type=int, default=1, metavar="N", help="only every N-th mutant")
    sub.add_argument("--json", action="store_true", help="mutate: one JSON document on stdout")
    return parser, added


def _add_tour(add: Callable[..., Any]) -> None:
    """Add the commands that show what the engine does."""
    sub = add("graph", draw_graph, "draw a program's graph", 'graph "c = a*b + b**2" a=2 b=3')
    sub.add_argument("program", help="lines separated by ';', or one expression")
    sub.add_argument("inputs", nargs="*", metavar="NAME=NUMBER")
    sub.add_argument("--svg", metavar="FILE", help="write a picture instead")
    sub = add("step", step_through, "step through a program", 'step "c = a*b + b**2" a=2 b=3')
    sub.add_argument("program", help="lines separated by ';', or one expression")
    sub.add_argument("inputs", nargs="*", metavar="NAME=NUMBER")
    sub.add_argument("--html", metavar="FILE", help="write a page with a slider instead")
    sub.add_argument("--json", action="store_true", help="one JSON document on stdout")
    sub = add("train", train, "train a network on your own engine", "train --data spiral")
    sub.add_argument("--data", default="moons", help="moons, circles, xor or spiral")
    sub.add_argument("--engine", help="mine or reference; mine if kata14 passes, unless given")
    sub.add_argument("--epochs", type=int, metavar="N", help="rounds through all points")
    sub.add_argument("--points", type=int, default=100, metavar="N", help="how many points")
    sub.add_argument("--lr", type=float, default=0.05, metavar="X", help="the step size")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="other points and weights")
    sub.add_argument("--svg", metavar="FILE", help="also write the picture")
    sub.add_argument("--html", metavar="FILE", help="also write a page")
    sub.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _add_practice(add: Callable[..., Any]) -> None:
    """Add the commands of the practice loop."""
    as_json = {"action": "store_true", "help": "one JSON document on stdout"}
    sub = add("list", commands.list_katas, "list the katas", "list --track engine")
    sub.add_argument("--track", help="only this track")
    sub.add_argument("--state", help="only this state, such as passed or untouched")
    sub.add_argument("--json", **as_json)
    sub = add("show", commands.show_task, "show the task of a kata", "show kata03")
    sub.add_argument("kata")
    sub = add("hint", commands.show_hint, "show the next hint of a kata", "hint kata03 --tier 2")
    sub.add_argument("kata")
    sub.add_argument("--tier", type=int, metavar="N", help="1 Nudge, 2 Idea, 3 Plan, 4 Line")
    sub = add("solution", commands.show_solution, "show the solution", "solution kata03 --give-up")
    sub.add_argument("kata")
    sub.add_argument("--give-up", action="store_true", help="before a pass; it is remembered")
    sub = add("history", commands.history, "list the attempts at a kata", "history kata03 1 2")
    sub.add_argument("kata")
    sub.add_argument("attempts", nargs="*", type=int, metavar="N", help="show the difference")
    sub.add_argument("--restore", type=int, metavar="N", help="put this attempt's file back")
    sub.add_argument("--json", **as_json)
    sub = add("reset", commands.reset, "put a stub back and keep what stood there", "reset kata03")
    sub.add_argument("kata", nargs="?")
    sub.add_argument("--all", action="store_true", help="every kata")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub = add("watch", commands.watch, "grade on every save, full-screen", "watch kata03")
    sub.add_argument("kata", nargs="?", help="the first one that is not passed, unless given")
    sub = add("today", home.today, "list what is due today", "today")
    sub.add_argument("--json", **as_json)


def _add_interview(add: Callable[..., Any]) -> None:
    """Add the commands of the talking half."""
    as_json = {"action": "store_true", "help": "one JSON document on stdout"}
    sub = add("quiz", ask_questions, "answer backprop questions", "quiz --topic losses --count 5")
    sub.add_argument("--topic", help="only this topic; a wrong name lists them")
    sub.add_argument("--kind", help="only choice, numeric, bug or open")
    sub.add_argument("--count", type=int, default=10, metavar="N", help="how many")
    sub.add_argument("--seed", type=_seed, metavar="N", help="numbers and order from a seed")
    sub.add_argument("--ahead", action="store_true", help="also ask what is not due yet")
    sub = add("interview", hold_interview, "hold a timed mock interview", "interview --set screen")
    sub.add_argument("--set", default="screen", help="screen, onsite, capstone, or a .toml file")
    sub.add_argument("--minutes", type=float, metavar="N", help="scale the parts to so many")
    sub.add_argument("--seed", type=_seed, metavar="N", help="draw the same interview again")
    sub.add_argument("--strict", action="store_true", help="grade on demand, not on every save")
    sub.add_argument("--allow-pause", action="store_true", help="a pause is recorded")
    sub.add_argument("--interviewer", action="store_true", help="a partner rates at the end")
    sub.add_argument("--resume", action="store_true", help="go on with the one that was left")
    sub.add_argument("--stop", action="store_true", help="end the one that was left")
    sub = add("report", show_report, "show the scorecard of an interview", "report 3")
    sub.add_argument("id", nargs="?", type=int, metavar="ID", help="the last one unless given")
    sub.add_argument("--html", metavar="FILE", help="write it as a page")
    sub.add_argument("--explain", action="store_true", help="how score and verdict are computed")
    sub.add_argument("--json", **as_json)


def _add_grading_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help="one JSON document on stdout")
    sub.add_argument("--seed", type=_seed, default=0, metavar="N", help="draw other inputs")
    sub.add_argument("--fresh", action="store_true", help="ask PyTorch again, ignore the cache")
    sub.add_argument("--no-record", action="store_true", help="leave no trace in progress")


def _seed(text: str) -> int:
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**32:
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to 4294967295, not {text!r}"
        )
    return seed


def complete(options: argparse.Namespace) -> int:
    """Print a completion script."""
    parser, names = _parser()
    (subs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    commands = {
        name: [
            option
            for action in subs.choices[name]._actions
            for option in action.option_strings
            if option.startswith("--")
        ]
        for name in names
    }
    katas = [kata.short for kata in catalog.all_katas()]
    print(completion.script(options.shell, commands, katas), end="")
    return PASSED


def ask_questions(options: argparse.Namespace) -> int:
    """Ask questions about backprop."""
    from grader.quiz import commands  # grading does without

    return commands.run(options)


def hold_interview(options: argparse.Namespace) -> int:
    """Hold a mock interview."""
    from grader.interview import commands  # grading does without

    return commands.hold(options)


def show_report(options: argparse.Namespace) -> int:
    """Show the scorecard of an interview."""
    from grader.interview import commands  # grading does without

    return commands.show(options)


def draw_graph(options: argparse.Namespace) -> int:
    """Draw a program's graph."""
    from grader.tour import graph  # grading does without

    return graph.run(options)


def train(options: argparse.Namespace) -> int:
    """Train a network on the learner's own engine."""
    from grader.tour import train  # grading does without

    return train.run(options)


def step_through(options: argparse.Namespace) -> int:
    """Step through a program."""
    from grader.tour import step  # grading does without

    return step.run(options)


def diagnose_machine(options: argparse.Namespace) -> int:
    """Say what is installed and where things are kept."""
    from grader import doctor  # starts a candidate: not needed elsewhere

    return doctor.run(options)


def develop(options: argparse.Namespace) -> int:
    """Run an author tool."""
    from grader.author import commands  # only for authors

    return commands.run(options)
