"""The katas: what the folders of the bank say. A folder is the registry; no list is kept."""

from __future__ import annotations

import ast
import difflib
import re
from functools import cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, structs

from grader.content import toml
from grader.core import workspace
from grader.core.files import text_of
from grader.core.model import CheckSource, Kata, KitError, Mutant

BANK = Path(workspace.PACKAGE, "bank")
GAP = re.compile(r"^(?P<indent> *)# >>>(?: (?P<task>.+))?$")
GAP_END = re.compile(r"^ *# <<<$")
TIERS = ("Nudge", "Idea", "Plan", "Line")
Name = Annotated[
    str,
    Meta(
        pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*\Z",
        description='a name in quotes, such as "Value" or "Value.__mul__"',
    ),
]
Names = Annotated[
    tuple[Name, ...], Meta(description='a list of names, such as ["kata01_value"], or []')
]


class KataFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A `kata.toml`."""

    title: toml.Line
    track: toml.Line
    level: Annotated[int, Meta(ge=1, le=5, description="a whole number from 1 to 5")]
    minutes: Annotated[int, Meta(ge=1, le=999, description="a whole number from 1 to 999")]
    entry: Annotated[
        tuple[Name, ...],
        Meta(min_length=1, description='a list of the names to define, such as ["Value"]'),
    ]
    allow: Names
    needs: Names
    asked: Annotated[int, Meta(ge=1, le=3, description="a whole number from 1 to 3")]


class MutantTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A `[[mutant]]` of a `mutants.toml`."""

    name: toml.Line
    title: toml.Line
    explanation: toml.Text
    find: toml.Text
    replace: toml.Text
    caught_by: Name


class MutantsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A `mutants.toml`."""

    mutant: tuple[MutantTable, ...] = ()


def all_katas(bank: Path = BANK) -> list[Kata]:
    """Return every kata, in the order of its number."""
    return [read_kata(folder) for folder in kata_folders(bank)]


def kata_folders(bank: Path = BANK) -> list[Path]:
    """Return the folders of the bank that hold a kata."""
    return sorted(path for path in bank.glob("kata[0-9][0-9]_*") if path.is_dir())


@cache
def read_kata(folder: Path) -> Kata:
    """Return what `kata.toml` says, or raise KitError naming the file and the fault."""
    said = toml.read(folder / "kata.toml", KataFile)
    return Kata(folder.name, folder, **structs.asdict(said))


def find_kata(query: str) -> Kata:
    """Return the kata meant by `kata03`, `03`, `3`, `topo_sort` or `kata03_topo_sort`."""
    folders = {folder.name: folder for folder in kata_folders()}
    for name, folder in folders.items():
        if _means(query.strip().lower(), name):
            return read_kata(folder)
    raise _unknown(query, list(folders))


def following_kata(kata: Kata) -> Kata | None:
    """Return the kata after this one, if there is one."""
    later = [folder for folder in kata_folders() if folder.name > kata.name]
    return read_kata(later[0]) if later else None


def _means(query: str, name: str) -> bool:
    short, _, slug = name.partition("_")
    if query.isascii() and query.isdigit():
        return int(query) == int(short[4:])
    return query in (name, short, slug, f"{name}.py")


def _unknown(query: str, names: list[str]) -> KitError:
    spellings = {spelling: name for name in names for spelling in (name, *name.split("_", 1))}
    wanted = query.strip().lower()
    mistyped = not re.fullmatch(r"(kata)?\d+", wanted)  # a number out of range is no slip
    near = difflib.get_close_matches(wanted, spellings, n=1) if mistyped else []
    hint = f" Did you mean {spellings[near[0]]!r}?" if near else ""
    last = names[-1].split("_", 1)[0] if names else "none"
    return KitError(
        f"There is no kata called {query!r}.{hint}",
        f"The last one is {last}; 'python -m grader list' shows all.",
    )


@cache
def read_checks(kata: Kata) -> tuple[CheckSource, ...]:
    """Return the checks that `checks.py` declares, core before stretch.

    The list comes from the source: a check that did not report has failed.
    """
    tree = ast.parse((kata.folder / "checks.py").read_text("utf-8"))
    found = [
        CheckSource(node.name, _title(node), "stretch" if _is_stretch(node) else "core")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return tuple(sorted(found, key=lambda check: check.level))


def _title(node: ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or node.name).splitlines()[0].rstrip(".")


def _is_stretch(node: ast.FunctionDef) -> bool:
    return any(
        ast.unparse(decorator).startswith("pytest.mark.stretch")
        for decorator in node.decorator_list
    )


@cache
def read_mutants(kata: Kata) -> tuple[Mutant, ...]:
    """Return the kata's bank of wrong solutions; no two have one name."""
    path = kata.folder / "mutants.toml"
    mutants = tuple(Mutant(**structs.asdict(said)) for said in toml.read(path, MutantsFile).mutant)
    names = [mutant.name for mutant in mutants]
    if twice := {name for name in names if names.count(name) > 1}:
        raise KitError(f"{path}: two mutants are called {min(twice)!r}.", "Rename one.")
    return mutants


