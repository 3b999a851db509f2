"""The checks of kata21: both norms in every small shape, beside PyTorch's layer_norm and rms_norm.

Where what is left of a gradient after its paths cancel is of the size of eps, as in a row of one
or two numbers, eps is large: else only rounding would be compared. For the same reason a row of one
number has powers of two all around it, whose products are exact: LayerNorm makes 0 of it.
"""

from functools import partial
from math import prod

import pytest

from grader.checks.arrays import literal
from grader.checks.layers import Case, Draw, Layer, interleaved, untouched, used_twice
from grader.checks.scripts import Scene, expect_scenes
from grader.checks.statement import expect_example

LAYER_NORM = Layer.of("layer_norm", "x gamma beta", "dx dgamma dbeta")
RMS_NORM = Layer.of("rms_norm", "x gamma", "dx dgamma")
BOTH = (LAYER_NORM, RMS_NORM)
SMALL = [(n, d) for n in (1, 2, 3) for d in (1, 2, 3)]
EPSILONS = (0.3, 0.05, 0.5, 0.1, 0.2)
LEADS = ((), (1, 1), (1, 3), (2, 1), (3, 1), (2, 2), (2, 3), (3, 3), (4, 5), (2, 1, 3), (2, 3, 2))


def case(attempt, layer, lead, d, label="", **more):
    """Return a call on as many rows of d numbers; without an eps it is drawn, None is the default.

    `scale` is the size of x, and `telling` makes x of zeros, ties and negatives.
    """
    draw = Draw(attempt, label)
    eps = more.get("eps", draw.generator("eps", (*lead, d)).choice(EPSILONS))
    shape = (*lead, d)
    floats = draw.floats if d > 1 else partial(powers, draw)
    arguments = {name: floats(name, (d,)) for name in layer.arguments}
    x = draw.floats("x", shape, more["scale"]) if "scale" in more else floats("x", shape)
    arguments["x"] = telling(draw, shape) if more.get("telling") else x
    sizes = {"N": lead[0], "D": d} if len(lead) == 1 else {}
    options = "" if eps is None else f", eps={eps}"
    return Case(layer, arguments, floats("dy", shape), sizes, options)


def powers(draw, name, shape):
    """Return an array of powers of two, of either sign."""
    numbers = (0.25, -0.25, 0.5, -0.5, -1.0, 2.0, -2.0, 4.0)
    return literal(shape, draw.generator(f"powers {name}", shape).choices(numbers, k=prod(shape)))


def telling(draw, shape):
    """Return an array of zeros, ties and negatives, with a spread in every row."""
    rows, d = shape
    begun = draw.generator("telling", shape).choices((0.0, 1.0, -1.0, 2.0, -3.0), k=rows * d)
    ends = range(d - 1, rows * d, d)
    found = [begun[i - 1] + 1.0 if i in ends else number for i, number in enumerate(begun)]
    return literal(shape, found)


def small(attempt, layer):
    """Return every small shape, two larger ones, numbers with zeros and ties, and equal rows."""
    found = [case(attempt, layer, (n,), d) for n, d in (*SMALL, (5, 3), (4, 7))]
    found += [case(attempt, layer, (n,), d, telling=True) for n, d in ((2, 2), (3, 4))]
    equal = case(attempt, layer, (2,), 2)
    equal.arguments["x"] = "np.array([[2.0, 2.0], [0.0, 1.0]])"
    return [*found, equal]


def scaled(attempt):
    """Return data of 1e-2, 1 and 1e2, with the default eps and with a small one."""
    return [
        case(attempt, layer, (n,), d, scale=scale, eps=eps)
        for layer in BOTH
        for n, d in ((1, 3), (2, 4), (3, 3))
        for scale in (1e-2, 1.0, 1e2)
        for eps in (None, 3e-4)
    ]


def test_layer_norm_forward(attempt):
    """LayerNorm's y is right, for one row and for several."""
    expect_scenes(attempt, [each.forward() for each in small(attempt, LAYER_NORM)])


