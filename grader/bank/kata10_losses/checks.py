"""The checks of kata10: each loss's number, then its gradients, beside torch.nn.functional.

The loss is always multiplied, so that the upstream gradient is not 1. Hinge stays away from its
kink: inputs are never whole numbers over the margin.
"""

import pytest

from grader.checks.scripts import expect_numbers, expect_raises, expect_same, numbers, play

UP = "loss = {} * 5.0\nloss.backward()"
DOWN = "loss = {} * -3.0\nloss.backward()"
THREE = "p.grad; q.grad; r.grad"


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
    """A score on the right side but closer than 1 still costs."""
    code = "s = p * 0.125\n" + UP.format("hinge([s], [1])")
    expect_same(play(attempt, code, "loss.data; p.grad", p=2))
    code = "s = p * -0.125\n" + UP.format("hinge([s, p], [-1, 1.0])")
    expect_same(play(attempt, code, "loss.data; p.grad", p=2))


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
    """At logits of 40 and of -40 loss and gradients are still exact."""
    for z, t in (("p * 8", 0.0), ("p * -8", 1.0), ("p * 8", 1.0), ("p * -8", 0.0)):
        code = f"z = {z}\n" + UP.format(f"bce_with_logits([z], [{t}])")
        expect_same(play(attempt, code, "loss.data; p.grad", p=5))


def test_cross_entropy(attempt):
    """cross_entropy is log(sum exp z) minus the logit of the target."""
    expect_loss(attempt, "cross_entropy([p, q], 1)", "p.grad; q.grad", p=2, q=-1.5)
    for target in (0, 1, 2):
        expect_loss(attempt, f"cross_entropy([p, q, r], {target})", THREE, p=2, q=-1.5, r=3)


def test_cross_entropy_where_the_target_is_far_behind(attempt):
    """A probability of 1e-17 has a loss of 40, and its logit the gradient -1."""
    code = "z = p * -8\n" + UP.format("cross_entropy([z, q], 0)")
    expect_same(play(attempt, code, "loss.data; p.grad; q.grad", p=5, q=1.5))


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


def test_any_batch(attempt):
    """Batches of 1 to 9 agree with torch.nn.functional."""
    for size in (1, 4, 9):
        zs = [round(3 * z + 0.0625, 4) for z in numbers(attempt, f"z {size}", size)]
        ts = [round(abs(t) / 2, 4) for t in numbers(attempt, f"t {size}", size)]
        ys = [1 if y > 0 else -1 for y in numbers(attempt, f"y {size}", size)]
        for call in (
            f"mse(zs, {ts})",
            f"hinge(zs, {ys})",
            f"bce_with_logits(zs, {ts})",
            f"cross_entropy(zs, {size // 2})",
        ):
            code = f"zs = [Value(z) for z in {zs}]\n" + UP.format(call)
            expect_same(play(attempt, code, "loss.data; [z.grad for z in zs]"))


@pytest.mark.stretch
def test_logits_of_a_thousand(attempt):
    """Logits of 1000 and -1000 give exact losses and gradients."""
    for z, t, loss, grad in ((1000, 1.0, 0, 0), (-1000, 1.0, 1000, -1), (1000, 0.0, 1000, 1)):
        code = f"z = Value({z}.0)\nloss = bce_with_logits([z], [{t}])\nloss.backward()"
        played = play(attempt, code, "loss.data; z.grad")
        expect_numbers(played, {"loss.data": loss, "z.grad": grad}, atol=1e-12)
    for target, loss, grad in ((0, 0, 0), (1, 2000, -1)):
        code = "a, b = Value(1000.0), Value(-1000.0)\n"
        code += f"loss = cross_entropy([a, b], {target})\nloss.backward()"
        played = play(attempt, code, "loss.data; b.grad")
        expect_numbers(played, {"loss.data": loss, "b.grad": grad}, atol=1e-12)


@pytest.mark.stretch
def test_empty_lists_are_refused(attempt):
    """A mean of nothing raises ValueError."""
    for call in ("mse([], [])", "hinge([], [])", "bce_with_logits([], [])", "cross_entropy([], 0)"):
        expect_raises(attempt, call, "ValueError", "An empty list should be refused")
