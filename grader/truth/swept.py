"""The answers to every small program of a kind, from the cache where it has them.

They are the same for every seed and every kata of that kind. The reference answers a chunk of them
when it is first needed; PyTorch and differences confirm it once.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from grader.core.files import write_atomically
from grader.truth import universe
from grader.truth.agreement import Tensors, insist, packed, reference, unpacked
from grader.truth.templates import Number, Template
from grader.truth.universe import Batch


@dataclass
class Chunk:
    """Programs of one size as a candidate is asked for them, and what their numbers should be.

    `expected` has the data and the gradient of each Value of each program, in one row.
    """

    wired: list[Any]
    expected: array[float]
    confirmed: bool = False

    @classmethod
    def of(cls, batches: list[Batch]) -> Chunk:
        """Return the chunk with the reference's answers."""
        wired = [
            [t.inputs, t.constants, [*map(list, t.moves)], [*itertools.chain(*batch.rows)]]
            for batch in batches
            for t in (batch.template,)
        ]
        chunk = cls(wired, array("d"))
        for template, row in chunk.programs():
            chunk.expected.extend(reference(template, row))
        return chunk

    @property
    def size(self) -> int:
        """How many programs these are."""
        return sum(len(numbers) // (inputs + k) for inputs, k, _, numbers in self.wired)

    def programs(self) -> Iterator[tuple[Template, tuple[Number, ...]]]:
        """Yield the programs in order, as templates and rows of numbers."""
        for inputs, constants, moves, numbers in self.wired:
            template = Template(inputs, constants, tuple(map(tuple, moves)))
            width = inputs + constants
            for begin in range(0, len(numbers), width):
                yield template, tuple(numbers[begin : begin + width])

    def each(self) -> Iterator[tuple[Template, tuple[Number, ...], slice]]:
        """Yield the programs in order, and where the numbers of each stand in `expected`."""
        begin = 0
        for template, row in self.programs():
            end = begin + 2 * len(template.values)
            yield template, row, slice(begin, end)
            begin = end

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Chunk:
        """Return the chunk that `as_json` wrote."""
        return cls(kept["wired"], unpacked(kept["expected"]), kept["confirmed"])

    def as_json(self) -> dict[str, Any]:
        """Return the chunk as it is kept and as it travels."""
        return {
            "wired": self.wired,
            "expected": packed(self.expected),
            "confirmed": self.confirmed,
        }


@dataclass
class Swept:
    """The chunks of a kind, as far as they have been asked for."""

    kind: str
    path: Path | None
    fingerprint: str
    chunks: list[Chunk] = field(default_factory=list)
    whole: bool = False
    changed: bool = False
    every: int = 1  # of the longer programs, one in so many

    def load(self) -> None:
        """Take over what was kept, if it was made from the same sources."""
        if self.path is None:
            return
        try:
            kept = msgspec.json.decode(self.path.read_bytes())
            if kept["fingerprint"] == self.fingerprint:
                self.chunks = [Chunk.of_json(chunk) for chunk in kept["chunks"]]
                self.whole = kept["whole"]
        except (OSError, ValueError, KeyError, TypeError):
            self.changed = True

    def __iter__(self) -> Iterator[Chunk]:
        yield from self.chunks
        if self.whole:
            return
        for batches in itertools.islice(
            universe.chunks(self.kind, self.every), len(self.chunks), None
        ):
            self.changed = True
            self.chunks.append(Chunk.of(batches))
            yield self.chunks[-1]
        self.whole = True

    def confirm(self, torch: Tensors) -> None:
        """Have PyTorch and differences confirm what they have not; raise where they differ."""
        asked: dict[Template, list[tuple[tuple[Number, ...], Sequence[float]]]] = {}
        for chunk in self.chunks:
            if not chunk.confirmed:
                for template, row, where in chunk.each():
                    asked.setdefault(template, []).append((row, chunk.expected[where]))
        for template, pairs in asked.items():
            rows, expected = zip(*pairs, strict=True)
            insist(template, rows, [*itertools.chain(*expected)], torch)

    def is_confirmed(self) -> None:
        """Note that what is known so far has been confirmed."""
        for chunk in self.chunks:
            self.changed |= not chunk.confirmed
            chunk.confirmed = True

    @property
    def confirmed(self) -> bool:
        return all(chunk.confirmed for chunk in self.chunks)

    def save(self) -> None:
        """Keep the answers; the OSError of a folder that can't be written is the caller's."""
        if self.path and self.changed:
            kept = {
                "fingerprint": self.fingerprint,
                "whole": self.whole,
                "chunks": [chunk.as_json() for chunk in self.chunks],
            }
            write_atomically(self.path, msgspec.json.encode(kept).decode())
