"""Small scenarios that every optimizer has to get right, the plainest first.

What varies: how many parameters there are and what kind of thing they are, ints and floats, what
stood in them before, what others changed between two steps, how the gradients run, and how many
optimizers there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.checks.graded import GradedAttempt
from grader.checks.scripts import Claim, Scene, numbers, places

BOX = """\
class Box:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
"""
DATA, GRADS = "[p.data for p in ps]", "[p.grad for p in ps]"
Rows = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Steps:
    """An optimizer: its arguments, its parameters' numbers, and the gradients of each step."""

    made: str  # such as "SGD({}, lr=0.25)"
    starts: Sequence[float]
    rows: Rows

    @property
    def parameters(self) -> str:
        """Return the line that makes the parameters."""
        return f"ps = [Value(x) for x in {list(self.starts)}]\n"

    def begin(self, parameters: str = "ps") -> str:
        """Return the lines that make parameters and optimizer."""
        return self.parameters + self.optimizer(parameters)

    def optimizer(self, parameters: str = "ps") -> str:
        """Return the line that makes the optimizer."""
        return f"optimizer = {self.made.format(parameters)}\n"

    def walk(self, rows: Rows | None = None, between: str = "") -> str:
        """Return the lines that set gradients and step, row by row."""
        taken = [list(row) for row in (self.rows if rows is None else rows)]
        return (
            f"for row in {taken}:\n    for p, grad in zip(ps, row):\n        p.grad = grad\n"
            f"{between}    optimizer.step()\n"
        )


def drawn(attempt: GradedAttempt, made: str, count: int, steps: int = 3) -> Steps:
    """Return an optimizer whose parameters and gradients the seed draws."""
    rows = [numbers(attempt, f"{made} {count} {step}", count) for step in range(steps)]
    return Steps(made, numbers(attempt, f"{made} {count}", count), rows)


def answers(steps: Steps) -> Iterator[Scene]:
    """Where the parameters are after the first step, and after all of them."""
    for rows in (steps.rows[:1], steps.rows):
        yield Scene(steps.begin() + steps.walk(rows), DATA)


def left_alone(steps: Steps) -> Iterator[Scene]:
    """`step()` changes neither the gradients nor the list nor which objects there are."""
    count = len(steps.starts)
    begun = f"{steps.parameters}kept = list(ps)\n{steps.optimizer()}"
    lost = "the list of parameters should stay as it is"
    same: dict[str, Claim] = {places("*kept, *ps"): ([*range(count)] * 2, lost)}
    still = "making an optimizer should not move the parameters"
    yield Scene(begun, claims={**same, DATA: (list(steps.starts), still)})
    read = "step() should leave the gradients as they are"
    claims: dict[str, Claim] = {**same, GRADS: (list(steps.rows[-1]), read)}
    yield Scene(begun + steps.walk(), claims=claims)


def gradients_before(steps: Steps) -> Iterator[Scene]:
    """Gradients may stand there before the optimizer is made; they count in the first step only."""
    preset = f"{steps.parameters}for p in ps:\n    p.grad = 7.0\n"
    why = "making an optimizer should leave the gradients as they are"
    claims: dict[str, Claim] = {GRADS: ([7] * len(steps.starts), why)}
    for parameters in ("ps", "(p for p in ps)"):
        yield Scene(preset + steps.optimizer(parameters), claims=claims)
    yield Scene(f"{preset}{steps.optimizer()}optimizer.step()", DATA)
    yield Scene(f"{preset}{steps.optimizer()}{steps.walk()}", DATA)


def changed_between(steps: Steps) -> Iterator[Scene]:
    """Others may set the numbers, and clear or add to the gradients, between two steps."""
    yield Scene(f"{steps.begin()}ps[0].data = 4.5\n{steps.walk(steps.rows[:1])}", DATA)
    first, *others = steps.rows
    moved = f"{steps.begin()}{steps.walk([first])}for p in ps:\n    p.data = 4.5\n"
    yield Scene(moved + steps.walk(others), DATA)
    more = "    ps[-1].grad += 1.5\n"
    yield Scene(steps.begin() + steps.walk(between=more), DATA)
    same = f"{steps.begin()}{steps.walk([first])}optimizer.step()\noptimizer.step()"
    yield Scene(same, DATA)


