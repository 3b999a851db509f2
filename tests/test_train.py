"""The command `train`: sets, trainings on both engines, and how they are drawn."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.cli import main
from grader.content import catalog
from grader.core.model import KitError, Solution
from grader.tour import plot, train
from grader.tour.datasets import MAKERS, Dataset, make_dataset
from grader.tour.train import EPOCHS, choose_engine
from grader.tour.training import (
    HIGH,
    WIDE,
    Engine,
    History,
    Settings,
    are_numbers,
    initial_weights,
    own_engine,
    reference_engine,
    training,
)
from grader.ui.screen import Screen
from reference.nn import MLP
from tests.conftest import ROOT

KATA = catalog.find_kata("kata14")
SOLUTION = catalog.solution_of(KATA)
RIGHT = sorted((ROOT / "tests" / "right").glob("kata14_micrograd/*.py"))
Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def mine(text: str) -> Engine:
    return own_engine(KATA, Solution("katas/kata14_micrograd.py", text.encode()))


def trained(engine: Engine, epochs: int, name: str = "moons", lr: float = 0.05) -> History:
    """Train on twenty points and return what came of it."""
    with training(engine, Settings(make_dataset(name, 20, 0), 0, epochs, lr)) as trainer:
        trainer.train(epochs)
        return trainer.history


# The sets.


@pytest.mark.parametrize("name", MAKERS)
def test_sets_are_balanced_small_and_repeat(name: str) -> None:
    """Half of each label, all within the plane from -2 to 2; the seed decides."""
    one = make_dataset(name, 100, 3)

    assert one == make_dataset(name, 100, 3)
    assert one != make_dataset(name, 100, 4)
    assert sorted(one.labels) == [-1] * 50 + [1] * 50
    assert all(abs(x) < 2 and abs(y) < 2 for x, y in one.points)


@pytest.mark.parametrize("name", MAKERS)
def test_no_straight_line_separates_a_set(name: str) -> None:
    """On none of 180 directions do all points of one label lie beyond all of the other."""
    import math

    data = make_dataset(name, 200, 0)
    for degree in range(180):
        a, b = math.cos(math.radians(degree)), math.sin(math.radians(degree))
        ups = [a * x + b * y for (x, y), t in zip(data.points, data.labels, strict=True) if t > 0]
        downs = [a * x + b * y for (x, y), t in zip(data.points, data.labels, strict=True) if t < 0]
        assert min(ups) < max(downs)
        assert min(downs) < max(ups)


# Training.


def test_weights_fit_the_network() -> None:
    """As many as MLP(2, [16, 16, 1]) has, each bias 0."""
    assert len(initial_weights(0)) == len(MLP(2, [16, 16, 1]).parameters())
    assert initial_weights(0) != initial_weights(1)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_engines_give_the_references_losses(path: Path) -> None:
    """Whatever their style: the same weights and points, the same numbers."""
    own = trained(mine(path.read_text("utf-8")), 3)
    reference = trained(reference_engine(KATA), 3)

    assert own.losses == pytest.approx(reference.losses, rel=1e-9)
    assert own.accuracy == reference.accuracy
    assert own.losses[2] < own.losses[0]


def test_losses_are_those_of_pytorch() -> None:
    """The same weights, points and steps with torch.optim.SGD: the same loss in each epoch."""
    torch = pytest.importorskip("torch")
    data, drawn = make_dataset("moons", 20, 0), iter(initial_weights(0))
    points, labels = (torch.tensor(x, dtype=torch.float64) for x in (data.points, data.labels))
    weights, inputs = [], 2
    for size in (16, 16, 1):
        rows = [[next(drawn) for _ in range(inputs + 1)] for _ in range(size)]
        weights.append(torch.tensor(rows, dtype=torch.float64, requires_grad=True))
        inputs = size
    optimizer = torch.optim.SGD(weights, lr=0.05, momentum=0.9)
    losses = []
    for _ in range(4):
        x = points
        for layer, w in enumerate(weights):
            x = x @ w[:, :-1].T + w[:, -1]
            x = x if layer == 2 else torch.relu(x)
        loss = torch.relu(1 - labels * x.squeeze(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    assert trained(reference_engine(KATA), 4).losses == pytest.approx(losses, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_set_is_learned(name: str, seed: int) -> None:
    """With the default settings at least 95 of 100 points are right at the end."""
    settings = Settings(make_dataset(name, 100, seed), seed, EPOCHS[name], 0.05)
    with training(reference_engine(KATA), settings) as trainer:
        trainer.train(settings.epochs)

    assert trainer.history.accuracy[-1] >= 0.95


def test_a_picture_has_a_score_for_each_cell() -> None:
    """Row by row from the top, and the points lie inside."""
    data = make_dataset("xor", 8, 0)
    with training(reference_engine(KATA), Settings(data, 0, 1, 0.05)) as trainer:
        trainer.draw()
    history = trainer.history
    left, right, bottom, top = history.box

    assert [len(row) for row in history.scores] == [WIDE] * HIGH
    assert all(left < x < right and bottom < y < top for x, y in data.points)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("class MLP:", "class Mlp:", "Training raised NameError: name 'MLP' is not defined"),
        (
            "return [p for layer in self.layers",
            "return [p for layer in self.layers[1:]",
            "289 parameters, where 337",
        ),
        (
            "    def relu(self):",
            "    def relu(self):\n        raise ValueError('no')",
            "Training raised ValueError: no",
        ),
        (
            "    def backward(self):",
            "    def backward(self):\n        import os; os._exit(3)",
            "Training stopped:",
        ),
        ("class Value:", "class Value(:", "invalid syntax"),
    ],
)
def test_faults_of_a_file_are_sentences(old: str, new: str, fault: str) -> None:
    """Nothing of the learner's reaches the kit but a KitError."""
    assert SOLUTION.count(old) == 1

    with pytest.raises(KitError, match=re.escape(fault)):
        trained(mine(SOLUTION.replace(old, new)), 1)


