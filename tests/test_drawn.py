"""Drawn programs: every shape, and numbers that tell."""

from __future__ import annotations

import pytest

from grader.checks.drawn import (
    ONE_ROOT,
    OPERATORS,
    PLUS,
    TIMES,
    Operator,
    Seeded,
    Sketch,
    build,
    sampled,
    shapes_of,
)
from grader.truth.authorities import consult
from grader.truth.program import Program

KINDS = tuple(OPERATORS)


def operand_counts(made: Program) -> dict[str, int]:
    """Return how often each name is used as an operand."""
    uses = dict.fromkeys(made.names, 0)
    for line in made.code.splitlines():
        left, equals, right = line.partition(" = ")
        if equals and "grad" not in left:
            for name in right.split():
                if name in uses:
                    uses[name] += 1
    return uses


@pytest.mark.parametrize("kind", KINDS)
def test_drawing_repeats_for_a_seed(kind: str) -> None:
    """The same seed gives the same programs, another seed others."""
    assert sampled(kind, 3) == sampled(kind, 3)
    assert sampled(kind, 3) != sampled(kind, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_shape_is_drawn(kind: str) -> None:
    """Reuse of leaves and inner nodes, one operand twice, and long chains are all there."""
    found = sampled(kind, 0)
    inputs = [
        {n for n, uses in operand_counts(p).items() if uses > 1} & set(p.inputs) for p in found
    ]
    inner = [
        {n for n, uses in operand_counts(p).items() if uses > 1} - set(p.inputs) for p in found
    ]

    assert len(found) >= 2 * len(ONE_ROOT)
    assert sum(map(bool, inputs)) >= 2
    assert sum(map(bool, inner)) >= 2
    assert max(len(p.names) for p in found) >= 9
    assert (sum(p.code.count(".backward()") == 2 for p in found) >= 2) == (
        kind not in ("forward", "local")
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_authorities_agree_on_every_drawn_program(kind: str, seed: int) -> None:
    """The oracle answers each drawn program, which it does only when its authorities agree."""
    for made in sampled(kind, seed):
        assert set(consult(made, None)) == set(made.names)


@pytest.mark.parametrize("shape", shapes_of("backward"), ids=lambda shape: shape.__name__)
def test_no_line_is_dead(shape: object) -> None:
    """Every line but a root's is used by another."""
    for seed in range(20):
        made = build("backward", shape, Seeded(str(seed)))  # type: ignore[arg-type]
        if made is None:
            continue
        roots = {line.partition(".")[0] for line in made.code.splitlines() if ".backward" in line}
        unused = {name for name, uses in operand_counts(made).items() if not uses}

        assert unused <= roots


def test_numbers_that_hide_a_mistake_are_refused() -> None:
    """2 + 2 equals 2 * 2, 1 and 0 hide factors, equal numbers hide swaps."""

    def telling(operator: Operator, *numbers: float) -> bool:
        sketch = Sketch(Seeded("any"))
        sketch.values = list(numbers)
        sketch.append(operator, (0, len(numbers) - 1))
        return not sketch.hides

    assert not telling(PLUS, 2.0)
    assert not telling(TIMES, 1.0, 3.0)
    assert not telling(PLUS, 2.5, -2.5)
    assert not telling(TIMES, 3.0, 2e5)
    assert not telling(PLUS, 3.0, 0.0)
    assert telling(TIMES, 2.0, 3.0)