def kinds(steps: Steps) -> Iterator[Scene]:
    """Parameters in a tuple or a generator; ints; and things that only have `data` and `grad`."""
    for parameters in ("tuple(ps)", "(p for p in ps)"):
        yield Scene(f"{steps.begin(parameters)}{steps.walk()}", DATA)
        cleared = f"{steps.begin(parameters)}{steps.walk()}optimizer.zero_grad()"
        yield Scene(cleared, GRADS)
    ints = Steps(
        steps.made,
        [round(4 * x) for x in steps.starts],
        [[round(4 * x) for x in row] for row in steps.rows],
    )
    yield Scene(ints.begin() + ints.walk(), DATA)
    for start in (2.5, 0.0):
        equal = Steps(steps.made, [start for _ in steps.starts], steps.rows)
        yield Scene(equal.begin() + equal.walk(), DATA)
    boxes = f"{BOX}ps = [Box(x) for x in {list(steps.starts)}]\n{steps.optimizer()}{steps.walk()}"
    yield Scene(boxes, DATA)


def cleared(steps: Steps) -> Iterator[Scene]:
    """`zero_grad()` sets every gradient to 0, whoever set it, and changes nothing else."""
    count = len(steps.starts)
    why = "zero_grad() should set every gradient to 0"
    still = "zero_grad() should leave the numbers as they are"
    preset = "for p in ps:\n    p.grad = -7.0\noptimizer.zero_grad()"
    claims: dict[str, Claim] = {GRADS: ([0] * count, why), DATA: (list(steps.starts), still)}
    yield Scene(f"{steps.begin()}optimizer.zero_grad()", claims=claims)
    yield Scene(f"{steps.begin()}{preset}", claims=claims)
    first, *others = steps.rows
    code = f"{steps.begin()}{steps.walk([first])}optimizer.zero_grad()\n{steps.walk(others)}"
    yield Scene(code, DATA)


def two_of_them(one: Steps, two: Steps) -> Iterator[Scene]:
    """Two optimizers of other arguments, stepping in turn, know nothing of each other."""
    apart = (
        f"ps, qs = [[Value(x) for x in xs] for xs in ({list(one.starts)}, {list(two.starts)})]\n"
        f"one = {one.made.format('ps')}\ntwo = {two.made.format('qs')}\n"
    )
    reads = "[p.data for p in [*ps, *qs]]"
    for order in (("one", "two"), ("two", "one"), ("one", "one", "two")):
        steps = "".join(f"    {name}.step()\n" for name in order)
        walk = f"for k in range(3):\n    for p in [*ps, *qs]:\n        p.grad = k - 0.5\n{steps}"
        yield Scene(apart + walk, reads)
    again = f"{one.begin()}{one.walk()}{one.optimizer()}{one.walk()}"
    yield Scene(again, DATA)
    late = f"{one.begin()}{one.walk(one.rows[:1])}second = {two.made.format('ps')}\n"
    yield Scene(late + one.walk(), DATA)
    yield Scene(late + one.walk(between="    second.step()\n"), DATA)
    clear = f"{apart}for p in [*ps, *qs]:\n    p.grad = 7.0\none.zero_grad()"
    why = "zero_grad() should leave another optimizer's gradients alone"
    yield Scene(clear, claims={"[q.grad for q in qs]": ([7] * len(two.starts), why)})


def without_gradient(steps: Steps) -> Iterator[Scene]:
    """A gradient of 0 is a gradient: before any other, between others, and after them."""
    first, *others = steps.rows
    none = [0.0] * len(first)
    for rows in ([none], [none, first], [first, none], [first, none, none, *others]):
        yield Scene(steps.begin() + steps.walk(rows), DATA)
    begun = f"{steps.begin()}{steps.walk([first])}"
    yield Scene(f"{begun}optimizer.zero_grad()\noptimizer.step()", DATA)
    yield from long_walks(steps.made, len(first), ("k % 20 // 17",))


RUNS = ("0.5", "2.0 / (k + 1)", "(-1.5) ** (k % 7)", "k - 75.5")


def long_walks(made: str, count: int, runs: Sequence[str] = RUNS) -> Iterator[Scene]:
    """150 steps of gradients that stay, shrink, grow or change their sign."""
    for run in runs:
        code = (
            f"ps = [Value(0.5 * k - 1.0) for k in range({count})]\n"
            f"optimizer = {made.format('ps')}\nfor k in range(150):\n"
            f"    for place, p in enumerate(ps):\n        p.grad = ({run}) * (place + 1)\n"
            "    optimizer.step()\n"
        )
        yield Scene(code, DATA)
