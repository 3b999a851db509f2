"""The reference engine against the `micrograd` package, in time and in peak memory.

pip install -e '.[bench]' && python -m tests.bench.reference
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from types import ModuleType

from reference.engine import Value

SIZES = 100_000, 1_000_000


def training_step(nn: ModuleType) -> Callable[[], None]:
    """Return one forward and backward pass of the article's network on 100 points."""
    draw = random.Random(0)
    data = [([draw.uniform(-1, 1), draw.uniform(-1, 1)], draw.choice([-1, 1])) for _ in range(100)]
    model = nn.MLP(2, [16, 16, 1])

    def step() -> None:
        loss = sum((y - model(x)) ** 2 for x, y in data)
        model.zero_grad()
        loss.backward()

    return step


def seconds(step: Callable[[], None]) -> float:
    """Return how long a step takes."""
    gc.collect()
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def peak(step: Callable[[], None]) -> int:
    """Return the most memory that a step holds, in bytes."""
    gc.collect()
    tracemalloc.start()
    step()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def chain_seconds(length: int) -> float:
    """Return how long backward takes on a chain."""
    x, b = Value(2.0), Value(0.5)
    for _ in range(length):
        x = x + b
    return seconds(x.backward)


def measure(rounds: int = 7) -> list[tuple[str, float, float]]:
    """Return name, ratio and limit of every figure."""
    import micrograd.nn  # only the bench needs it

    import reference.nn

    ours, theirs = training_step(reference.nn), training_step(micrograd.nn)
    ratios = [seconds(ours) / seconds(theirs) for _ in range(rounds)]
    short, long = (min(chain_seconds(size) for _ in range(5)) for size in SIZES)
    return [
        ("MLP(2, [16, 16, 1]) step, time over micrograd", statistics.median(ratios), 1.0),
        ("MLP(2, [16, 16, 1]) step, peak memory over micrograd", peak(ours) / peak(theirs), 1.0),
        ("backward of 10^6 nodes over 10^5", long / short, 12.0),
    ]


def main() -> int:
    """Print the table; exit 1 if a figure is above its limit."""
    sys.setrecursionlimit(100_000)  # micrograd recurses once a node
    rows = measure()
    for name, ratio, limit in rows:
        print(f"{name:<54}  {ratio:5.2f}  {limit:5.2f}{'  <- over' if ratio > limit else ''}")
    return int(any(ratio > limit for _, ratio, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
