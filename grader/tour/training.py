"""A small network, trained on a set of points by a learner's engine or by the reference's.

Both run in the candidate's process, behind its wall, on the same weights in the same order. The
judge asks for a slice of epochs at a time, so that it can show how far the training is.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.content.exercise import Exercise
from grader.core import workspace
from grader.core.model import Kata, KitError, Solution, Submission
from grader.sandbox.attempt import Attempt
from grader.sandbox.failures import Ended, LearnerError, NotRun
from grader.sandbox.protocol import SCRIPT
from grader.tour.datasets import Dataset

SIZES = (16, 16, 1)
MOMENTUM = 0.9
BATCH = 20
PATIENCE = 600.0  # seconds for the whole training
WIDE, HIGH = 64, 44  # cells of the picture

# What the epochs share lies in a module, for each script has names of its own.
BEGIN = """\
import sys, types
state = sys.modules.setdefault("_training", types.ModuleType("_training"))
state.points, state.labels = {points!r}, {labels!r}
state.model = MLP(2, {sizes!r})
state.parameters = list(state.model.parameters())
state.velocity = [0.0] * len(state.parameters)
for p, x in zip(state.parameters, {weights!r}):
    p.data = x
count = len(state.parameters)
"""
EPOCHS = """\
import sys
state = sys.modules["_training"]
losses, rights = [], []
for batches in {epochs!r}:
    whole, right = 0.0, 0
    for batch in batches:
        loss = Value(0.0)
        for i in batch:
            x, y = state.points[i]
            score = state.model([x, y])
            right += score.data * state.labels[i] > 0
            loss = loss + (score * -state.labels[i] + 1.0).relu()
        loss = loss * (1.0 / len(batch))
        for p in state.parameters:
            p.grad = 0.0
        loss.backward()
        for k, p in enumerate(state.parameters):
            state.velocity[k] = {momentum!r} * state.velocity[k] + p.grad
            p.data = p.data - {lr!r} * state.velocity[k]
        whole += loss.data * len(batch)
    losses.append(whole / len(state.points))
    rights.append(right)
"""
SCORES = """\
import sys
model = sys.modules["_training"].model
scores = [model([x, y]).data for x, y in {points!r}]
"""


@dataclass(frozen=True)
class Settings:
    """How to train."""

    data: Dataset
    seed: int
    epochs: int
    lr: float


@dataclass
class History:
    """What came of it: a loss and a share of right answers for each epoch, and the picture."""

    losses: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    scores: list[list[float]] = field(default_factory=list)  # rows from the top, HIGH by WIDE
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # left, right, bottom, top


@dataclass(frozen=True)
class Engine:
    """Whose Value and MLP are trained."""

    name: str  # mine or reference
    submission: Submission


def own_engine(kata: Kata, solution: Solution) -> Engine:
    """Return the engine of a learner's file."""
    return Engine("mine", Exercise(kata).submit(solution))


def reference_engine(kata: Kata) -> Engine:
    """Return the reference as a file that a learner might hand in."""
    text = b"from reference.engine import Value\nfrom reference.nn import MLP, Layer, Neuron\n"
    allowed = {
        name: Path(workspace.ROOT, "reference", f"{name.partition('.')[2]}.py").read_text("utf-8")
        for name in ("reference.engine", "reference.nn")
    }
    return Engine("reference", Submission(kata, Solution("reference.py", text), allowed))


def initial_weights(seed: int) -> list[float]:
    """Return weights of variance 2/n and biases of 0, neuron by neuron: weights, then bias."""
    rng = random.Random(f"weights/{seed}")
    weights: list[float] = []
    inputs = 2
    for size in SIZES:
        spread = math.sqrt(2 / inputs)
        for _ in range(size):
            weights += [rng.gauss(0, spread) for _ in range(inputs)] + [0.0]
        inputs = size
    return weights


class Trainer:
    """A training that goes on in a candidate."""

    def __init__(self, attempt: Attempt, settings: Settings) -> None:
        self.attempt = attempt
        self.settings = settings
        self.history = History()
        self.rng = random.Random(f"order/{settings.seed}")

    def begin(self) -> None:
        """Make the network, with the seed's weights."""
        data = self.settings.data
        weights = initial_weights(self.settings.seed)
        code = BEGIN.format(
            points=data.points, labels=data.labels, sizes=list(SIZES), weights=weights
        )
        (count,) = self.play(code, "count")
        if count != len(weights):
            raise KitError(
                f"MLP(2, {list(SIZES)}) has {count} parameters, where {len(weights)} belong.",
                "'python -m grader kata14' says more.",
            )

    def train(self, epochs: int) -> None:
        """Train for some epochs, each in an order of its own."""
        orders = []
        for _ in range(epochs):
            order = list(range(len(self.settings.data.points)))
            self.rng.shuffle(order)
            orders.append([order[i : i + BATCH] for i in range(0, len(order), BATCH)])
        code = EPOCHS.format(epochs=orders, momentum=MOMENTUM, lr=self.settings.lr)
        losses, rights = self.play(code, "losses", "rights")
        if not (are_numbers(losses, epochs) and are_numbers(rights, epochs)):
            raise KitError(
                f"The loss is no number any more after epoch {len(self.history.losses)}.",
                f"Try a smaller step than --lr {self.settings.lr:g}.",
            )
        self.history.losses += losses
        count = len(self.settings.data.points)
        self.history.accuracy += [right / count for right in rights]

    def draw(self) -> None:
        """Ask for the score of each cell of the picture, row by row from the top."""
        left, right, bottom, top = self.history.box = box_of(self.settings.data)
        for row in range(HIGH):
            y = top - (top - bottom) * (row + 0.5) / HIGH
            across = [(left + (right - left) * (k + 0.5) / WIDE, y) for k in range(WIDE)]
            (scores,) = self.play(SCORES.format(points=across), "scores")
            if not are_numbers(scores, WIDE):
                raise KitError("A score is no number.", "'python -m grader kata14' says more.")
            self.history.scores.append(scores)

    def play(self, code: str, *reads: str) -> list[Any]:
        """Run lines in the candidate and read names; faults of the file become KitErrors."""
        try:
            reply = self.attempt.ask(
                SCRIPT,
                "Training",
                code=code,
                inputs={},
                reads=list(reads),
                names=["Value", "MLP"],
            )
        except LearnerError as error:
            raise KitError(
                f"Training raised {error}.", "'python -m grader kata14' checks the file."
            ) from None
        except (Ended, NotRun) as error:
            reason = getattr(error, "message", "") or "the process is gone."
            raise KitError(f"Training stopped: {reason}", "Try fewer --epochs.") from None
        return reply["reads"]


def are_numbers(found: Any, count: int) -> bool:
    """Whether this is a list of so many finite numbers; a file may send anything."""
    return (
        isinstance(found, list)
        and len(found) == count
        and all(isinstance(x, int | float) and math.isfinite(x) for x in found)
    )


def box_of(data: Dataset) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a picture with all points and a margin."""
    xs, ys = zip(*data.points, strict=True)
    margin = 0.25
    return min(xs) - margin, max(xs) + margin, min(ys) - margin, max(ys) + margin


@contextmanager
def training(engine: Engine, settings: Settings) -> Iterator[Trainer]:
    """Start a candidate with an engine, ready to train; leave nothing of it behind."""
    with Attempt(engine.submission, PATIENCE) as attempt:
        try:
            attempt.load()
        except Ended as ended:
            raise KitError(ended.message, "'python -m grader kata14' says more.") from None
        trainer = Trainer(attempt, settings)
        trainer.begin()
        yield trainer
