"""What the checks of network katas are written with: scripts played, and what is read afterwards.

The attempt's readings are held against those of the reference and of PyTorch, number by number.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.checks.arrays import NAMED, NO_CHANCE, Compared, Sizes, as_number, kind_of
from grader.checks.failure import (
    CheckFailed,
    describe,
    expect_no_none,
    introduce,
    is_number,
    join_sentences,
    one_line,
    raised,
    show,
    shown,
    wrong_sentence,
)
from grader.checks.graded import GradedAttempt
from grader.core.model import Row, clip
from grader.sandbox.failures import Ended, LearnerError, missing_sentence
from grader.sandbox.protocol import SCRIPT, SCRIPTS, Content
from grader.truth.program import Program
from grader.truth.script import Script, Slopes, numbers_in, script
from grader.truth.tolerances import RTOL, near

ROWS = 12
AT_ONCE = 25  # scenes of one request, which a diagnosis can still compare in a moment
UNANSWERED = "Not everything that was asked for was answered."
Claim = tuple[float | Sequence[float], str]  # what an expression should be; what to say if it isn't


@dataclass(frozen=True)
class Played:
    """A script and what the attempt's classes made of it, in the order of its reads."""

    attempt: GradedAttempt
    script: Script
    found: tuple[Any, ...]
    sizes: Sizes = field(default_factory=dict)

    def __getitem__(self, read: str) -> Any:
        """Return what an expression was: a number, a description of what is none, or a list."""
        return self.found[self.script.reads.index(read)]

    def fail(
        self,
        sentence: str,
        rows: tuple[Row, ...] = (),
        *,
        telling: bool = False,
        pattern: str = "",
    ) -> None:
        """Fail the check with this script as the counterexample."""
        made = Program(self.script.code, self.script.inputs)
        failure = CheckFailed(f"{introduce(made)}: {sentence.rstrip('.')}.", show(made, rows))
        failure.telling, failure.pattern = telling, pattern
        raise failure


@dataclass(frozen=True)
class Scene:
    """A script with what is to be seen after it: numbers that the authorities have, and claims.

    Of arrays, `slopes` says what a gradient follows, as in a Script, and `sizes` what axes are
    called.
    """

    code: str
    reads: str = ""
    claims: Mapping[str, Claim] = field(default_factory=dict)
    inputs: Mapping[str, float] = field(default_factory=dict)
    slopes: Slopes = field(default_factory=dict)
    sizes: Sizes = field(default_factory=dict)
    rtol: float = RTOL

    @property
    def size(self) -> tuple[int, int]:
        """What says which of two scenes is the plainer one."""
        return self.code.count("\n"), len(self.code)


def expect_scenes(attempt: GradedAttempt, scenes: Iterable[Scene]) -> None:
    """After every scene everything is as it should be; the plainest that is not is shown.

    Many are played in one request. Those behind a scene that raises are not played.
    """
    ordered = sorted(scenes, key=lambda scene: scene.size)
    for begin in range(0, len(ordered), AT_ONCE):
        _expect_some(attempt, ordered[begin : begin + AT_ONCE])


def _expect_some(attempt: GradedAttempt, ordered: Sequence[Scene]) -> None:
    made = [_made(attempt, scene) for scene in ordered]
    asked = [
        {
            "code": one.code,
            "inputs": dict(one.inputs),
            "reads": _reads_of(scene, one),
        }
        for scene, one in zip(ordered, made, strict=True)
    ]
    call = f"Running {len(made)} programs such as {one_line(made[0].code)!r}"
    reply = attempt.ask(SCRIPTS, call, scripts=asked, names=attempt.kata.names)
    for place, found in enumerate(reply["reads"]):
        if failure := _failure(attempt, ordered[place], made[place], found):
            failure = _alone(attempt, ordered[place], made[place], failure)
            if made[place].has_arrays:
                later = zip(ordered[place:], made[place:], reply["reads"][place:], strict=False)
                _tell_pattern(failure, [_failure(attempt, *one) for one in later])
            raise failure
    if reply["raised"]:
        raise _raised(attempt, made[len(reply["reads"])], LearnerError(reply["raised"]))


def _made(attempt: GradedAttempt, scene: Scene) -> Script:
    return script(
        scene.code, scene.reads, scene.inputs, attempt.seed, scene.rtol, slopes=scene.slopes
    )


