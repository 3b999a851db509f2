"""A script: the program of a network kata, a few lines of Python over the kata's own classes.

    neuron = Neuron(2)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 3.0
    y = neuron([x, 4.0]) * 5.0
    y.backward()

The same text runs on the attempt, on the reference and on PyTorch (whose classes of the same names
are in `twins`). What it says is not limited as a program's lines are: checks write scripts, and no
learner's text ever becomes one. After it has run, expressions are read: numbers, or lists of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.truth.program import Program, vary
from grader.truth.tolerances import RTOL

Slopes = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Script:
    """Lines of code over Values of these inputs, and the expressions to read afterwards.

    `rtol` is how far the authorities and an attempt may be from each other, relatively; only
    numerical gradients are off by more than rounding. `slopes` says what a gradient is that of: for
    a read, the array that is moved and the expression that follows it.
    """

    code: str
    inputs: Mapping[str, float]
    reads: tuple[str, ...]
    rtol: float = RTOL
    slopes: Slopes = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what tells this script from every other, exactly."""
        return f"{Program(self.code, self.inputs).key}\n#{self.reads!r}"

    @property
    def has_arrays(self) -> bool:
        """Whether it names NumPy."""
        return "np." in self.code

    @property
    def root(self) -> str | None:
        """Return the name whose one `backward()` ends the script, or None."""
        *before, last = self.code.splitlines()
        name, _, call = last.partition(".")
        whole = name.isidentifier() and call == "backward()"
        return name if whole and not any(".backward()" in line for line in before) else None


def script(
    code: str,
    reads: str,
    inputs: Mapping[str, float],
    seed: int,
    rtol: float,
    slopes: Slopes | None = None,
) -> Script:
    """Return a script whose inputs the seed has varied; `reads` are separated by semicolons."""
    made = Program(code.strip("\n"), {name: float(x) for name, x in inputs.items()})
    varied = vary(made, seed)
    parts = tuple(part.strip() for part in reads.split(";"))
    return Script(varied.code, varied.inputs, parts, rtol, slopes or {})


def numbers_in(name: str, content: Any) -> Iterator[tuple[str, Any]]:
    """Yield what was read, number by number: `losses[0]`, `losses[1]`."""
    if not isinstance(content, list):
        yield name, content
        return
    for index, part in enumerate(content):
        yield from numbers_in(f"{name}[{index}]", part)
