"""How long a verdict takes, over the time of `import torch`, both as whole processes.

python -m tests.bench.verdicts [--rounds N]

An empty cache holds no answers; the byte code of the kit, which any command leaves there, it has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Kata, Solution
from grader.grading.diagnosis import search

ROOT = Path(__file__).parents[2]
REPEAT, FIRST, WRONG = 0.30, 1.2, 0.35
DIAGNOSIS, FASTER = 0.15, 4.0
CAPSTONE = 2.0  # kata14 trains a network and is compared with the mistakes of nine katas


def seconds(arguments: list[str], home: str, folder: Path = ROOT) -> float:
    """Return the wall time of one process."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "GRADER_HOME": home, "PYTHONPATH": str(ROOT)},
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def empty_cache(warm: str, cold: str) -> str:
    """Make a progress folder that has the kit's byte code, and nothing else, of another."""
    shutil.copytree(f"{warm}/cache/bytecode", f"{cold}/cache/bytecode")
    return cold


def wrong_at_once(kata: Kata) -> str:
    """Return a mutant that the first check rejects."""
    first = catalog.read_checks(kata)[0].id
    mutants = (mutant for mutant in catalog.read_mutants(kata) if mutant.caught_by == first)
    return catalog.mutate(kata, next(mutants))


def all_over_separate(folder: str) -> float:
    """Return the time of one run for each kata over that of `all`, each with an empty cache."""
    katas = catalog.all_katas()
    practice = Path(folder, "practice", "katas")
    practice.mkdir(parents=True)
    for kata in katas:
        (practice / f"{kata.name}.py").write_text(catalog.solution_of(kata), "utf-8")
    separate = sum(
        seconds(["-m", "grader", kata.short], f"{folder}/one-{kata.short}", practice.parent)
        for kata in katas
    )
    return separate / seconds(["-m", "grader", "all"], f"{folder}/all", practice.parent)


def diagnosis_over_torch(folder: str, torch: float) -> dict[str, float]:
    """Return for each kata the median time of naming a mistake, over that of `import torch`."""
    os.environ["GRADER_HOME"] = f"{folder}/diagnosis"
    found = {}
    for kata in catalog.all_katas():
        mutants = catalog.read_mutants(kata)[::4]
        times = []
        for mutant in mutants:
            attempt = Solution("attempt.py", catalog.mutate(kata, mutant).encode())
            began = time.perf_counter()
            search(Exercise(kata), attempt, 0, 5)
            times.append(time.perf_counter() - began)
        found[kata.short] = statistics.median(times) / torch
    return found


def measure(rounds: int) -> list[tuple[str, float, float]]:
    """Return name, ratio and limit of every figure; each round measures all of them once."""
    rows: dict[str, list[float]] = {}
    limits: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        warm = f"{folder}/warm"
        for number in range(rounds):
            torch = seconds(["-c", "import torch"], warm)
            for kata in catalog.all_katas():
                right = str(kata.folder / "solution.py")
                wrong = Path(folder, "wrong.py")
                wrong.write_text(wrong_at_once(kata), "utf-8")
                cold = f"{folder}/{kata.short}-{number}"
                grade = ["-m", "grader", kata.short, "--json", "--solution"]
                seconds([*grade, right], warm)
                room = CAPSTONE if kata.short == "kata14" else 1.0
                figures = {
                    f"{kata.short} repeat verdict, right": (room * REPEAT, [*grade, right], warm),
                    f"{kata.short} first check fails, empty cache": (
                        room * WRONG,
                        [*grade, str(wrong)],
                        empty_cache(warm, cold + "w"),
                    ),
                    f"{kata.short} first verdict, empty cache": (
                        room * FIRST,
                        [*grade, right],
                        empty_cache(warm, cold),
                    ),
                }
                for name, (limit, arguments, home) in figures.items():
                    limits[name] = limit
                    rows.setdefault(name, []).append(seconds(arguments, home) / torch)
    return [
        (name, statistics.median(ratios), limits[name]) for name, ratios in sorted(rows.items())
    ]


def main() -> int:
    """Print the table; exit 1 if a figure is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rows = measure(parser.parse_args().rounds)
    print(f"{'over import torch':<44}  ratio  limit")
    for name, ratio, limit in rows:
        print(f"{name:<44}  {ratio:5.2f}  {limit:5.2f}{'  <- over' if ratio > limit else ''}")
    with tempfile.TemporaryDirectory() as folder:
        faster = all_over_separate(folder)
        torch = statistics.median(seconds(["-c", "import torch"], folder) for _ in range(3))
        named = diagnosis_over_torch(folder, torch)
    for name, ratio in named.items():
        limit = DIAGNOSIS * (CAPSTONE if name == "kata14" else 1.0)
        over = "  <- over" if ratio > limit else ""
        print(f"{name + ' diagnosis':<44}  {ratio:5.2f}  {limit:5.2f}{over}")
    title = "one run a kata, over `all` (empty cache)"
    print(f"{title:<44}  {faster:5.2f}  {FASTER:5.2f}  (at least)")
    slow = any(ratio > limit for _, ratio, limit in rows)
    named.pop("kata14")
    return int(slow or max(named.values()) > DIAGNOSIS or faster < FASTER)


if __name__ == "__main__":
    sys.exit(main())
