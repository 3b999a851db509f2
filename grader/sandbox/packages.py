"""Installed packages that a kata may import: where they are, and what of them is readable."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

from grader.core.model import Kata, KitError

# A product of small matrices needs no second thread, and each takes memory that counts.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


def numpy_for(kata: Kata) -> dict[str, Any]:
    """Return where a kata's file finds NumPy and what it may read of it; nothing for most katas."""
    folder = find_numpy() if kata.uses_numpy else ""
    return {"numpy": folder, "packages": parts_of_numpy(folder) if folder else []}


def find_numpy() -> str:
    """Return the folder that NumPy is installed in, without importing it.

    Raises KitError where there is none.
    """
    found = importlib.util.find_spec("numpy")
    if found is None or not found.origin:
        raise KitError(
            f"NumPy is not installed for {sys.executable}, and the katas of arrays need it.",
            "Install the kit as its README says, or run 'python -m pip install numpy'.",
        )
    return os.path.dirname(os.path.dirname(found.origin))


def parts_of_numpy(folder: str) -> list[str]:
    """Return the folders that NumPy reads: its own, and that of libraries which came with it."""
    places = [os.path.join(folder, name) for name in ("numpy", "numpy.libs")]
    return [os.path.realpath(place) for place in places if os.path.isdir(place)]