def solution_of(kata: Kata) -> str:
    """Return the text of the solution."""
    return (kata.folder / "solution.py").read_text("utf-8")


def mutate(kata: Kata, mutant: Mutant) -> str:
    """Return the solution with the mutant's edit; its `find` stands there exactly once."""
    text = solution_of(kata)
    if text.count(mutant.find) != 1:
        raise KitError(
            f"{kata.name}: {mutant.name!r} finds its text {text.count(mutant.find)} times.",
            "Make `find` match exactly once in solution.py.",
        )
    return text.replace(mutant.find, mutant.replace)


def stub_of(kata: Kata) -> str:
    """Return what the learner starts from: the solution minus the learner's part."""
    return derive_stub(solution_of(kata), kata.short)


def derive_stub(solution: str, short: str) -> str:
    """Replace each part between `# >>> task` and `# <<<` by `raise NotImplementedError`.

    A part without a task is left out: nothing in the stub asks for it.
    """
    lines: list[str] = []
    inside = False
    for line in solution.splitlines():
        if begins := GAP.match(line):
            indent, task = begins["indent"], begins["task"]
            if task:
                lines.append(f'{indent}raise NotImplementedError("{short}: {task}")')
            inside = True
        elif GAP_END.match(line):
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


def is_stub(kata: Kata, source: bytes) -> bool:
    """Whether the file is the untouched stub, but for blank lines and comments."""
    text = source.decode("utf-8-sig", "replace")
    return _essence(text) == _essence(stub_of(kata))


def _essence(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def hints_folder() -> Path:
    """Return where the hints are: beside the package in a checkout, inside it in a wheel."""
    inside = Path(workspace.PACKAGE, "hints")
    return inside if inside.is_dir() else Path(workspace.ROOT, "hints")


def read_hints(kata: Kata) -> dict[str, str]:
    """Return the four tiers of a kata's hints, mildest first."""
    path = hints_folder() / f"{kata.name}.md"
    try:
        text = path.read_text("utf-8")
    except OSError:
        raise KitError(f"There are no hints at {path}.", "Write the four tiers.") from None
    parts = re.split(r"^## (\w+)\s*$", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def allowed_sources(kata: Kata) -> dict[str, str]:
    """Return the source of each module of the kit that the kata's file may import."""
    sources = {}
    for module in kata.allow:
        if module == "numpy":  # it is installed, and no text of the kit
            continue
        path = Path(workspace.ROOT, *module.split(".")).with_suffix(".py")
        sources[module] = path.read_text("utf-8")
    return sources


def task_of(kata: Kata) -> str:
    """Return the statement: the docstring that the stub begins with."""
    return ast.get_docstring(ast.parse(solution_of(kata))) or ""


def katas_folder() -> Path:
    """Return the folder of the learner's files, or raise KitError when there is none."""
    practice = workspace.find_practice_folder()
    if practice is None:
        raise KitError(
            "There is no katas/ folder here or above.",
            "'python -m grader init DIR' makes a practice folder.",
        )
    return Path(practice, "katas")


def file_of(kata: Kata) -> Path:
    """Return where the learner's file of a kata is, or is to be."""
    return katas_folder() / f"{kata.name}.py"


def text_of_file(path: Path) -> str:
    """Return what a learner wrote, or nothing where there is no file."""
    return text_of(path.read_bytes()) if path.is_file() else ""
