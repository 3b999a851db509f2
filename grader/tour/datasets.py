"""Small sets of points in the plane, in two classes, drawn from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Dataset:
    """Points, and a label of -1 or 1 for each; half of the points have each label."""

    name: str
    points: tuple[Point, ...]
    labels: tuple[int, ...]


def moons(rng: random.Random, label: int) -> Point:
    """Return a point of one of two half circles that reach into each other; noise 0.1."""
    angle = rng.uniform(0, math.pi)
    x, y = math.cos(angle), math.sin(angle)
    if label > 0:
        x, y = 1 - x, 0.5 - y
    return x - 0.5 + rng.gauss(0, 0.1), y - 0.25 + rng.gauss(0, 0.1)


def circles(rng: random.Random, label: int) -> Point:
    """Return a point of a small circle, or of the ring around it; noise 0.08."""
    angle = rng.uniform(0, 2 * math.pi)
    radius = (0.5 if label > 0 else 1.2) + rng.gauss(0, 0.08)
    return radius * math.cos(angle), radius * math.sin(angle)


def xor(rng: random.Random, label: int) -> Point:
    """Return a point of a chessboard of four fields, 0.1 or more from the lines between them."""
    x = rng.uniform(0.1, 1.2) * rng.choice((-1, 1))
    y = rng.uniform(0.1, 1.2)
    return x, y if (x > 0) == (label > 0) else -y


def spiral(rng: random.Random, label: int) -> Point:
    """Return a point of one of two arms that wind around each other 1.4 times; noise 0.04."""
    turn = rng.uniform(0.2, 1.4)
    angle = 2 * math.pi * turn + (math.pi if label > 0 else 0)
    radius = turn
    return (
        radius * math.cos(angle) + rng.gauss(0, 0.04),
        radius * math.sin(angle) + rng.gauss(0, 0.04),
    )


MAKERS: dict[str, Callable[[random.Random, int], Point]] = {
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "spiral": spiral,
}


def make_dataset(name: str, count: int, seed: int) -> Dataset:
    """Return a set of `count` points, the labels in turn."""
    rng = random.Random(f"{name}/{seed}")
    labels = tuple(1 if index % 2 else -1 for index in range(count))
    return Dataset(name, tuple(MAKERS[name](rng, label) for label in labels), labels)
