"""One question as it is asked: numbers and options sampled from a seed, and the judging of answers.

Numbers are computed and derived by the engine, or line by line; a bug is shown by running it.
"""

from __future__ import annotations

import math
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.content.questions import Question
from grader.core import workspace
from grader.core.model import clip, show_number
from grader.quiz import derivation
from grader.truth.program import Program

RELATIVE = 0.005  # three digits are enough
LETTERS = "abcd"
SCRIPT_SECONDS = 60
PLAIN: Mapping[str, Callable[..., float]] = {
    name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh")
}


class Unreadable(Exception):
    """The answer is of no kind that the question takes; the text says what it takes."""


@dataclass(frozen=True)
class Asked:
    """A question with everything sampled: what is shown, and what is right."""

    question: Question
    seed: int
    prompt: str
    options: tuple[str, ...] = ()
    right: Any = None
    code: str = ""
    derived: tuple[str, ...] = ()
    values: dict[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.question.kind

    def takes(self) -> str:
        """Say how to answer."""
        if self.kind == "choice":
            return f"a to {LETTERS[len(self.options) - 1]}"
        if self.kind == "numeric":
            return "a number, such as -1.5, 2/3 or 1e-3"
        if self.kind == "bug":
            return f"the number of a line, 1 to {len(self.code.splitlines())}"
        return "your own words; an empty line ends them"


@dataclass(frozen=True)
class Judged:
    """What an answer was worth, from 0 to 1, and what should be said of it."""

    score: float
    told: tuple[str, ...]


def sample(question: Question, seed: int) -> Asked:
    """Return the question with its numbers, or the order of its options, sampled."""
    rng = random.Random(f"{question.id}/{seed}")
    asked = Asked(question, seed, question.prompt.strip())
    if question.kind == "choice":
        options = [question.answer, *(wrong.option for wrong in question.wrong)]
        rng.shuffle(options)
        return replace(asked, options=tuple(options), right=question.answer)
    if question.kind == "numeric":
        return _sample_numbers(asked, rng)
    if question.kind == "bug":
        lines = question.answer if isinstance(question.answer, list) else [question.answer]
        return replace(asked, code=question.code.strip("\n"), right=tuple(lines))
    return asked


def _sample_numbers(asked: Asked, rng: random.Random) -> Asked:
    question = asked.question
    values = {name: rng.choice(choices) for name, choices in question.inputs.items()}
    if question.lines:
        names, derived = derivation.of_lines(question.lines, values, PLAIN)
        right, code, wanted = names[question.answer], "", question.answer
    else:
        code, wanted = question.program.replace("; ", "\n"), question.answer
        if question.program == "drawn":
            made, wanted = derivation.sample_program(rng, values)
            code = made.code
        right, derived = derivation.of_program(Program(code, values), wanted)
    text = asked.prompt.format(
        inputs=", ".join(f"{name} = {number:g}" for name, number in values.items()),
        program=question.program,
        root=code.rpartition("\n")[2].partition(" ")[0],
        answer=wanted,
        **{name: f"{number:g}" for name, number in values.items()},
    )
    shown = code if question.program == "drawn" else ""
    return replace(
        asked, prompt=text, right=right, derived=tuple(derived), values=values, code=shown
    )


def judge(asked: Asked, text: str, run: bool = True) -> Judged:
    """Judge an answer to anything but an open question; an empty one is a wrong one.

    A bug is shown by running its script, unless `run` says not to. Raises Unreadable for what the
    question does not take.
    """
    judges = {"choice": _judge_choice, "numeric": _judge_number, "bug": _judge_line}
    found = judges[asked.kind](asked, text.strip())
    return replace(found, told=(*found.told, *demonstration(asked))) if run else found


def demonstration(asked: Asked) -> list[str]:
    """Run a bug question's script as it stands and mended, and say what each prints."""
    if asked.kind != "bug":
        return []
    wrong, mended = run_scripts(asked.code, mended_code(asked.question))
    return _shown_runs(wrong, mended, asked.question)


def _judge_choice(asked: Asked, text: str) -> Judged:
    question = asked.question
    reasons = {wrong.option: wrong.why for wrong in question.wrong}
    right = f"Right is {LETTERS[asked.options.index(asked.right)]}: {asked.right}."
    if not text:
        return Judged(0.0, (right, question.why))
    letter = text.lower().strip("().")
    place = LETTERS.find(letter) if len(letter) == 1 else -1
    chosen = asked.options[place] if 0 <= place < len(asked.options) else text
    if chosen == asked.right:
        return Judged(1.0, ("Right.", question.why))
    if chosen not in reasons:
        raise Unreadable(f"{clip(text, 60)!r} is none of the options: answer {asked.takes()}.")
    return Judged(0.0, (f"No: {reasons[chosen]}", right, question.why))


def _judge_number(asked: Asked, text: str) -> Judged:
    said = f"It is {show_number(asked.right)}."
    score, head = 0.0, said
    if text:
        number = read_number(text)
        counted = isinstance(asked.right, int)  # which has no digits to round away
        if abs(number - asked.right) <= (0 if counted else RELATIVE * abs(asked.right)) + 1e-9:
            score, head = 1.0, f"Right: {show_number(asked.right)}."
        else:
            head = f"No, {show_number(number)} is not it. {said}"
    why = (asked.question.why,) if asked.question.why else ()
    return Judged(score, (head, *asked.derived, *why))


def read_number(text: str) -> float:
    """Return the number a person wrote: -1.5, 2/3, 1e-3; or raise Unreadable."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace(" ", "")
    above, slash, below = plain.partition("/")
    try:
        number = float(above) / float(below) if slash else float(plain)
        if math.isfinite(number):
            return number
    except (ValueError, ZeroDivisionError):
        pass
    raise Unreadable(f"{clip(text, 60)!r} is not a number: write it as -1.5, 2/3 or 1e-3.")


def _judge_line(asked: Asked, text: str) -> Judged:
    question = asked.question
    whole = asked.code.splitlines()
    right = " or ".join(map(str, asked.right))
    named = re.fullmatch(r"(?:line\s*)?(\d{1,6})", text.lower())
    if text and not (named and 1 <= int(named[1]) <= len(whole)):
        raise Unreadable(f"{clip(text, 60)!r} is no line: answer {asked.takes()}.")
    score = float(bool(named) and int(named[1]) in asked.right)  # type: ignore[index]
    if score:
        head = "Right."
    else:
        head = f"Line {named[1]} is not it. It is line {right}." if named else f"Line {right}."
    return Judged(score, (head, question.why))


def mended_code(question: Question) -> str:
    """Return a bug question's script without its bug."""
    if question.mended:
        return question.mended.strip("\n")
    number = question.answer[0] if isinstance(question.answer, list) else question.answer
    lines = question.code.strip("\n").splitlines()
    if isinstance(question.answer, list):
        number = min(question.answer, key=lambda n: -_likeness(lines[n - 1], question.fix))
    lines[number - 1] = question.fix
    return "\n".join(lines)


def _likeness(one: str, other: str) -> float:
    import difflib  # only for questions with two lines to name

    return difflib.SequenceMatcher(None, one, other).ratio()


def _shown_runs(wrong: str, mended: str, question: Question) -> list[str]:
    if "No module named 'torch'" in wrong:
        return ["PyTorch is not installed, so the script was not run."]
    told = _printed("As it stands it prints:", wrong)
    told += [f"Mended: {question.fix.strip()}"] if question.fix else ["Mended:", *_body(question)]
    return [*told, *_printed("Then it prints:", mended)]


def _printed(head: str, output: str) -> list[str]:
    lines = output.splitlines()
    return [f"{head} {output}"] if len(lines) < 2 else [head, *("    " + line for line in lines)]


def _body(question: Question) -> list[str]:
    return ["    " + line for line in mended_code(question).splitlines()]


def run_scripts(*scripts: str) -> list[str]:
    """Run scripts of the bank at the same time; return what each prints, or its last complaint."""
    environment = {**os.environ, "PYTHONPATH": workspace.ROOT, "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            for script in scripts
        ]
        return [_output(process) for process in running]


def _output(process: subprocess.Popen[str]) -> str:
    try:
        out, err = process.communicate(timeout=SCRIPT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"nothing within {SCRIPT_SECONDS} seconds"
    if process.returncode:
        return (err.strip().splitlines() or ["nothing"])[-1]
    return out.strip()


def judge_points(asked: Asked, text: str) -> Judged:
    """Judge the ticks of an open question: numbers of points, 'all', or nothing for none."""
    total = len(asked.question.points)
    count = count_ticks(text, total)
    return Judged(count / total, (f"{count} of {total} points.",))


def count_ticks(text: str, total: int) -> int:
    """Return how many of the points 1 to `total` a line names."""
    plain = text.strip().lower()
    if plain == "all":
        return total
    words = [] if plain in ("", "none", "0") else re.split(r"[\s,]+", plain)
    numbers = {int(word) for word in words if word.isdecimal() and len(word) <= 6}
    if len(numbers) != len(set(words)) or not numbers <= set(range(1, total + 1)):
        raise Unreadable(f"{clip(text, 60)!r}: write numbers from 1 to {total}, 'all', or 'none'.")
    return len(numbers)
