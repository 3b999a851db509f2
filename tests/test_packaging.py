"""What is built holds what it must and nothing else, runs when installed, and has its types."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from mypy import api

from grader import __version__
from tests.conftest import ROOT

SENT = ("grader", "reference", "katas", "hints", "tests")
RIGHT_USE = """\
from reference.engine import Value
from reference.nn import MLP
from reference.optim import SGD

model = MLP(2, [3, 1])
out = model([1.0, Value(2.0)])
loss: Value = (2 * Value(3.0) - 1) ** 2 / 4 + sum(model.parameters(), Value(0.0))
loss.backward()
SGD(model.parameters(), lr=0.1, momentum=0.9).step()
gradient: float = model.parameters()[0].grad
"""
WRONG_USES = {
    'Value("2")': "arg-type",
    'Value(2.0) + "2"': "operator",
    "Value(2.0) ** Value(2.0)": "operator",
    "MLP(2, 3)": "arg-type",
    "SGD([1.0], lr=0.1)": "list-item",
    "SGD([Value(1.0)])": "call-arg",
    "Value(2.0).gradient": "attr-defined",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


def files_of(*folders: str) -> set[str]:
    """Return the files of folders of the checkout that git would keep."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("needs a checkout")
    return {name for name in found.stdout.splitlines() if (ROOT / name).exists()}


def held_by_wheel(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def held_by_sdist(built: Path) -> set[str]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        return {member.name.partition("/")[2] for member in file if member.isfile()}


def test_wheel_holds_the_kit_and_nothing_else(built: Path) -> None:
    """Every room with the bank, the hints, the reference; no test, no progress, no stub."""
    held = held_by_wheel(built)
    hints = {f"grader/{name}" for name in files_of("hints")}

    assert {name for name in held if ".dist-info/" not in name} == (
        files_of("grader", "reference") | hints
    )
    assert {"grader/py.typed", "reference/py.typed"} <= held
    assert f"backprop_kata-{__version__}.dist-info/licenses/LICENSE" in held


def test_sdist_holds_what_the_suite_needs(built: Path) -> None:
    """The wheel's sources, stubs, tests and the papers; no progress, no cache."""
    papers = {"LICENSE", "README.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    papers.add(".github/CONTRIBUTING.md")

    assert held_by_sdist(built) == files_of(*SENT) | papers


@pytest.mark.parametrize("kind", ["kata.toml", "checks.py", "solution.py", "mutants.toml"])
def test_every_kata_is_whole(built: Path, kind: str) -> None:
    """A folder of the bank has all its files in both, whatever a pattern leaves out."""
    katas = {path.stem for path in (ROOT / "katas").glob("kata*.py")}
    wanted = {f"grader/bank/{kata}/{kind}" for kata in katas}

    assert wanted
    assert wanted <= held_by_wheel(built)
    assert wanted <= held_by_sdist(built)


def test_installed_wheel_runs(built: Path, tmp_path: Path) -> None:
    """The script `kata` finds its bank and its hints where pip has put them."""
    (wheel,) = built.glob("*.whl")
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--target", target, wheel], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target), "GRADER_HOME": str(tmp_path / "home")}

    def kata(*arguments: str) -> str:
        return subprocess.run(
            [target / "bin" / "kata", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout

    assert kata("--version") == f"kata {__version__}\n"
    assert kata("init", ".").startswith("17 katas written to katas")
    assert kata("hint", "kata03").startswith("kata03 · hint 1 of 4 · Nudge\n")
    assert str(target) in kata("doctor")


def test_constraints_bound_every_dependency() -> None:
    """What CI installs is no newer than what was tested; PyTorch's range stands in pyproject."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()
    bounds = [line for line in lines if line and not line.startswith("#")]
    named = project["dependencies"] + project["optional-dependencies"]["test"]

    assert all(re.fullmatch(r"[\w.-]+<=[\w.]+", line) for line in bounds)
    assert {name_of(line) for line in named} - {name_of(line) for line in bounds} == {"torch"}


def name_of(requirement: str) -> str:
    """Return the project of a requirement, in the one spelling that pip compares."""
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name).lower()


def checked(folder: Path, text: str) -> tuple[str, int]:
    """Type-check a text that imports the reference, as a user's mypy does."""
    path = folder / "use.py"
    path.write_text(text, "utf-8")
    alone = ["--cache-dir", os.devnull, "--config-file", os.devnull]
    told, _, code = api.run(["--strict", *alone, str(path)])
    return told, code


def test_right_use_of_the_reference_passes_strict_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arithmetic with numbers on either side, a network, an optimiser."""
    monkeypatch.setenv("MYPYPATH", str(ROOT))

    assert checked(tmp_path, RIGHT_USE) == ("Success: no issues found in 1 source file\n", 0)


def test_wrong_uses_of_the_reference_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told by its code, on its line."""
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    imports = [line for line in RIGHT_USE.splitlines() if line.startswith("from")]
    told, code = checked(tmp_path, "\n".join([*imports, *WRONG_USES]) + "\n")
    lines = [line for line in told.splitlines() if ": error:" in line]

    assert code == 1
    assert [(int(line.split(":")[-3]), line.rpartition("[")[2][:-1]) for line in lines] == [
        (len(imports) + number, kind) for number, kind in enumerate(WRONG_USES.values(), 1)
    ]