@pytest.mark.parametrize(
    ("found", "count", "answer"),
    [
        ([1.0, 2], 2, True),
        ([1.0], 2, False),
        ([float("nan")], 1, False),
        ([{"odd": "x", "type": "y"}], 1, False),
        (1.0, 1, False),
    ],
)
def test_replies_are_looked_at(found: object, count: int, answer: bool) -> None:
    """What a file sends is a list of so many finite numbers, or refused."""
    assert are_numbers(found, count) == answer


def test_a_step_that_is_too_large_is_told() -> None:
    """The loss overflows, and the sentence says what to try."""
    with pytest.raises(KitError, match=r"no number any more after epoch 0\. Try a smaller step"):
        trained(reference_engine(KATA), 3, lr=1e300)


# Which engine.


def practice(tmp_path: Path, text: str | None) -> Path:
    folder = tmp_path / "katas"
    folder.mkdir(exist_ok=True)
    if text is not None:
        (folder / "kata14_micrograd.py").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no file kata14_micrograd.py"),
        (catalog.stub_of(KATA), "kata14 does not pass yet (stub)"),
        (
            SOLUTION.replace("self.data + other.data", "self.data - other.data"),
            "kata14 does not pass yet (failed)",
        ),
    ],
)
def test_the_reference_stands_in_for_an_engine_that_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, reason: str
) -> None:
    """It says so, why, and what to do; asked for by name, it is refused."""
    monkeypatch.chdir(practice(tmp_path, text))

    engine, why = choose_engine(KATA, None)

    assert engine.name == "reference"
    assert why == (
        f"This is the reference's engine: {reason}. 'python -m grader kata14' grades it."
    )
    with pytest.raises(KitError, match=re.escape(f"Your engine can't be trained: {reason}.")):
        choose_engine(KATA, "mine")


