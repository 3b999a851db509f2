"""The checks of kata33: torch.nn.utils.clip_grad_norm_, and one batch of all examples at once."""

from itertools import accumulate as running_sums

import pytest

from grader.checks.layers import Draw
from grader.checks.scripts import Scene, expect_scenes
from grader.checks.statement import expect_example

SHAPES = (
    ((1,),),
    ((3,),),
    ((1,), (1,)),
    ((2,), (1, 2)),
    ((2, 3), (3,)),
    ((3, 3), (3,), (2, 1, 2)),
    ((5, 3), (7,), (1,), (4, 2)),
)
LENGTHS = ((1,), (3,), (1, 1), (2, 2), (1, 2), (3, 1), (4, 3), (2, 1, 3), (3, 3, 1), (5, 2, 2, 4))
GRADIENTS_OF = """
def gradients_of(batch):
    x, error = batch[:, :-1], batch[:, :-1] @ w + b - batch[:, -1]
    return [2 * x.T @ error / len(batch), np.array([2 * error.mean()])]
"""


def clipping(attempt, shapes, times, reads):
    """Return a call whose limit is so many times the norm of its arrays."""
    draw = Draw(attempt, f"clip {times}")
    names = [f"g{place}" for place in range(1, len(shapes) + 1)]
    texts = [draw.floats(name, shape) for name, shape in zip(names, shapes, strict=True)]
    made = "".join(f"{name} = {text}\n" for name, text in zip(names, texts, strict=True))
    squares = " + ".join(f"({name} ** 2).sum()" for name in names)
    limit = f"max_norm = {times} * float(np.sqrt({squares}))\n"
    code = f"{made}{limit}norm = clip_grad_norm([{', '.join(names)}], max_norm)"
    return Scene(code, reads or "; ".join(names))


def model(attempt, lengths, inputs=2):
    """Return the lines that make a linear model, its gradients and batches of these lengths."""
    draw = Draw(attempt, f"batches {lengths}")
    floats = draw.floats("examples", (sum(lengths), inputs + 1))
    ends = list(running_sums(lengths))
    cuts = ", ".join(f"every[{end - n}:{end}]" for n, end in zip(lengths, ends, strict=True))
    made = f"w, b = {draw.floats('w', (inputs,))}, {draw.floats('b', (1,))}\n"
    return f"{made}every = {floats}\nbatches = [{cuts}]{GRADIENTS_OF}"


def accumulated(attempt, lengths, given="batches", inputs=2):
    """Return a call on batches of these lengths; the mean loss of all examples is followed."""
    code = f"{model(attempt, lengths, inputs)}found = accumulate(gradients_of, {given})"
    loss = "((every[:, :-1] @ w + b - every[:, -1]) ** 2).mean()"
    slopes = {"found[0]": ("w", loss), "found[1]": ("b", loss)}
    sizes = {"batches": len(lengths), "examples": sum(lengths)}
    return Scene(code, "found[0]; found[1]", slopes=slopes, sizes=sizes)


def test_norm_from_before(attempt):
    """clip_grad_norm returns the norm of all arrays together, from before the clipping."""
    scenes = [clipping(attempt, s, times, "norm") for s in SHAPES for times in (0.25, 0.8, 1.5)]
    expect_scenes(attempt, scenes)


def test_scaled_above_the_limit(attempt):
    """Above the limit every array is scaled in place, all by the same factor."""
    expect_scenes(attempt, [clipping(attempt, s, t, "") for s in SHAPES for t in (0.05, 0.25, 0.9)])


def test_untouched_below_the_limit(attempt):
    """Below the limit nothing changes, and zeros stay zeros."""
    scenes = [clipping(attempt, s, times, "") for s in SHAPES for times in (1.1, 3.0)]
    zeros = "g1 = np.zeros(2)\nnorm = clip_grad_norm([g1], 0.5)"
    expect_scenes(attempt, [*scenes, Scene(zeros, "norm; g1")])


def test_at_the_limit(attempt):
    """A norm of exactly max_norm is scaled by max_norm / (max_norm + 1e-6)."""
    made = "g1, g2 = np.array([3.0]), np.array([0.0, 4.0])\n"
    smaller = "g1, g2 = np.array([0.03]), np.array([0.0, 0.04])\n"
    scenes = [
        Scene(f"{made}norm = clip_grad_norm([g1, g2], 5.0)", "norm; g1; g2"),
        Scene(f"{smaller}norm = clip_grad_norm([g1, g2], 0.02)", "norm; g1; g2"),
    ]
    expect_scenes(attempt, scenes)


def test_mean_over_all_examples(attempt):
    """accumulate gives the gradients of the mean over all examples, whatever the batches are."""
    scenes = [accumulated(attempt, lengths, inputs=n) for lengths in LENGTHS for n in (1, 2, 3)]
    expect_scenes(attempt, scenes)


def test_batches_come_once(attempt):
    """The batches may come from a generator, which can be gone through only once."""
    given = "(batch for batch in batches)"
    expect_scenes(attempt, [accumulated(attempt, lengths, given) for lengths in LENGTHS])


def test_each_batch_is_asked_once(attempt):
    """gradients_of is called once for each batch, and a list of all gradients is returned."""
    expect_scenes(attempt, [watched(attempt, lengths, False) for lengths in LENGTHS])


def test_gradients_of_a_batch_stay(attempt):
    """The arrays that gradients_of returned are not changed."""
    expect_scenes(attempt, [watched(attempt, lengths, True) for lengths in LENGTHS])


def watched(attempt, lengths, stay):
    """Return a call in which the arrays of gradients_of are kept, with copies of them."""
    code = (
        f"{model(attempt, lengths)}seen, copies = [], []\n"
        "def watched(batch):\n"
        "    seen.append(gradients_of(batch))\n"
        "    copies.append([np.array(grad) for grad in seen[-1]])\n"
        "    return seen[-1]\n"
        "found = accumulate(watched, batches)"
    )
    same = "int(all(np.array_equal(a, b) for s, c in zip(seen, copies) for a, b in zip(s, c)))"
    once = "accumulate should call gradients_of once for each batch"
    two = "accumulate should return a list of two arrays, as gradients_of does"
    kept = {same: (1, "accumulate should not change the arrays that gradients_of returned")}
    asked = {"len(seen)": (len(lengths), once)}
    asked["int(isinstance(found, list)) * len(found)"] = (2, two)
    return Scene(code, claims=kept if stay else asked)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_nan_spreads(attempt):
    """A nan anywhere makes every array nan, as in PyTorch."""
    made = "g1, g2 = np.array([1.0, 2.0]), np.array([3.0, np.nan])\n"
    said = "Every entry of every array should be nan"
    claims = {"int(np.isnan(g1).all() and np.isnan(g2).all())": (1, said)}
    calls = (f"clip_grad_norm([{order}], 1.0)" for order in ("g1, g2", "g2, g1"))
    scenes = [Scene(made + call, claims=claims) for call in calls]
    expect_scenes(attempt, scenes)


@pytest.mark.stretch
def test_no_arrays(attempt):
    """Without arrays the norm is 0."""
    expect_scenes(attempt, [Scene("norm = clip_grad_norm([], float(np.pi))", "norm")])