def _failure(
    attempt: GradedAttempt, scene: Scene, made: Script, found: Sequence[Content]
) -> CheckFailed | None:
    """Return how a scene fails, None if everything is as it should be."""
    count = len(made.reads) if scene.reads else 0
    if len(found) != count + len(scene.claims):
        return CheckFailed(UNANSWERED)
    played = Played(attempt, made, tuple(found[:count]), scene.sizes)
    try:
        for got, (expected, sentence) in zip(found[count:], scene.claims.values(), strict=True):
            if got != expected:
                played.fail(sentence)
        if scene.reads:
            expect_same(played)
    except CheckFailed as failure:
        return failure
    return None


def _tell_pattern(failure: CheckFailed, others: Sequence[CheckFailed | None]) -> None:
    """Add how the wrong entries are related to the right ones, seen best where a size has a name.

    The smallest arrays show the fewest entries; the larger ones of the same request are asked too.
    A factor that is another one each time, and no size, is chance and is not told.
    """
    patterns = dict.fromkeys(other.pattern for other in others if other and other.pattern)
    told = next((pattern for pattern in patterns if NAMED in pattern), "")
    if len(patterns) == 1 or failure.pattern in NO_CHANCE:
        told = failure.pattern or next(iter(patterns), "")
    if told:
        where = "" if told == failure.pattern else "On larger arrays: "
        told = told[0].lower() + told[1:] if where else told
        failure.message = join_sentences(failure.message, where + told)


def _alone(attempt: GradedAttempt, scene: Scene, made: Script, failure: CheckFailed) -> CheckFailed:
    """Return how a scene fails when it is asked once more, by itself: as whoever pastes it sees it.

    Where it comes out right then, something is kept between calls, and the failure says so.
    """
    asked = Script(made.code, made.inputs, tuple(_reads_of(scene, made)), made.rtol, made.slopes)
    try:
        again = _failure(attempt, scene, made, _ask(attempt, asked))
    except (LearnerError, Ended):
        return failure
    failure.fleeting = again is None
    return again or failure


def _reads_of(scene: Scene, made: Script) -> list[str]:
    return [*(made.reads if scene.reads else ()), *scene.claims]


def play(
    attempt: GradedAttempt, code: str, reads: str, *, rtol: float = RTOL, **inputs: float
) -> Played:
    """Run a script on the attempt and read expressions, separated by semicolons.

    Each input is a Value in the script; `--seed` has drawn its number.
    """
    made = script(code, reads, inputs, attempt.seed, rtol)
    try:
        return Played(attempt, made, tuple(_ask(attempt, made)))
    except LearnerError as error:
        raise _raised(attempt, made, error) from None


def _raised(attempt: GradedAttempt, made: Script, error: LearnerError) -> CheckFailed:
    shown = _until_read(made, error.program_line)
    for name in attempt.kata.entry:
        if error.message == f"name {name!r} is not defined":
            return CheckFailed(missing_sentence(attempt.kata, name), show(shown))
    expect_no_none(attempt, shown, error)
    return raised(attempt, error, introduce(shown), show(shown))


def _until_read(made: Script, line: int | None) -> Program:
    """Return the script, and the expression behind it if it was there that something was raised."""
    read = (line or 0) - len(made.code.splitlines()) - 1
    code = f"{made.code}\n{made.reads[read]}" if 0 <= read < len(made.reads) else made.code
    return Program(code, made.inputs)


def _ask(attempt: GradedAttempt, made: Script) -> list[Content]:
    reply = attempt.ask(
        SCRIPT,
        f"Running {one_line(made.code)!r}",
        code=made.code,
        inputs=dict(made.inputs),
        reads=list(made.reads),
        names=attempt.kata.names,
    )
    if len(reply["reads"]) != len(made.reads):
        raise CheckFailed(UNANSWERED)
    return reply["reads"]


def expect_same(played: Played) -> None:
    """Everything that was read is what the reference and PyTorch read after the same script."""
    readings = played.attempt.oracle.read(played.script)
    rows: list[Row] = []
    for read in played.script.reads:
        expected = dict(numbers_in(read, readings[read]["reference"]))
        asked = dict(numbers_in(read, readings[read]["pytorch"]))
        found = dict(numbers_in(read, played[read]))
        if any(isinstance(right, str) for right in expected.values()):
            expect_rows(played, rows)
            rows = []
        if found.keys() != expected.keys():
            played.fail(_shapes(read, played[read], readings[read]["reference"]), tuple(rows))
        difference = readings[read]["finite_difference"]
        moved = difference if isinstance(difference, str) else None
        for name, right in expected.items():
            if isinstance(right, str):
                compared = Compared(
                    name, found[name], right, asked.get(name), moved, played.script.rtol
                )
                if different := compared.difference(played.sizes):
                    played.fail(different.sentence, different.rows, pattern=different.pattern)
                continue
            got = as_number(found[name])
            rows.append(_row(name, got, right, asked.get(name), difference, played.script.rtol))
    expect_rows(played, rows)


