"""The page that leads to a kata of one's own, followed word by word in a copy of the kit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.content import catalog
from tests.conftest import ROOT

LAST = catalog.all_katas()[-1].short
OWN = f"kata{int(LAST[4:]) + 1:02}"  # what `dev new` prints; the page has kata41 for it
NEXT = f"kata{int(LAST[4:]) + 2:02}"
PAGE = (ROOT / "hints" / "your_own_operation.md").read_text("utf-8").replace("kata41", OWN)
BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit, as a clone would be."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("grader", "reference", "hints", "katas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(folder: Path, command: str) -> str:
    """Run a command of the page; return all that it prints, in one line."""
    assert command.startswith("python -m grader ")
    done = subprocess.run(
        [sys.executable, *command.split()[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "GRADER_HOME": str(folder / ".grader")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.slow
def test_the_page_leads_to_a_proven_kata(copy: Path) -> None:
    """Every file is written and every command run as the page says; what it shows is printed."""
    files = commands = 0
    for block in BLOCK.finditer(PAGE):
        if block["file"]:
            (copy / block["file"]).write_text(block["text"], "utf-8")
            files += 1
        elif block["kind"] == "console":
            out = ""
            for line in block["text"].splitlines():
                if line.startswith("$ "):
                    out = run(copy, line[2:])
                    commands += 1
                else:
                    assert " ".join(line.split()) in out

    assert (files, commands) == (6, 4)


def test_a_mistake_in_it_is_named(copy: Path) -> None:
    """A learner whose derivative is one step too far is told in the page's words."""
    if not (copy / f"grader/bank/{OWN}_softplus/mutants.toml").exists():
        test_the_page_leads_to_a_proven_kata(copy)
    text = (copy / f"grader/bank/{OWN}_softplus/solution.py").read_text("utf-8")
    wrong = text.replace("1.0 / (1.0 + e) if x >= 0 else e / (1.0 + e)", "e / (1 + e) / (1 + e)")
    (copy / f"katas/{OWN}_softplus.py").write_text(wrong, "utf-8")

    out = run(copy, f"python -m grader {OWN}")

    assert "has the sigmoid's derivative, s * (1 - s)" in out


@pytest.mark.slow
def test_an_operation_that_the_reference_lacks(copy: Path) -> None:
    """Its solution stands in for the reference, and PyTorch's function of that name is asked."""
    if not (copy / f"grader/bank/{OWN}_softplus/mutants.toml").exists():
        test_the_page_leads_to_a_proven_kata(copy)
    folder = copy / f"grader/bank/{OWN}_softplus"
    other = copy / f"grader/bank/{NEXT}_softsign"
    shutil.copytree(folder, other)
    source = (
        f'"""{NEXT} · Softsign · 10 minutes"""\n\nfrom reference.engine import Value\n\n\n'
        "def softsign(z: Value) -> Value:\n    # >>> write softsign here\n"
        "    scale = 1.0 + abs(z.data)\n"
        '    return Value(z.data / scale, (z,), "softsign", (scale**-2,))\n    # <<<\n'
    )
    (other / "solution.py").write_text(source, "utf-8")
    toml = (other / "kata.toml").read_text("utf-8").replace("softplus", "softsign")
    (other / "kata.toml").write_text(toml, "utf-8")
    (other / "checks.py").write_text(
        "from grader.checks.scripts import expect_same, play\n\n\ndef test_gradient(attempt):\n"
        '    """As PyTorch\'s."""\n'
        '    code = "y = softsign(z) * 5.0\\ny.backward()"\n'
        '    expect_same(play(attempt, code, "y.data; z.grad", z=-2))\n',
        "utf-8",
    )
    (copy / f"katas/{NEXT}_softsign.py").write_text(source, "utf-8")
    wrong = copy / "wrong.py"
    wrong.write_text(source.replace("scale**-2", "scale**-1"), "utf-8")

    assert f"{NEXT} passed: 1 of 1 core checks." in run(copy, f"python -m grader {NEXT}")
    assert "z.grad should be" in run(copy, f"python -m grader {NEXT} --solution {wrong}")
    (other / "checks.py").write_text(
        (other / "checks.py").read_text("utf-8").replace("softsign(z) *", "unheard_of(z) *"),
        "utf-8",
    )
    (other / "solution.py").write_text(source.replace("softsign", "unheard_of"), "utf-8")
    toml = toml.replace("softsign", "unheard_of")
    (other / "kata.toml").write_text(toml, "utf-8")
    wrong.write_text(source.replace("softsign", "unheard_of"), "utf-8")
    assert "PyTorch has no function 'unheard_of' to compare with." in run(
        copy, f"python -m grader {NEXT} --solution {wrong}"
    )