def test_an_engine_that_passes_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the reference is asked for."""
    monkeypatch.chdir(practice(tmp_path, SOLUTION))

    engine, why = choose_engine(KATA, None)

    assert (engine.name, why) == ("mine", "")
    assert engine.submission.solution.source.decode() == SOLUTION
    assert choose_engine(KATA, "reference")[0].name == "reference"
    with pytest.raises(KitError, match="There is no engine 'yours'"):
        choose_engine(KATA, "yours")


# How it is drawn.

PLANE = History(
    losses=[1.0, 0.5, 0.25, 0.0],
    accuracy=[0.5, 0.5, 1.0, 1.0],
    scores=[[(column - WIDE / 2) / 8 for column in range(WIDE)] for _ in range(HIGH)],
    box=(-1.0, 1.0, -1.0, 1.0),
)
TWO = Dataset("two", ((-0.5, 0.5), (0.5, -0.5)), (-1, 1))


def plain(lines: list[list[tuple[str, str]]]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_the_curve_on_the_terminal() -> None:
    """The whole of it."""
    assert plain(plot.curve(Screen(True), PLANE.losses)) == (
        "  Loss\n\n"
        "      1.0 |*\n"
        "          |\n"
        "          |\n"
        "          | *\n"
        "          |\n"
        "          |  *\n"
        "          |\n"
        "        0 |   *\n"
        "          +----\n"
        "           epoch 1 to 4"
    )


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    """Never wider than the screen."""
    numbers = [float(k) for k in range(1000)]

    found = plot.sampled(numbers, 56)

    assert (found[0], found[-1], len(found)) == (0.0, 999.0, 56)


def test_the_plane_on_the_terminal() -> None:
    """Dots left, colons right, a point each at a quarter of the way; told apart without colour."""
    rows = plain(plot.boundary(Screen(True), TWO, PLANE)).splitlines()[2 : 2 + HIGH // 2]

    assert len(rows) == HIGH // 2
    assert rows[0] == "    " + "." * 33 + ":" * 31
    assert rows[5] == "    " + "." * 16 + "o" + "." * 16 + ":" * 31
    assert rows[16] == "    " + "." * 33 + ":" * 15 + "x" + ":" * 15


def test_the_picture_is_well_formed_and_alone() -> None:
    """An SVG with both panels, in words as well, without a link."""
    text = plot.picture(TWO, PLANE, "two <points>")
    root = ElementTree.fromstring(text)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]

    assert tags.count("polyline") == 1
    assert tags.count("circle") == 1
    assert tags.count("rect") == 4 * HIGH
    assert "two &lt;points&gt;; last loss 0.0" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


# The command.


def test_the_command_draws_and_writes(cli: Cli, tmp_path: Path) -> None:
    """Progress, curve, plane, a sentence; the files; the same as JSON."""
    svg, html = tmp_path / "t.svg", tmp_path / "t.html"
    options = ("train", "--data", "xor", "--points", "12", "--epochs", "4", "--engine", "reference")
    done = cli(*options, "--svg", str(svg), "--html", str(html))
    document = json.loads(cli(*options, "--json").stdout)

    assert done.returncode == 0
    assert "epoch 4 of 4: loss" in done.stdout
    assert "Decision boundary" in done.stdout
    assert re.search(
        r"The reference's engine trained MLP\(2, \[16, 16, 1\]\) on 12 points of xor for 4 epochs",
        " ".join(done.stdout.split()),
    )
    assert ElementTree.fromstring(svg.read_text("utf-8")).tag.endswith("svg")
    assert "<script" not in html.read_text("utf-8")
    assert (document["engine"], document["epochs"], len(document["losses"])) == ("reference", 4, 4)
    assert f"loss {document['losses'][-1]:.4f}" in done.stdout


@pytest.mark.parametrize("option", ["--html", "--svg"])
def test_a_place_that_can_not_be_written_is_told_before_the_training(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
) -> None:
    """Nobody waits for a picture that has nowhere to go."""
    monkeypatch.setattr(train, "training", lambda *_: 1 / 0)
    place = str(tmp_path / "missing" / "picture")

    assert main(["train", "--engine", "reference", option, place]) == 2
    assert capsys.readouterr().err == (
        f"{place!r} can't be written: No such file or directory.\nName another file.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--data", "cats"), "There is no set 'cats'.\nThe sets are moons, circles, xor, spiral."),
        (("--epochs", "0"), "0 epochs are not possible.\nChoose 1 to 2000."),
        (("--points", "3"), "3 points are not possible.\nChoose 4 to 500."),
        (("--lr", "nan"), "A step of nan is not possible."),
        (("--lr", "-1"), "A step of -1 is not possible."),
        (("--lr", "x"), "invalid float value: 'x'"),
        (("--engine", "yours"), "There is no engine 'yours'.\nThe engines are mine, reference."),
    ],
)
def test_bad_options(cli: Cli, arguments: tuple[str, ...], fault: str) -> None:
    """Exit 2, the value, and what is possible."""
    done = cli("train", *arguments)

    assert done.returncode == 2
    assert fault in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_draws_what_there_is(tmp_path: Path) -> None:
    """After the slice that runs; the picture of the half-trained network is shown."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "train", "--engine", "reference", "--epochs", "900"],
        env={**os.environ, "GRADER_HOME": str(tmp_path), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    seen = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)

    assert "epoch 9" in seen
    assert process.returncode == 0
    assert "Decision boundary" in rest
    assert "It was stopped early." in " ".join(rest.split())


@pytest.mark.slow
def test_the_learners_katas_are_left_alone(cli: Cli, tmp_path: Path) -> None:
    """Training reads the file and changes nothing, records nothing."""
    shutil.copytree(ROOT / "katas", tmp_path / "katas")
    (tmp_path / "katas" / "kata14_micrograd.py").write_text(SOLUTION, "utf-8")
    home = tmp_path / "home"
    done = cli("train", "--points", "8", "--epochs", "1", cwd=tmp_path, GRADER_HOME=str(home))

    assert "Your engine trained" in done.stdout
    assert (tmp_path / "katas" / "kata14_micrograd.py").read_text("utf-8") == SOLUTION
    assert not (home / "progress.sqlite3").exists()
