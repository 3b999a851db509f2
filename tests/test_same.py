"""Same file, same verdict: at every seed, in every run, whatever a file draws or keeps in sets."""

from __future__ import annotations

import ctypes
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.content import catalog
from grader.core.model import Verdict
from grader.grading.replay import KEPT, ONCE
from grader.sandbox.addresses import FIXED_ADDRESSES, fixed_addresses
from grader.sandbox.protocol import SCRIPT, Content
from tests.test_supervisor import candidate_of

Judge = Callable[..., Verdict]
SAMPLE = int(os.environ.get("KATA_SAME", "8"))  # KATA_SAME=0 tries the whole, for a night
SEEDS, RUNS = range(41), 3
SETS = """
class Value:
    def __init__(self, data, operands=()):
        self.data, self.grad, self._prev = data, 0.0, set(operands)
    def __add__(self, other):
        return Value(self.data + other.data, (self, other))
"""
SUMS = (
    "xs = [Value(float(i)) for i in range(20)]\nys = [a + xs[i * 7 % 20] for i, a in enumerate(xs)]"
)


def grants_fixed_addresses() -> bool:
    """Whether the system lays out memory as it is asked to."""
    if sys.platform != "linux":
        return False
    with fixed_addresses():
        return bool(ctypes.CDLL(None).personality(ctypes.c_ulong(0xFFFFFFFF)) & FIXED_ADDRESSES)


def read(text: str, code: str, *reads: str, times: int = 1) -> list[list[Content]]:
    """Return what a new process with this file reads after these lines, several times over."""
    asked = {"code": code, "inputs": {}, "reads": list(reads), "names": []}
    found = []
    with candidate_of(text) as candidate:
        candidate.await_wall()
        candidate.read(3, "Importing")
        for _ in range(times):
            candidate.send(SCRIPT, **asked)
            found.append(candidate.receive(SCRIPT, 3, "Reading")["reads"])
    return found


@pytest.mark.skipif(not grants_fixed_addresses(), reason="the system chooses addresses at random")
def test_sets_are_visited_in_the_same_order_in_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sets of Values and of strings, also in the first process of all, which compiles the kit."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))
    orders = "[x.data for x in set(xs + ys)]; [x.data for y in ys for x in y._prev]; [ord(c) for c in set('abcdefgh')]"
    found = [read(SETS, SUMS, *orders.split("; ")) for _ in range(4)]

    assert found[1:] == found[:1] * 3


def test_addresses_are_asked_for_in_the_block_alone() -> None:
    """What the judge starts besides, such as an editor, is laid out as ever."""
    with fixed_addresses():
        pass

    assert not grants_fixed_addresses() or not _is_fixed()


def _is_fixed() -> bool:
    return bool(ctypes.CDLL(None).personality(ctypes.c_ulong(0xFFFFFFFF)) & FIXED_ADDRESSES)


def test_random_numbers_repeat_for_every_request_and_process() -> None:
    """Drawn at import, in a call, and by a generator of one's own that nobody has seeded."""
    text = """
import random
weight = random.gauss(0, 1)
own = random.Random()
class Value: pass
class Neuron:
    def __init__(self):
        self.w = [random.gauss(0, 1), random.Random().random(), random.Random().random()]
random.seed()
"""
    lines = "import sys\nm = sys.modules['kata03_topo_sort']"
    first = read(text, lines, "m.Neuron().w", "m.weight", "m.own.random()", times=2)
    again = read(text, lines, "m.Neuron().w", "m.weight", "m.own.random()", times=2)

    assert first == again
    assert first[0][0] == first[1][0]
    assert isinstance(first[0][0], list)
    assert len(set(map(str, first[0][0]))) == 3


def texts_of_the_bank() -> Iterator[tuple[str, str]]:
    """Yield every solution, right answer and mutant, with its kata."""
    for kata in catalog.all_katas():
        yield kata.short, catalog.solution_of(kata)
        for path in sorted((Path(__file__).parent / "right" / kata.name).glob("*.py")):
            yield kata.short, path.read_text("utf-8")
        for mutant in catalog.read_mutants(kata):
            yield kata.short, catalog.mutate(kata, mutant)


def cases() -> list[tuple[str, str, int]]:
    """Return texts with a seed each: a sample that is the same each time, or all of them."""
    whole = [(kata, text, seed) for kata, text in texts_of_the_bank() for seed in SEEDS]
    return random.Random(0).sample(whole, SAMPLE) if SAMPLE else whole


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_the_bank_gets_the_same_verdicts_at_every_seed(judge: Judge) -> None:
    """Three runs give one document, and every seed the same answer to whether the file is right."""
    for kata, text, seed in cases():
        documents = [shown(judge(kata, text, seed=seed)) for _ in range(RUNS)]
        assert documents[1:] == documents[:1] * (RUNS - 1), (kata, seed, text)
        assert documents[0]["passed"] == judge(kata, text).passed, (kata, seed, text)


def shown(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as JSON but for what depends on time, such as whether a name is found."""
    document = verdict.as_json()
    del document["seconds"], document["diagnosis"]
    for part in (document, *document["checks"]):  # how far a sequence is looked for is timed, too
        for sentence in (KEPT, ONCE):
            part["message"] = part["message"].replace(f" {sentence}", "")
    return document
