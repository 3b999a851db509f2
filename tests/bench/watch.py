"""From a save to the core checks' verdict in watch mode, over the time of `import torch`.

python -m tests.bench.watch [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from grader.content import catalog
from grader.core.model import Kata
from grader.practice.watch import Watch
from tests.bench.verdicts import seconds

LIMIT = 0.15


async def save_to_verdict(kata: Kata, folder: Path, rounds: int) -> float:
    """Return the median time from writing a right answer to its verdict."""
    app, times = Watch(kata, folder), []
    async with app.run_test() as pilot:
        await _until(app, 1)
        for number in range(rounds + 1):
            verdicts, answers = app.verdicts, app.answers
            app.path.write_text(f"{catalog.solution_of(kata)}# {number}\n", "utf-8")
            began = time.perf_counter()
            while app.answers == answers:
                await asyncio.sleep(0.002)
            times.append(time.perf_counter() - began)
            await _until(app, verdicts + 1)
        await pilot.pause()
    return statistics.median(times[1:])


async def _until(app: Watch, verdicts: int) -> None:
    while app.verdicts < verdicts:
        await asyncio.sleep(0.002)


def main() -> int:
    """Print the table; exit 1 if a figure is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    worst = 0.0
    with tempfile.TemporaryDirectory() as place:
        os.environ["GRADER_HOME"] = f"{place}/home"
        torch = statistics.median(seconds(["-c", "import torch"], place) for _ in range(3))
        folder = Path(place, "katas")
        folder.mkdir()
        for kata in catalog.all_katas()[:9]:
            (folder / f"{kata.name}.py").write_text(catalog.stub_of(kata), "utf-8")
            ratio = asyncio.run(save_to_verdict(kata, folder, rounds)) / torch
            worst = max(worst, ratio)
            print(f"{kata.short} save to verdict  {ratio:5.2f}  {LIMIT:5.2f}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
