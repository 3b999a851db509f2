"""The checks of kata10: each loss's number, then its gradients, beside torch.nn.functional.

The loss is always multiplied, so that the upstream gradient is not 1. Hinge stays away from its
kink, but for one check. Numbers whose size is the point are written out: no seed varies them.
"""

import pytest

from grader.checks import losses
from grader.checks.losses import Loss, drawn
from grader.checks.scripts import expect_claims, expect_raises, expect_same, expect_scenes, play
from grader.checks.statement import expect_example

UP = "loss = {} * 5.0\nloss.backward()"
DOWN = "loss = {} * -3.0\nloss.backward()"
THREE = "p.grad; q.grad; r.grad"
NAMES = ("mse", "hinge", "bce_with_logits", "cross_entropy")


def of_each(attempt, scenes, sizes=(1, 2, 3)):
    """Play the scenes of each loss, with as many Values."""
    drawn_ones = [drawn(attempt, name, size) for name in NAMES for size in sizes]
    expect_scenes(attempt, [scene for loss in drawn_ones for scene in scenes(loss)])


def expect_loss(attempt, call, reads, **inputs):
    """The loss has the right number, and the right gradients for either sign of the upstream."""
    expect_same(play(attempt, f"loss = {call}", "loss.data", **inputs))
    expect_same(play(attempt, UP.format(call), reads, **inputs))
    expect_same(play(attempt, DOWN.format(call), reads, **inputs))


def test_mse(attempt):
    """mse is the mean of the squared errors."""
    expect_loss(attempt, "mse([p], [0.5])", "p.grad", p=2)
    expect_loss(attempt, "mse([p, q, r], [0.5, -1.0, 4.0])", THREE, p=2, q=-3, r=5)


def test_hinge(attempt):
    """hinge is the mean of max(0, 1 - y s): 0 beyond the margin, linear before it."""
    expect_loss(attempt, "hinge([p], [-1])", "p.grad", p=2)
    expect_loss(attempt, "hinge([p], [1])", "p.grad", p=-2)
    expect_loss(attempt, "hinge([p], [1])", "p.grad", p=2)
    expect_loss(attempt, "hinge([p, q, r], [1, 1, -1])", THREE, p=2, q=-3, r=5)


def test_hinge_has_a_margin_of_one(attempt):
    """A score on the right side but closer than 1 still costs; one of exactly 1 costs nothing."""
    near = [Loss("hinge", [z], [y]) for z, y in ((0.25, 1), (-0.75, -1), (0.9375, 1.0), (1.5, 1))]
    near.append(Loss("hinge", [-0.25, 1.5, 1.0625], [-1, 1.0, 1]))
    expect_scenes(attempt, [scene for loss in near for scene in losses.answers(loss)])
    for score, label in ((1.0, 1), (-1.0, -1)):
        code = f"p = Value({score})\n" + UP.format(f"hinge([p], [{label}])")
        either = "a score of exactly 1 costs 0, and its gradient is that of one of the two sides"
        sides = f"min(abs(p.grad), abs(p.grad + {5.0 * label}))"
        expect_claims(attempt, code, {"loss.data": (0, either), sides: (0, either)})


def test_bce_with_logits(attempt):
    """bce_with_logits is the mean of -t log s(z) - (1 - t) log(1 - s(z))."""
    expect_loss(attempt, "bce_with_logits([p], [1.0])", "p.grad", p=2)
    expect_loss(attempt, "bce_with_logits([p], [0.0])", "p.grad", p=2)
    expect_loss(attempt, "bce_with_logits([p, q, r], [1.0, 0.0, 1])", THREE, p=2, q=-3, r=-1.5)


def test_bce_takes_soft_targets(attempt):
    """A target may lie between 0 and 1."""
    call = "bce_with_logits([p, q, r], [0.25, 0.75, 0.5])"
    expect_loss(attempt, call, THREE, p=2, q=-3, r=-1.5)


def test_bce_is_right_far_out(attempt):
    """For logits from -1000 to 1000 loss and gradients are exact: no power overflows."""
    expect_scenes(attempt, losses.far_out("bce_with_logits"))


def test_cross_entropy(attempt):
    """cross_entropy is log(sum exp z) minus the logit of the target."""
    expect_loss(attempt, "cross_entropy([p, q], 1)", "p.grad; q.grad", p=2, q=-1.5)
    for target in (0, 1, 2):
        expect_loss(attempt, f"cross_entropy([p, q, r], {target})", THREE, p=2, q=-1.5, r=3)


def test_cross_entropy_is_right_far_out(attempt):
    """For logits from -1000 to 1000, also all of them, loss and gradients are exact."""
    expect_scenes(attempt, losses.far_out("cross_entropy"))


def test_equal_logits(attempt):
    """Equal logits share the probability, also when they are one and the same Value."""
    expect_loss(attempt, "cross_entropy([p, q, r], 1)", THREE, p=2, q=2, r=2)
    expect_loss(attempt, "cross_entropy([p, q, p], 2)", "p.grad; q.grad", p=2, q=-1.5)


def test_inputs_may_be_results(attempt):
    """Predictions and logits can be results of other operations; gradients go on through them."""
    for call in (
        "mse([a, b, c], [0.5, -1.0, 4.0])",
        "hinge([a, b, c], [1, -1, -1])",
        "bce_with_logits([a, b, c], [0.0, 1.0, 0.25])",
        "cross_entropy([a, b, c], 1)",
    ):
        code = "a, b, c = p * 0.7, p * q * 0.1, q * -0.3\n" + UP.format(call)
        expect_same(play(attempt, code, "loss.data; p.grad; q.grad", p=2, q=-3))


def test_one_value_in_several_places(attempt):
    """One Value may stand in a list several times, and several Values may hold one number."""
    of_each(attempt, losses.repeated_places, (2, 3))


def test_whole_numbers(attempt):
    """Ints are as good as floats, in the Values and in what they are compared with."""
    of_each(attempt, losses.whole_numbers)


def test_calls_know_nothing_of_each_other(attempt):
    """A second call gives the same again, and gradients of several losses add up."""
    pairs = [
        (drawn(attempt, one, 2), drawn(attempt, two, 3))
        for one in NAMES
        for two in (one, "mse" if one != "mse" else "hinge")
    ]
    expect_scenes(attempt, [scene for pair in pairs for scene in losses.repeated_calls(*pair)])


def test_every_call_computes_anew(attempt):
    """After Values or targets have changed, loss and gradients are those of the new ones."""
    of_each(attempt, losses.changed_meanwhile, (1, 3))


def test_a_call_changes_nothing(attempt):
    """A loss leaves its lists, every number and every gradient as they are."""
    of_each(attempt, losses.untouched, (1, 3))


def test_any_batch(attempt):
    """Batches of 1 to 40 agree with torch.nn.functional."""
    of_each(attempt, losses.answers, losses.SIZES)


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_empty_lists_are_refused(attempt):
    """A mean of nothing raises ValueError."""
    for call in ("mse([], [])", "hinge([], [])", "bce_with_logits([], [])", "cross_entropy([], 0)"):
        expect_raises(attempt, call, "ValueError", "An empty list should be refused")
