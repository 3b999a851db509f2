"""Keep the kit's own byte code in the progress folder.

A clone stays as clean as it was checked out, and the kit starts fast even where Python is told
not to write byte code beside its sources. `sys.pycache_prefix` would be one line instead, but it
moves the byte code of all that is imported, Python's own library and PyTorch included: all of it
would be compiled once more (twice the time of a first verdict) and kept twice.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType
from typing import Any

from grader.core import workspace

OURS = ("grader", "reference")


class _Loader(SourceFileLoader):
    """Loads as Python does, with the cache elsewhere."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code, from the cache in the progress folder if it is there."""
        before = sys.pycache_prefix, sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = _Finder.folder, False
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before


class _Finder:
    """Finds the kit's own modules, and leaves every other to Python."""

    folder = ""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return where one of the kit's modules is, with the loader above."""
        if name.partition(".")[0] not in OURS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Use the cache for every module of the kit that is imported from now on."""
    home = workspace.find_home()
    if home is None or not workspace.from_clone():
        return
    _Finder.folder = os.path.join(home, "cache", "bytecode")
    sys.meta_path.insert(0, _Finder)
