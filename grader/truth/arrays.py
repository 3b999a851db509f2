"""An array as the judge has it: a shape and its numbers, without NumPy.

A repeat verdict compares arrays that have travelled and arrays from the cache, so NumPy need not be
imported on the judge's side. Both travel as one text: dtype, sizes, and float64 in hexadecimal.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from grader.truth.tolerances import ATOL, DIFFERENCE_RTOL, RTOL

Index = tuple[int, ...]


@dataclass(frozen=True)
class Array:
    """Numbers in row-major order, with their shape; `dtype` is what they were before they came."""

    shape: tuple[int, ...]
    numbers: Sequence[float]
    dtype: str = "float64"

    @classmethod
    def parse(cls, text: str) -> Array | None:
        """Return the array that a text holds, None if it holds none."""
        numbers = array("d")
        try:
            dtype, sizes, hexadecimal = text.split(" ")
            shape = tuple(map(int, filter(None, sizes.split(","))))
            numbers.frombytes(bytes.fromhex(hexadecimal))
        except ValueError:
            return None
        return cls(shape, numbers, dtype) if len(numbers) == math.prod(shape) else None

    @classmethod
    def of(cls, text: str) -> Array:
        """Return the array that a text of the authorities holds."""
        found = cls.parse(text)
        assert found
        return found

    @property
    def text(self) -> str:
        """Return the array as it travels."""
        sizes = ",".join(map(str, self.shape))
        return f"{self.dtype} {sizes} {array('d', self.numbers).tobytes().hex()}"

    @cached_property
    def largest(self) -> float:
        """The size of the largest entry, 0 for no entries."""
        return max(map(abs, self.numbers), default=0.0)

    def index(self, place: int) -> Index:
        """Return the index of an entry by its place in row-major order."""
        found = []
        for size in reversed(self.shape):
            place, here = divmod(place, size)
            found.append(here)
        return tuple(reversed(found))

    def transposed(self) -> Array:
        """Return the array with its axes in reverse order."""
        strides = [math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        places = (
            sum(i * stride for i, stride in zip(index, reversed(strides), strict=True))
            for index in product(*map(range, self.shape[::-1]))
        )
        return Array(self.shape[::-1], [self.numbers[place] for place in places])

    def summed(self, axis: int) -> Array:
        """Return the sums over one axis."""
        inner = math.prod(self.shape[axis + 1 :])
        size, shape = self.shape[axis], (*self.shape[:axis], *self.shape[axis + 1 :])
        sums = [0.0] * math.prod(shape)
        for place, number in enumerate(self.numbers):
            outer, rest = divmod(place, inner * size)
            sums[outer * inner + rest % inner] += number
        return Array(shape, sums)


def text_of(value: Any) -> str:
    """Return what a NumPy array, a NumPy scalar or a tensor of float64 holds, as it travels."""
    shape = tuple(map(int, value.shape))
    return Array(shape, value.reshape(-1).tolist(), str(value.dtype).removeprefix("torch.")).text


def wrong_places(got: Array, right: Array, rtol: float = RTOL) -> list[int]:
    """Return where two arrays of one shape differ by more than rounding; NaN always does.

    What cancels in an entry may be as large as the largest entry.
    """
    atol = ATOL * right.largest
    pairs = enumerate(zip(got.numbers, right.numbers, strict=True))
    return [
        place
        for place, (one, other) in pairs
        if not math.isfinite(one) or abs(one - other) > rtol * abs(other) + atol
    ]


def agree_with_differences(right: Array, found: Array) -> bool:
    """Whether central differences confirm a gradient."""
    allowed = DIFFERENCE_RTOL * max(right.largest, 1e-3)
    pairs = zip(right.numbers, found.numbers, strict=True)
    return right.shape == found.shape and all(abs(x - y) <= allowed for x, y in pairs)