def test_layer_norm_gradients(attempt):
    """LayerNorm's dx, dgamma and dbeta are right in every small shape."""
    expect_scenes(attempt, [each.backward() for each in small(attempt, LAYER_NORM)])


def test_rms_norm_forward(attempt):
    """RMSNorm's y is right, for one row and for several."""
    expect_scenes(attempt, [each.forward() for each in small(attempt, RMS_NORM)])


def test_rms_norm_gradients(attempt):
    """RMSNorm's dx and dgamma are right in every small shape."""
    expect_scenes(attempt, [each.backward() for each in small(attempt, RMS_NORM)])


def test_leading_axes(attempt):
    """With no leading axis or several, every row counts, in dgamma and dbeta too."""
    cases = [case(attempt, layer, lead, d) for layer in BOTH for lead in LEADS for d in (2, 3)]
    expect_scenes(attempt, [scene for each in cases for scene in each.both()])


def test_small_and_large_data(attempt):
    """Data a hundred times smaller or larger is right too, with the default eps or another."""
    expect_scenes(attempt, [scene for each in scaled(attempt) for scene in each.both()])


def test_one_cache_serves_twice(attempt):
    """Backward may be called again with the same cache and another upstream gradient."""
    draw = Draw(attempt, "again")
    shapes = (((1,), 1), ((2,), 3), ((2, 2), 2))
    expect_scenes(
        attempt,
        [
            used_twice(case(attempt, layer, lead, d), powers(draw, "dy", (*lead, d)))
            for layer in BOTH
            for lead, d in shapes
        ],
    )


def test_two_calls_before_backward(attempt):
    """Two forward calls before either backward do not disturb each other."""
    shapes = (((1,), 1), ((2,), 3), ((3,), 3), ((2, 2), 2))
    pairs = [
        (case(attempt, layer, *one), case(attempt, layer, *two, label="other"))
        for layer in BOTH
        for one in shapes
        for two in shapes
    ]
    expect_scenes(attempt, [interleaved(*pair) for pair in pairs])


def test_nothing_is_changed(attempt):
    """Arguments and the upstream gradient stay as they are."""
    shapes = (((2,), 3), ((3,), 3), ((2, 2), 2))
    cases = [case(attempt, layer, *shape) for layer in BOTH for shape in shapes]
    expect_scenes(attempt, [untouched(each) for each in cases])


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_far_from_zero(attempt):
    """Rows whose mean is a million times their spread are right to seven digits."""
    made = case(attempt, LAYER_NORM, (3,), 4)
    x = made.arguments["x"]
    made.arguments["x"] = f"1e6 + {x}"
    y, gradients = made.forward(), made.backward()
    scenes = (Scene(each.code, each.reads, rtol=1e-7) for each in (y, gradients))
    expect_scenes(attempt, scenes)


@pytest.mark.stretch
def test_many_rows(attempt):
    """20,000 rows are right, within a second and a half."""
    begun = (
        "rng = np.random.default_rng(7)\n"
        "x, dy = rng.normal(size=(20000, 30)), rng.normal(size=(20000, 30))\n"
        "gamma, beta = np.linspace(0.5, 2.0, 30), np.linspace(-1.0, 1.0, 30)\n"
    )
    layer_norm = (
        "y, cache = layer_norm_forward(x, gamma, beta)\n"
        "dx, dgamma, dbeta = layer_norm_backward(dy, cache)"
    )
    rms_norm = "y, cache = rms_norm_forward(x, gamma)\ndx, dgamma = rms_norm_backward(dy, cache)"
    reads = "y[::4000]; dx[::4000]; dgamma"
    scenes = [
        Scene(begun + layer_norm, f"{reads}; dbeta", rtol=1e-8),
        Scene(begun + rms_norm, reads, rtol=1e-8),
    ]
    expect_scenes(attempt, scenes)
