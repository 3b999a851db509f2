"""The tour: it runs, its text says what its cells compute, and its stored outputs are those."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

TOUR = ROOT / "reference" / "demo.ipynb"
Notebook = dict[str, Any]

# What the text says, and the same with the numbers that the cells computed.
CLAIMS = {
    "`c` is 15: the product gives 6 and the square 9": "`c` is {c.data:g}: the product gives "
    "{c._prev[0].data:g} and the square {c._prev[1].data:g}",
    "c/\\partial a = b = 3$": "c/\\partial a = b = {slopes[0]:g}$",
    "c/\\partial b = a + 2b = 8$": "c/\\partial b = a + 2b = {slopes[1]:g}$",
    "c/\\partial c = 1$": "c/\\partial c = {steps[0].upstream:g}$",
    "The product hands it 2, which is `a`; the square hands it 6, which is `2 * b`, on top of that: "
    "together 8": "The product hands it {steps[1].shares[1].product:g}, which is `a`; the square "
    "hands it {steps[2].shares[0].product:g}, which is `2 * b`, on top of that: "
    "together {steps[2].shares[0].after:g}",
    "assigns where it should add would leave 6": "assigns where it should add would leave "
    "{steps[2].shares[0].product:g}",
    "every upstream gradient is 1.": "every upstream gradient is "
    "{max(step.upstream for step in steps):g}.",
    "at 15 is 1/15, so 0.066667 arrives at `c`": "at {c.data:g} is "
    "1/{1 / deeper[0].shares[0].local:g}, so {deeper[1].upstream:.5g} arrives at `c`",
    "`a` ends with 0.2 and `b` with 0.53333, which is 8/15": "`a` ends with {a.grad:.5g} and `b` "
    "with {b.grad:.5g}, which is {b.grad * 15:g}/15",
    "hidden layers of 16 neurons": "hidden layers of {len(model.layers[1].neurons)} neurons",
    "label times score be 1 or more": "label times score be "
    "{min(s for s in range(5) if hinge([Value(s)], [1]).data == 0)} or more",
    "from 1.773 in the first epoch to 0.004 in the last": "from {losses[0]:.3f} in the first epoch "
    "to {losses[-1]:.3f} in the last",
    "all 100 points are on the right side": "all {count_right(model, points, labels)} points are "
    "on the right side",
    "of the 100 fresh points, 99 are": "of the {len(fresh_points)} fresh points, {fresh_right} are",
    "337 parameters": "{len(model.parameters())} parameters",
    "the loss of 25 points is a graph of 16,540 nodes": "the loss of {len(order[start:])} points is "
    "a graph of {graph_size:,} nodes",
    "each of the 160 steps": "each of the {len(losses) * len(range(0, len(order), 25))} steps",
    "the same 25 points": "the same {len(inputs)} points",
    "no difference is above 1e-12": "{'no' if max(gaps.values()) <= 1e-12 else 'some'} difference "
    "is above 1e-12",
}


def read(path: Path = TOUR) -> Notebook:
    """Return a notebook; where a text is stored as a list of lines, they stay one."""
    notebook: Notebook = json.loads(path.read_text("utf-8"))
    return notebook


def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the cells of a notebook and store their outputs in it."""
    return subprocess.run(
        [sys.executable, "-m", "tests.notebook", str(path), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def code_cells(notebook: Notebook) -> list[Notebook]:
    """Return the cells that can be run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def code_cell(name: str, source: str) -> Notebook:
    """Return a cell that has not been run."""
    empty: Notebook = {"metadata": {}, "execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "source": source, **empty}


def prose(notebook: Notebook) -> str:
    """Return the text between the cells, in one line and without fenced code."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    return " ".join(re.sub(r"(?s)```.*?```", "", text).split())


def printed(notebook: Notebook) -> dict[str, str]:
    """Return what each cell printed or showed as text; rounding below 1e-12 is one number."""
    texts = {
        cell["id"]: "".join(
            "".join(output["data"]["text/plain"] if "data" in output else output["text"])
            for output in cell["outputs"]
            if output.get("name") != "stderr"
        )
        for cell in code_cells(notebook)
    }
    return {name: re.sub(r"\d\.\de[-+]\d\d", _rounding, text) for name, text in texts.items()}


def _rounding(found: re.Match[str]) -> str:
    return "rounding" if float(found[0]) < 1e-12 else found[0]


def test_text_claims_no_number_that_is_not_checked() -> None:
    """Without the claims above and code, no number is left in the text."""
    text = prose(read())
    missing = [claim for claim in CLAIMS if claim not in text]
    for claim in CLAIMS:
        text = text.replace(claim, "")
    left = re.findall(r"(?<![A-Za-z\d])\d.{0,20}", re.sub(r"`[^`]*`", "", text))

    assert not missing
    assert not left


@pytest.mark.slow
def test_cells_compute_what_is_stored_and_what_the_text_says(tmp_path: Path) -> None:
    """From top to bottom in less than 60 seconds: the same text, and each claimed number."""
    notebook = read()
    templates = ", ".join(f"f{template!r}" for template in CLAIMS.values())
    claims = code_cell("claims", f"import json; print(json.dumps([{templates}]))")
    path = tmp_path / "tour.ipynb"
    path.write_text(json.dumps({**notebook, "cells": [*notebook["cells"], claims]}), "utf-8")
    finished = run(path, "--seconds", "60")
    fresh = printed(read(path)) if finished.returncode == 0 else {}

    assert finished.returncode == 0, finished.stderr
    assert json.loads(fresh.pop("claims")) == list(CLAIMS)
    assert fresh == printed(notebook)


def test_stored_outputs_are_there_and_small() -> None:
    """Cells were run in order, without warnings; drawings are SVG; the file suits a code host."""
    cells = code_cells(read())
    outputs = [output for cell in cells for output in cell["outputs"]]
    pictures = [output["data"] for output in outputs if "data" in output]
    drawings = ["".join(data["image/svg+xml"]) for data in pictures if "image/svg+xml" in data]

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert {output.get("name") for output in outputs} == {None, "stdout"}
    assert len(drawings) == 4
    assert all(ElementTree.fromstring(drawing).tag.endswith("}svg") for drawing in drawings)
    assert sum("image/png" in data for data in pictures) == 1
    assert TOUR.stat().st_size < 400_000


def test_stored_notebook_does_not_tell_where_it_was_run() -> None:
    """No version, no name of an environment, no times: a second run changes nothing."""
    stored = read()

    assert stored["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not any(cell["metadata"] for cell in stored["cells"])


@pytest.mark.parametrize(
    ("source", "seconds", "error"),
    [("while True: pass", "1", "CellTimeoutError"), ("1 / 0", "60", "CellExecutionError")],
)
def test_notebook_that_hangs_or_raises_is_not_stored(
    tmp_path: Path, source: str, seconds: str, error: str
) -> None:
    """The error names the cell, and the file stays as it was."""
    path = tmp_path / "broken.ipynb"
    text = json.dumps({**read(), "cells": [code_cell("broken", source)]})
    path.write_text(text, "utf-8")
    finished = run(path, "--seconds", seconds)

    assert finished.returncode == 1
    assert error in finished.stderr
    assert source in finished.stderr
    assert path.read_text("utf-8") == text
