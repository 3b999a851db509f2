"""The rules of the design that a reader can't see in one file."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Upper layers may import lower ones. Modules on one line may import each other's lower neighbours.
LAYERS = [
    ["__main__"],
    ["cli"],
    ["watch"],
    ["practice", "rehearsal", "stepper"],
    ["steps", "trainer"],
    ["plot"],
    ["training"],
    ["datasets"],
    ["quiz", "stage", "report_page", "journal"],
    ["conductor", "report"],
    ["prompting", "advice"],
    ["rubric"],
    ["tally"],
    ["interview"],
    ["stopwatch", "trials"],
    ["agenda"],
    ["cards"],
    ["asking"],
    ["derivation", "stepping"],
    ["author", "health", "render", "page", "graph", "completion"],
    ["standing"],
    ["schedule"],
    ["progress"],
    ["judge"],
    ["plugin", "diagnosis"],
    ["ordering", "drawing", "playing"],
    ["checking"],
    ["blame"],
    ["questions"],
    ["attempt", "catalog", "oracle", "suspects"],
    ["authorities"],
    ["twins", "script"],
    ["program", "wall", "candidate", "signature"],
    ["files"],
    ["model", "bytecode"],
    ["workspace", "__init__"],
]
RANK = {module: rank for rank, layer in enumerate(LAYERS) for module in layer}
MODULES = sorted((ROOT / "grader").glob("*.py"))
# The plugin belongs to the judge and shares its session; a lazy import joins the two.
# `checking` asks `drawing` for programs, which fail with `checking`'s own exception.
# The command `watch` starts the screen, which records as the other commands do.
PAIRS = {("plugin", "judge"), ("checking", "drawing"), ("practice", "watch"), ("steps", "stepper")}


def imports_of(path: Path) -> set[str]:
    """Return every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(path: Path) -> set[str]:
    """Return the grader's modules that a file imports."""
    parts = [name.split(".") for name in imports_of(path) if name.startswith("grader.")]
    return {part[1] for part in parts if part[1] in RANK}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_point_down(path: Path) -> None:
    """No module imports one of a layer above its own."""
    upwards = {
        name
        for name in ours(path)
        if RANK[name] < RANK[path.stem] and (path.stem, name) not in PAIRS
    }

    assert not upwards


@pytest.mark.parametrize("name", ["candidate", "wall"])
def test_what_runs_beside_the_learner_needs_the_standard_library_alone(name: str) -> None:
    """Nothing of the kit, and nothing that was installed, is loaded there."""
    tops = {module.partition(".")[0] for module in imports_of(ROOT / "grader" / f"{name}.py")}

    assert tops <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "reference").glob("*.py")), ids=lambda path: path.stem
)
def test_reference_needs_the_standard_library_alone(path: Path) -> None:
    """The reference is read and run without installing anything."""
    tops = {module.partition(".")[0] for module in imports_of(path)}

    assert tops <= {*sys.stdlib_module_names, "reference"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_functions_stay_short_and_documented(path: Path) -> None:
    """Modules say what they are; functions have about twenty lines at the most."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    public = [f for f in functions if not f.name.startswith(("_", "visit_", "pytest_"))]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno > 55]

    assert ast.get_docstring(tree)
    assert not long
    assert sum(ast.get_docstring(f) is None for f in public) <= len(public) / 2
