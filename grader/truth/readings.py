"""What is read after a script, by the authorities.

Scripts run whole, on the reference and on PyTorch's classes or functions of the same names. Central
differences follow an input of a script, or an array of it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, TypedDict

from grader.truth.arrays import Array, agree_with_differences, text_of, wrong_places
from grader.truth.authorities import slope
from grader.truth.script import Script, numbers_in
from grader.truth.tolerances import close_to_difference, near

ARRAY_STEP = 6e-6  # of a central difference of arrays, relative to numbers above 1


class Reading(TypedDict):
    """What a script's expression is by each authority: a number, an array, or a list of either.

    Arrays are texts, as they travel.
    """

    reference: Any
    pytorch: Any
    finite_difference: float | str | None


Readings = dict[str, Reading]


def consult_script(script: Script, ask_torch: bool, solution: Path | None = None) -> Readings:
    """Return what the authorities read after a script, having made sure that they agree.

    What the reference does not define is taken from the kata's solution, and what the twins do not
    define from PyTorch's functions, so that a kata about an operation of its author's own needs
    nothing but its folder.
    """
    known = array_names() if script.has_arrays else _reference_names()
    names = Names(known, partial(_from_solution, solution))
    found = _play(script, names)
    asked = dict.fromkeys(script.reads)
    if ask_torch:
        asked = _play(script, _torch_names(script))
    readings: Readings = {}
    for read in script.reads:
        readings[read] = Reading(
            reference=found[read],
            pytorch=asked[read],
            finite_difference=_difference(script, read, names),
        )
        _insist_on_reading(script, read, readings[read])
    return readings


def _torch_names(script: Script) -> Names:
    """Return the kata's names as PyTorch has them, which is imported for it."""
    if script.has_arrays:
        from grader.truth import array_twins

        return Names(array_twins.NAMES, array_twins.find_function)
    from grader.truth import twins

    return Names(twins.NAMES, twins.find_function)


class Names(dict[str, Any]):
    """What a script may name: what is known, then builtins, then what `find` returns."""

    def __init__(self, known: Mapping[str, Any], find: Callable[[str], Any]) -> None:
        super().__init__(known)
        self.find = find

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        return self.find(name)


def _from_solution(solution: Path | None, name: str) -> Any:
    """Return what a kata's solution defines under a name; KeyError where it does not."""
    if solution is None or not solution.exists():
        raise KeyError(name)
    import runpy  # only for operations that the reference lacks

    return runpy.run_path(str(solution))[name]


def _play(script: Script, classes: Names) -> dict[str, Any]:
    """Run a script over these classes; it is a check's text, never a learner's."""
    names = Names(classes, classes.find)
    lift = names.get("Value")
    names.update({name: lift(x) if lift else x for name, x in script.inputs.items()})
    exec(compile(script.code, "<script>", "exec"), names)
    return {read: _read(eval(read, names)) for read in script.reads}


def _read(content: Any) -> Any:
    """Return what was read as it is kept: arrays as texts."""
    if isinstance(content, list | tuple):
        return [_read(part) for part in content]
    return text_of(content) if hasattr(content, "shape") else content


def _reference_names() -> dict[str, Any]:
    from reference import engine, gradcheck, losses, nn, optim  # only when the cache lacks it

    modules = (engine, nn, losses, optim, gradcheck)
    return {name: value for module in modules for name, value in vars(module).items()}


def array_names() -> dict[str, Any]:
    """Return the reference's functions of arrays, and NumPy."""
    import numpy  # only when the cache lacks an answer

    from reference import arrays

    return {**vars(arrays), "np": numpy}


def _differences(script: Script, read: str, names: Names) -> str:
    """Return the central differences of an expression by each entry of an array."""
    moved, expression = script.slopes[read]
    namespace = Names(names, names.find)
    exec(compile(script.code, "<script>", "exec"), namespace)
    code, x = compile(expression, "<slope>", "eval"), namespace[moved]
    found = x * 0.0
    for index in product(*map(range, x.shape)):
        ends = []
        for sign in (1, -1):
            namespace[moved] = x.copy()
            namespace[moved][index] += sign * ARRAY_STEP * max(1.0, abs(x[index]))
            ends.append((namespace[moved][index], float(eval(code, namespace))))
        (above, high), (below, low) = ends
        found[index] = (high - low) / (above - below)
    return text_of(found)


def _difference(script: Script, read: str, names: Names) -> float | str | None:
    """Return the central difference of the script's root by an input, if that is what is read."""
    if read in script.slopes:
        return _differences(script, read, names)
    name, _, field = read.partition(".")
    root = script.root
    if field != "grad" or name not in script.inputs or root is None:
        return None
    forward = "\n".join(script.code.splitlines()[:-1])

    def value(x: float) -> float:
        moved = Script(forward, {**script.inputs, name: x}, (f"{root}.data",))
        return float(_play(moved, names)[f"{root}.data"])

    return slope(value, script.inputs[name])


def _insist_on_reading(script: Script, read: str, reading: Reading) -> None:
    """Raise if the authorities differ: the kit is then wrong, not the learner."""
    expected = dict(numbers_in(read, reading["reference"]))
    asked = reading["pytorch"]
    others = expected if asked is None else dict(numbers_in(read, asked))
    difference = reading["finite_difference"]
    agreed = others.keys() == expected.keys() and all(
        _is_same(others[name], number, script.rtol) for name, number in expected.items()
    )
    if isinstance(difference, str):
        right = Array.of(reading["reference"])
        agreed = agreed and agree_with_differences(right, Array.of(difference))
    elif difference is not None:
        agreed = agreed and close_to_difference(difference, reading["reference"])
    if not agreed:
        raise AssertionError(f"the authorities differ on {read!r} of {script.key!r}: {reading!r}")


def _is_same(asked: Any, right: Any, rtol: float) -> bool:
    if not (isinstance(asked, str) and isinstance(right, str)):
        return near(float(asked), right, rtol)
    one, other = Array.of(asked), Array.of(right)
    return one.shape == other.shape and not wrong_places(one, other, rtol)
