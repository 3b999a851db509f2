"""NumPy in the learner's process: found in its own folder alone, and its arrays on the pipe.

An array travels as its shape, its dtype and its numbers (float64 in hexadecimal), exactly. What
only looks like an array of numbers is described instead: a subclass may lie about shape and
equality, and an array of objects may hold anything.
"""

from __future__ import annotations

import importlib.machinery
import itertools
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from grader.sandbox.describe import number_of, text_of, type_name
from grader.sandbox.repeated import REPEATED

PACKAGE = "numpy"
MOST_ENTRIES = 1_000_000


class PackageFinder(importlib.machinery.PathFinder):
    """Finds one installed package, and none of its neighbours."""

    folder = ""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the package is; its parts are found by its own `__path__`."""
        if fullname == f"{PACKAGE}.random":
            return _seeded(super().find_spec(fullname, path, target))
        if fullname != PACKAGE:
            return None
        return super().find_spec(fullname, [cls.folder], target)


def _seeded(
    spec: importlib.machinery.ModuleSpec | None,
) -> importlib.machinery.ModuleSpec | None:
    """Return a spec whose module begins with numbers that repeat."""
    if spec and spec.loader:
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            _repeat(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
    return spec


def _repeat(random: ModuleType) -> None:
    """Let the generators of `numpy.random` begin at the same numbers for every request."""
    make, shared, counts = random.default_rng, random.seed, itertools.count()

    def default_rng(seed: Any = None) -> Any:
        return make(next(counts) if seed is None else seed)

    def begin() -> None:
        nonlocal counts
        counts = itertools.count(1)
        shared(0)

    random.__dict__["default_rng"] = default_rng
    REPEATED.others.append(begin)
    begin()


def install(folder: str) -> None:
    """Import NumPy from this folder, before the wall stands and the learner's time begins."""
    PackageFinder.folder = folder
    sys.meta_path.insert(0, PackageFinder)
    importlib.import_module(PACKAGE)


def array_or_number(value: Any) -> Any:
    """Return an array as it travels, a plain number, or a description of what is neither."""
    numpy = sys.modules[PACKAGE]
    if type(value) is numpy.ndarray or isinstance(value, numpy.generic):
        return _sent(value)
    if isinstance(value, numpy.ndarray):
        return {"odd": f"a {type_name(value)}", "type": "subclass of ndarray"}
    return number_of(value)


def _sent(value: Any) -> Any:
    """Return shape, dtype and numbers of an array, or of a NumPy scalar."""
    kind, shape = text_of(value.dtype.name), [*map(int, value.shape)]
    if value.dtype.kind not in "biuf" or value.size > MOST_ENTRIES:
        what = "an array" if value.size <= MOST_ENTRIES else "a huge array"
        return {"odd": f"{what} of shape {tuple(shape)}", "type": kind}
    sizes = ",".join(map(str, shape))
    return f"{kind} {sizes} {value.astype('float64').tobytes().hex()}"
