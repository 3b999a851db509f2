"""What the checks of array katas are written with: small cases of a layer, and what it has to obey.

A layer is a pair of functions: `y, cache = <name>_forward(...)`, then `<name>_backward(dy, cache)`
gives the gradients in the order of the arguments. Every case is Python that can be pasted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.checks.arrays import Sizes, literal
from grader.checks.graded import GradedAttempt
from grader.checks.scripts import Claim, Scene
from grader.truth.tolerances import RTOL

TELLING = (0.0, 1.0, -1.0, 2.0, -0.5, 1.0, 0.0, -3.0)
Shape = tuple[int, ...]


class Draw:
    """Arrays that the seed draws, written as Python: 0.2 to 2 in size, of either sign."""

    def __init__(self, attempt: GradedAttempt, label: str) -> None:
        self.label = f"{attempt.seed} {label}"

    def generator(self, name: str, shape: Shape) -> random.Random:
        """Return what draws the array of this name and shape."""
        return random.Random(f"{self.label} {name} {shape}")

    def floats(self, name: str, shape: Shape, scale: float = 1.0) -> str:
        """Return an array of floats, no two of one size while there are enough of them."""
        count, draw = math.prod(shape), self.generator(name, shape)
        pool = [size / 10 for size in range(2, 21)] if count < 12 else _hundredths(count)
        found = [round(draw.choice((-1, 1)) * x * scale, 6) for x in draw.sample(pool, count)]
        return literal(shape, found)

    def telling(self, name: str, shape: Shape) -> str:
        """Return an array of zeros, ones, ties and negatives."""
        draw = self.generator(f"telling {name}", shape)
        return literal(shape, [draw.choice(TELLING) for _ in range(math.prod(shape))])

    def integers(self, name: str, shape: Shape, below: int, dtype: str = "") -> str:
        """Return an array of whole numbers from 0 on; with enough places each of them occurs."""
        count, draw = math.prod(shape), self.generator(name, shape)
        found = [place % below for place in range(count)]
        draw.shuffle(found)
        return literal(shape, found, dtype)


def _hundredths(count: int) -> list[float]:
    return [size / 100 for size in range(20, 201)] * (count // 180 + 1)


@dataclass(frozen=True)
class Layer:
    """The names of a layer: its functions begin with `name`; `gradients` in order."""

    name: str
    arguments: tuple[str, ...]
    gradients: tuple[str, ...]
    upstream: str = "dy"

    @classmethod
    def of(cls, name: str, arguments: str, gradients: str, upstream: str = "dy") -> Layer:
        """Return a layer by its names as they stand in its signature."""
        return cls(name, tuple(arguments.split()), tuple(gradients.split()), upstream)

    def forward(self, mark: str = "", options: str = "") -> str:
        """Return the expression that calls forward; a mark tells two cases apart."""
        given = ", ".join(f"{name}{mark}" for name in self.arguments)
        return f"{self.name}_forward({given}{options})"

    def backward(self, mark: str = "", upstream: str = "") -> str:
        """Return the line that calls backward."""
        results = ", ".join(f"{name}{mark}" for name in self.gradients)
        return f"{results} = {self.name}_backward({upstream or self.upstream + mark}, cache{mark})"


@dataclass(frozen=True)
class Case:
    """The arguments of one call and the upstream gradient, written as Python."""

    layer: Layer
    arguments: Mapping[str, str]
    upstream: str
    sizes: Sizes = field(default_factory=dict)
    options: str = ""
    rtol: float = RTOL

    def lines(self, mark: str = "") -> str:
        """Return the lines that make the arguments and call forward."""
        made = "".join(f"{name}{mark} = {text}\n" for name, text in self.arguments.items())
        return f"{made}y{mark}, cache{mark} = {self.layer.forward(mark, self.options)}\n"

    def upstream_line(self, mark: str = "") -> str:
        """Return the line that makes the upstream gradient."""
        return f"{self.layer.upstream}{mark} = {self.upstream}\n"

    def scene(self, code: str, reads: str, **more: Any) -> Scene:
        """Return a scene in which this case's axes have names."""
        return Scene(code.rstrip("\n"), reads, sizes=self.sizes, rtol=self.rtol, **more)

    def forward(self) -> Scene:
        """The result of forward."""
        return self.scene(self.lines(), "y")

    def backward(self) -> Scene:
        """The gradients, which central differences follow."""
        code = f"{self.lines()}{self.upstream_line()}{self.layer.backward()}"
        return self.scene(code, "; ".join(self.layer.gradients), slopes=self.slopes())

    def slopes(self) -> dict[str, tuple[str, str]]:
        """Return what each gradient follows: sum(dy * y), as an argument moves."""
        call = self.layer.forward(options=self.options)
        total = f"({self.layer.upstream} * {call}[0]).sum()"
        return {name: (name[1:], total) for name in self.layer.gradients}

    def both(self) -> Iterator[Scene]:
        """The result, then the gradients."""
        yield self.forward()
        yield self.backward()


def used_twice(case: Case, other: str) -> Scene:
    """One cache is handed to backward twice, with another upstream gradient the second time."""
    layer = case.layer
    again = layer.backward("2").replace("cache2", "cache")
    code = f"{case.lines()}{case.upstream_line()}{layer.backward()}\n"
    code += f"{layer.upstream}2 = {other}\n{again}"
    names = [*layer.gradients, *(f"{name}2" for name in layer.gradients)]
    return case.scene(code, "; ".join(names))


def interleaved(one: Case, two: Case) -> Scene:
    """Forward is called on two inputs before backward is called for either."""
    lines = [one.lines("1"), two.lines("2"), one.upstream_line("1"), two.upstream_line("2")]
    lines += [f"{one.layer.backward('1')}\n", two.layer.backward("2")]
    reads = [f"{name}{mark}" for mark in "12" for name in ("y", *one.layer.gradients)]
    return replace(one, sizes={}).scene("".join(lines), "; ".join(reads))


def untouched(case: Case) -> Scene:
    """Neither function changes an argument or the upstream gradient."""
    layer = case.layer
    names = [*layer.arguments, layer.upstream]
    kept = f"kept = [{', '.join(f'np.array({name})' for name in names)}]\n"
    code = f"{case.lines()}{case.upstream_line()}{kept}{layer.backward()}"
    begun = "".join(f"{name} = {text}\n" for name, text in case.arguments.items())
    before = f"given = [{', '.join(f'np.array({name})' for name in layer.arguments)}]\n"
    code = code.replace(begun, begun + before, 1)
    claims = {
        **_same_as("given", layer.arguments, f"{layer.name}_forward should not change {{}}"),
        **_same_as("kept", names, f"{layer.name}_backward should not change {{}}"),
    }
    return case.scene(code, "", claims=claims)


def _same_as(kept: str, names: list[str] | tuple[str, ...], sentence: str) -> dict[str, Claim]:
    return {
        f"int(np.array_equal({kept}[{place}], {name}))": (1, sentence.format(name))
        for place, name in enumerate(names)
    }
