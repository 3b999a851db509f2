"""The checks of kata16: a linear layer in every small shape, beside torch.nn.functional.linear."""

import pytest

from grader.checks.arrays import literal
from grader.checks.layers import Case, Draw, Layer, interleaved, untouched, used_twice
from grader.checks.scripts import Scene, expect_scenes
from grader.checks.statement import expect_example

LINEAR = Layer.of("linear", "x w b", "dx dw db")
SMALL = [(n, d, h) for n in (1, 2, 3) for d in (1, 2, 3) for h in (1, 2, 3)]
LARGE = (5, 3, 7)


def case(attempt, lead, d, h, label="", telling=False):
    """Return a call with as many examples, inputs and outputs."""
    draw = Draw(attempt, label)
    floats = draw.telling if telling else draw.floats
    arguments = {"x": floats("x", (*lead, d)), "w": floats("w", (d, h)), "b": floats("b", (h,))}
    sizes = {"N": lead[0], "D": d, "H": h} if len(lead) == 1 else {}
    return Case(LINEAR, arguments, draw.floats("dy", (*lead, h)), sizes)


def small(attempt):
    """Return every small shape, one with all sizes different, and numbers with zeros and ties."""
    found = [case(attempt, (n,), d, h) for n, d, h in (*SMALL, LARGE)]
    return [
        *found,
        *(case(attempt, (n,), d, h, telling=True) for n, d, h in ((2, 2, 2), (3, 4, 2))),
    ]


def stacked(attempt):
    """Return cases with two and three leading axes."""
    leads = ((1, 1), (1, 3), (2, 1), (3, 1), (2, 2), (2, 3), (3, 3), (4, 5), (2, 1, 3), (2, 3, 2))
    return [case(attempt, lead, d, h) for lead in leads for d, h in ((1, 2), (2, 3), (3, 3))]


def test_forward(attempt):
    """y is x @ w + b, for one example and for several."""
    expect_scenes(attempt, [each.forward() for each in small(attempt)])


def test_gradients(attempt):
    """dx, dw and db are right in every small shape, for an upstream gradient of any size."""
    expect_scenes(attempt, [each.backward() for each in small(attempt)])


def test_leading_axes(attempt):
    """With two or more leading axes every example counts, in dw and db too."""
    expect_scenes(attempt, [scene for each in stacked(attempt) for scene in each.both()])


def test_one_cache_serves_twice(attempt):
    """Backward may be called again with the same cache and another upstream gradient."""
    draw = Draw(attempt, "again")
    shapes = (((1,), 1, 1), ((2,), 2, 3), ((2, 2), 3, 2))
    expect_scenes(
        attempt,
        [
            used_twice(case(attempt, lead, d, h), draw.floats("dy", (*lead, h)))
            for lead, d, h in shapes
        ],
    )


def test_two_calls_before_backward(attempt):
    """Two forward calls before either backward do not disturb each other."""
    shapes = (((1,), 1, 1), ((2,), 2, 3), ((3,), 3, 3), ((2, 2), 1, 2))
    pairs = [
        (case(attempt, *one), case(attempt, *two, label="other"))
        for one in shapes
        for two in shapes
    ]
    expect_scenes(attempt, [interleaved(*pair) for pair in pairs])


def test_nothing_is_changed(attempt):
    """Arguments and the upstream gradient stay as they are."""
    shapes = (((2,), 2, 3), ((3,), 3, 3), ((2, 2), 1, 2))
    expect_scenes(attempt, [untouched(case(attempt, *shape)) for shape in shapes])


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_no_leading_axes(attempt):
    """An x of shape (D,) gives a y of shape (H,)."""
    cases = [case(attempt, (), d, h) for d, h in ((1, 1), (2, 3), (3, 3), (4, 2))]
    expect_scenes(attempt, [scene for each in cases for scene in each.both()])


@pytest.mark.stretch
def test_many_examples(attempt):
    """20,000 examples are right, within a second and a half."""
    code = (
        "rng = np.random.default_rng(7)\n"
        "x, dy = rng.normal(size=(20000, 30)), rng.normal(size=(20000, 20))\n"
        f"w, b = rng.normal(size=(30, 20)), {literal((20,), [0.5] * 20)}\n"
        "y, cache = linear_forward(x, w, b)\ndx, dw, db = linear_backward(dy, cache)"
    )
    expect_scenes(attempt, [Scene(code, "y[::4000]; dx[::4000]; dw; db", rtol=1e-8)])