def expect_numbers(played: Played, expected: Mapping[str, float], atol: float = 0.0) -> None:
    """What was read is what is known in closed form, such as `{"a.grad": 1.0}`."""
    rows = []
    for read, right in expected.items():
        got = played[read]
        agrees = is_number(got) and (
            abs(got - right) <= atol or near(float(got), right, played.script.rtol)
        )
        rows.append(Row(read, shown(got), right, agrees=agrees))
    expect_rows(played, rows)


def expect_rows(played: Played, rows: list[Row]) -> None:
    """Fail at the first row that is wrong, and show it with its neighbours."""
    for index, row in enumerate(rows):
        if not row.agrees:
            begin = max(0, min(index - 2, len(rows) - ROWS))
            played.fail(wrong_sentence(row), tuple(rows[begin : begin + ROWS]))


def expect_claims(
    attempt: GradedAttempt, code: str, claims: Mapping[str, Claim], **inputs: float
) -> None:
    """Every expression is what its claim says after the script.

    It is a number or a list of them, and compared here: an expression that is right when it is
    true could be obliged by an object that looks at who asks.
    """
    played = play(attempt, code, "; ".join(claims), **inputs)
    for read, (expected, sentence) in claims.items():
        if played[read] != expected:
            played.fail(sentence, telling=True)


def places(things: str) -> str:
    """Return the expression for where each of these objects stands among them, the first time."""
    return f"(lambda ps: [[p is q for q in ps].index(True) for p in ps])([{things}])"


def is_list(thing: str) -> str:
    """Return the expression for whether something is a list: 1 or 0."""
    return f"int(isinstance({thing}, list))"


def above(number: str, *bounds: float | str) -> str:
    """Return the expression for which of the bounds a number is above: a list of 1 and 0."""
    return f"[int({number} > bound) for bound in ({', '.join(map(str, bounds))},)]"


def expect_raises(attempt: GradedAttempt, code: str, kind: str, why: str, **inputs: float) -> None:
    """The script raises an exception of this kind; `why` says what should have been refused."""
    made = script(code, "0", inputs, attempt.seed, RTOL)
    shown = Program(made.code, made.inputs)
    try:
        _ask(attempt, made)
    except LearnerError as error:
        if kind not in error.kinds or error.blocked:
            found = raised(attempt, error, introduce(shown), show(shown))
            if not found.unwritten:
                found.message += f" {why}, with {kind}."
            raise found from None
        return
    raise CheckFailed(f"{introduce(shown)}: nothing was raised. {why}, with {kind}.", show(shown))


def numbers(attempt: GradedAttempt, label: str, count: int) -> list[float]:
    """Return numbers that the seed draws, distinct in size, between 0.2 and 2, of either sign."""
    draw = random.Random(f"{attempt.seed} {label}")
    sizes = draw.sample(range(20, 200), count)
    return [draw.choice((-1, 1)) * size / 100 for size in sizes]


def _row(name: str, got: Any, right: float, asked: Any, difference: Any, rtol: float) -> Row:
    return Row(
        name,
        shown(got),
        right,
        reference=right,
        pytorch=asked,
        finite_difference=difference,
        agrees=is_number(got) and near(float(got), right, rtol),
    )


def _shapes(read: str, got: Any, expected: Any) -> str:
    """Say how what was read is not of the length or the kind it should be."""
    if isinstance(expected, str):
        return f"{read} should be an array and is {kind_of(got)}."
    if isinstance(expected, list) and isinstance(got, list):
        return f"{read} should have {len(expected)} entries and has {len(got)}."
    if isinstance(expected, list):
        return f"{read} should be a list of {len(expected)} and is {describe(got)}."
    if isinstance(got, list):
        return f"{read} should be a number and is a list of {len(got)}."
    return clip(f"{read} should be {expected!r} and is {got!r}.", 300)
