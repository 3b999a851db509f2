"""The rules of the house that a reader can't see in one file: rooms, their order, no circle."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

# From the front door down. A room imports rooms of later lines only, never its neighbours'.
ORDER = [
    ["__main__"],
    ["cli"],
    ["home"],
    ["practice"],
    ["interview"],
    ["quiz"],
    ["tour"],
    ["author", "doctor", "completion"],
    ["grading", "ui"],
    ["checks", "content"],
    ["truth", "sandbox"],
    ["core"],
    ["reference"],
]
FLOOR = {room: floor for floor, rooms in enumerate(ORDER) for room in rooms}
SOURCES = sorted(
    path
    for path in (ROOT / "grader").rglob("*.py")
    if "bank" not in path.relative_to(ROOT / "grader").parts
)
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in SOURCES
}
NAMES = sorted(MODULES)
# What the supervisor runs in the learner's process, and what that imports.
BESIDE_THE_LEARNER = [
    *(
        f"grader.sandbox.{name}"
        for name in (
            *("supervisor", "nursery", "candidate", "describe", "overtime"),
            *("nodes", "repeated", "sweep", "system", "wall", "seccomp", "arrays"),
        )
    ),
    *(f"grader.grading.{name}" for name in ("suspects", "signature")),
    *("grader.truth.tolerances", "grader.truth.arrays"),
]
ROOMS = sorted({path.parent for path in SOURCES if path.parent != ROOT / "grader"})
LONGEST = 450  # lines of a module


def imports_of(path: Path) -> set[str]:
    """Return every module, and every name of a module, that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(name: str) -> str:
    """Return the room of a module: the folder of `grader/` it stands in, or its own name."""
    parts = name.split(".")
    if parts[0] != "grader":
        return parts[0]
    return parts[1] if len(parts) > 1 else "core"  # the package itself has the version alone


def ours(name: str) -> set[str]:
    """Return the modules of the kit that a module imports."""
    found = set()
    for imported in imports_of(MODULES[name]):
        whole = imported if imported in MODULES else imported.rpartition(".")[0]
        if whole in MODULES or whole.partition(".")[0] == "reference":
            found.add(whole)
    return found - {name}


@pytest.mark.parametrize("name", NAMES)
def test_rooms_import_downwards(name: str) -> None:
    """A module imports from its own room and from those below it."""
    room = room_of(name)
    assert room in FLOOR, f"{name} stands in no room of the house"
    strays = [
        f"{name} is of the room {room!r}, above which {other!r} stands (room {room_of(other)!r})"
        for other in sorted(ours(name))
        if room_of(other) != room and FLOOR[room_of(other)] <= FLOOR[room]
    ]

    assert not strays


def test_imports_run_in_no_circle() -> None:
    """Imports inside a function count as well: a circle that is put off is a circle."""
    graph = {name: ours(name) for name in NAMES}
    try:
        tuple(TopologicalSorter(graph).static_order())
        circle = []
    except CycleError as error:
        circle = error.args[1]

    assert not circle, " -> ".join(circle)


@pytest.mark.parametrize("name", BESIDE_THE_LEARNER)
def test_what_runs_beside_the_learner_needs_the_standard_library_alone(name: str) -> None:
    """Nothing else of the kit, and nothing that was installed, is loaded there."""
    foreign = imports_of(MODULES[name])
    tops = {
        module.partition(".")[0]
        for module in foreign
        if not module.startswith(tuple(BESIDE_THE_LEARNER))
    }

    assert tops <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "reference").glob("*.py")), ids=lambda path: path.stem
)
def test_reference_needs_the_standard_library_alone(path: Path) -> None:
    """The scalar reference is read and run without installing anything; that of arrays has NumPy."""
    given = {"numpy"} if path.stem in ("arrays", "tensor") else set()
    tops = {module.partition(".")[0] for module in imports_of(path)}

    assert tops <= {*sys.stdlib_module_names, "reference", *given}


@pytest.mark.parametrize("name", NAMES)
def test_functions_stay_short_and_documented(name: str) -> None:
    """Modules say what they are; functions have about twenty lines at the most."""
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    public = [f for f in functions if not f.name.startswith(("_", "visit_", "pytest_"))]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno > 55]

    assert ast.get_docstring(tree)
    assert not long
    assert sum(ast.get_docstring(f) is None for f in public) <= len(public) / 2


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_what_lives_there(room: Path) -> None:
    """Its `__init__` has a docstring and no code: an import of one module loads no other."""
    (docstring,) = ast.parse((room / "__init__.py").read_text("utf-8")).body

    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
    assert isinstance(docstring.value.value, str)


@pytest.mark.parametrize("name", NAMES)
def test_modules_stay_readable_in_one_sitting(name: str) -> None:
    """What grows longer than this is about two things."""
    lines = len(MODULES[name].read_text("utf-8").splitlines())

    assert lines <= LONGEST, f"{name} has {lines} lines"
