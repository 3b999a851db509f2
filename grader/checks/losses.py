"""Small scenarios that every loss has to get right, the plainest first.

What varies: how many there are, ints and floats, one Value in several places, the size of the
numbers, what was called before, and what others changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.checks.graded import GradedAttempt
from grader.checks.scripts import Claim, Scene, numbers, places

SIZES = (1, 2, 3, 9, 40)
GRID = (0.0, 0.5, 5.0, 12.0, 16.0, 20.0, 30.0, 40.0, 300.0, 1000.0)


@dataclass(frozen=True)
class Loss:
    """A loss: its name, the numbers of its Values, and what they are compared with."""

    name: str
    zs: Sequence[float]
    target: Any

    @property
    def lines(self) -> str:
        """Return the lines that make its arguments."""
        return f"zs = [Value(z) for z in {list(self.zs)}]\nt = {self.target}\n"

    @property
    def call(self) -> str:
        """Return the expression that calls it."""
        return f"{self.name}(zs, t)"


def drawn(attempt: GradedAttempt, name: str, size: int) -> Loss:
    """Return a loss whose arguments the seed draws, none at a kink."""
    zs = [round(3 * z + 0.0625, 4) for z in numbers(attempt, f"z {size}", size)]
    ts = numbers(attempt, f"t {size}", size)
    target: Any = [round(abs(t) / 2, 4) for t in ts]
    if name == "hinge":
        target = [1 if t > 0 else -1 for t in ts]
    return Loss(name, zs, size // 2 if name == "cross_entropy" else target)


def answers(loss: Loss, upstream: float = 5.0) -> Iterator[Scene]:
    """The number, then the gradients."""
    yield Scene(f"{loss.lines}loss = {loss.call}", "loss.data")
    back = f"loss = {loss.call} * {upstream}\nloss.backward()"
    yield Scene(f"{loss.lines}{back}", "loss.data; [z.grad for z in zs]")


def repeated_places(loss: Loss) -> Iterator[Scene]:
    """One Value stands in several places, perhaps with one target; or several hold one number."""
    count = len(loss.zs)
    back = f"t = {loss.target}\nloss = {loss.call} * 5.0\nloss.backward()"
    reads = "loss.data; [z.grad for z in zs]"
    yield Scene(f"p = Value(2.5)\nzs = [p] * {count}\n{back}", reads)
    yield Scene(f"zs = [Value(2.5) for _ in range({count})]\n{back}", reads)
    if isinstance(loss.target, list) and count > 2:
        first, *_, last = loss.target
        pairs = f"p, q = Value(2.5), Value(-3.5)\nzs = [p] * {count - 1} + [q]\n"
        same = f"t = {[first] * (count - 1) + [last]}\nloss = {loss.call} * 5.0\nloss.backward()"
        yield Scene(pairs + same, reads)
    if count > 2:
        apart = f"p, q = Value(2.5), Value(-3.5)\nzs = [p, *[q] * {count - 2}, p]\n{back}"
        yield Scene(apart, reads)


def whole_numbers(loss: Loss) -> Iterator[Scene]:
    """Values may hold ints, some or all, and so may what they are compared with."""
    ints = [2 * round(z) for z in loss.zs]  # even: 1 is where hinge has its kink
    target = [round(t) for t in loss.target] if isinstance(loss.target, list) else loss.target
    whole = [Loss(loss.name, ints, target)]
    for zs in ([*loss.zs[:-1], ints[-1]], [ints[0], *loss.zs[1:]]) if len(ints) > 1 else ():
        whole.append(Loss(loss.name, zs, target))
    if isinstance(target, list):
        whole.append(Loss(loss.name, loss.zs, [*target[:-1], float(target[-1])]))
    if loss.name == "mse":
        whole.append(Loss(loss.name, [*loss.zs[:-1], target[-1]], target))  # the last one is met
    for one in whole:
        yield list(answers(one))[-1]


def repeated_calls(one: Loss, two: Loss) -> Iterator[Scene]:
    """A second call gives the same again, whatever was called in between."""
    both = (
        f"zs = [Value(z) for z in {list(one.zs)}]\nys = [Value(z) for z in {list(two.zs)}]\n"
        f"first = {one.name}(zs, {one.target})\nsecond = {two.name}(ys, {two.target})\n"
        f"third = {one.name}(zs, {one.target})"
    )
    yield Scene(both, "first.data; second.data; third.data")
    back = "\nloss = first * 5.0 - third * 2.0 + second\nloss.backward()"
    yield Scene(both + back, "[z.grad for z in zs]; [y.grad for y in ys]")


def changed_meanwhile(loss: Loss) -> Iterator[Scene]:
    """After a change of its arguments, by whomever, a loss is that of the new ones."""
    begun = f"{loss.lines}first = {loss.call}\n"
    again = f"loss = {loss.call} * 5.0\nloss.backward()"
    reads = "loss.data; [z.grad for z in zs]"
    yield Scene(f"{begun}zs[0].data = 4.5\n{again}", reads)
    yield Scene(f"{begun}zs[0] = Value(-4.5)\n{again}", reads)
    if isinstance(loss.target, list):
        yield Scene(
            f"{begun}t[0] = {-loss.target[0] if loss.name == 'hinge' else 0.125}\n{again}", reads
        )


def untouched(loss: Loss) -> Iterator[Scene]:
    """A loss changes no list, no number and no gradient: `backward()` is for the caller."""
    lost = f"{loss.name} should leave its lists as they are"
    moved = f"{loss.name} should leave the numbers as they are"
    claims: dict[str, Claim] = {
        places("*kept, *zs"): ([*range(len(loss.zs))] * 2, lost),
        "[z.data for z in zs]": (list(loss.zs), moved),
        "t": (loss.target, lost),
    }
    yield Scene(f"{loss.lines}kept = list(zs)\nloss = {loss.call}", claims=claims)
    why = f"{loss.name} should leave the gradients as they are"
    for grad in (0, 7):
        preset = f"{loss.lines}for z in zs:\n    z.grad = {grad}.0\nloss = {loss.call}"
        yield Scene(preset, claims={"[z.grad for z in zs]": ([grad] * len(loss.zs), why)})


def far_out(name: str) -> Iterator[Scene]:
    """Logits of every size and of either sign, alone and beside others."""
    for z in (*GRID, *(-size for size in GRID if size)):
        if name == "cross_entropy":
            rows = (([z, 0.5], 0), ([z, z - 1.5, z + 0.25], 1), ([0.5, z, -z], 0))
            losses = [Loss(name, zs, target) for zs, target in rows]
        else:
            losses = [Loss(name, [z], [t]) for t in (0.0, 1.0)]
            losses.append(Loss(name, [z, 0.5, -z], [1.0, 0.0, 0.75]))
        for loss in losses:
            back = f"{loss.lines}loss = {loss.call} * 5.0\nloss.backward()"
            yield Scene(back, "loss.data; [z.grad for z in zs]")
