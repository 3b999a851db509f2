"""The checks of kata07: what the checker computes, and what it accepts and rejects.

The slopes are held against PyTorch's with a tolerance that any central difference meets by a
factor of 30 and any one-sided one misses by a factor of 10 at the points where that is asked. What
is to be accepted or rejected is at least ten times inside or outside the tolerances, however they
combine.
"""

import pytest

from grader.playing import expect_claims, expect_same, play

CENTRAL = 1e-7
F = "def f(xs):\n    return {}\n"


def expect_slopes(attempt, body, xs):
    """The numerical gradient is near PyTorch's."""
    code = F.format(body) + f"slopes = numerical_gradient(f, {xs})"
    expect_same(play(attempt, code, "slopes", rtol=CENTRAL))


def expect_verdicts(attempt, body, xs, right=(), wrong=(), more=""):
    """The checker accepts these gradients and rejects those."""
    call = f"bool(gradients_agree(f, {xs}, {{}}{more}))"
    claims = {call.format(grads): f"the gradient {grads} should be accepted" for grads in right}
    for grads in wrong:
        claims[f"not {call.format(grads)}"] = f"the gradient {grads} should be rejected"
    expect_claims(attempt, F.format(body), claims)


def test_slope_along_one_input(attempt):
    """The difference is divided by twice the step."""
    expect_slopes(attempt, "3 * xs[0]", [2.0])
    expect_slopes(attempt, "xs[0] ** 3", [3.0])


def test_each_input_is_moved_alone(attempt):
    """There is a slope for each input, with the others held still."""
    expect_slopes(attempt, "xs[0] ** 2 * xs[1]", [3.0, 2.0])
    expect_slopes(attempt, "xs[0] * xs[1] / xs[2]", [3.0, -2.0, 0.5])


def test_difference_is_central(attempt):
    """Both sides count: where the function bends, one side alone is not exact enough."""
    expect_slopes(attempt, "xs[0] ** 3", [0.02])
    expect_slopes(attempt, "1 / xs[0]", [0.05])
    expect_slopes(attempt, "xs[0] ** 4 * xs[1] ** 3", [0.1, 0.05])


def test_zero_and_negative_inputs(attempt):
    """Inputs of 0 and below are ordinary."""
    expect_slopes(attempt, "5 * xs[0] + xs[1] ** 3", [0.0, -2.0])
    expect_slopes(attempt, "xs[0] * xs[1]", [-3.0, 0.0])


def test_h_is_the_step(attempt):
    """A step of 1 is coarse, and shows that `h` is used."""
    near = "0.05 < abs(numerical_gradient(f, [1.0], {})[0] - 5) < 1100"
    sentence = "with h = 1 the slope of x ** 5 at 1 should be far from 5: is `h` used"
    claims = {near.format("1.0"): sentence, near.format("h=1.0"): sentence}
    expect_claims(attempt, F.format("xs[0] ** 5"), claims)


def test_inputs_are_left_alone(attempt):
    """`xs` is left as it was, and `f` always gets all of it."""
    code = F.format("sum(x * x for x in xs) / len(xs)") + "xs = [0.1, 0.3, -0.7]\n"
    code += "slopes = numerical_gradient(f, xs)\nverdict = gradients_agree(f, xs, slopes)"
    expect_claims(attempt, code, {"xs == [0.1, 0.3, -0.7]": "`xs` was changed"})
    expect_slopes(attempt, "sum(x * x for x in xs) / len(xs)", [0.5, 0.3, -0.7])


def test_right_is_accepted_and_wrong_rejected(attempt):
    """Right gradients are accepted; those off by a percent, by the sign or by an order are not."""
    right, wrong = [12.0, 9.0], [[12.0, 9.1], [12.2, 9.0], [-12.0, 9.0], [12.0, -9.0], [9.0, 12.0]]
    expect_verdicts(attempt, "xs[0] ** 2 * xs[1]", [3.0, 2.0], [right], [*wrong, [0.0, 0.0]])


def test_every_entry_counts(attempt):
    """One wrong entry among many is enough, wherever it stands and however small it is."""
    body, xs = "sum((k + 1) * x for k, x in enumerate(xs))", [0.5] * 5
    right = [1.0, 2.0, 3.0, 4.0, 5.0]
    wrong = [[*right[:k], right[k] * 1.02, *right[k + 1 :]] for k in range(5)]
    expect_verdicts(attempt, body, xs, [right], wrong)
    body = "1e5 * xs[0] + 0.25 * xs[1]"
    expect_verdicts(attempt, body, [0.5, 2.0], [[1e5, 0.25]], [[1e5, 0.375], [1e5, 0.0]])


def test_large_gradients_are_compared_relatively(attempt):
    """A gradient of a million may be off by rounding; off by a thousandth it is wrong."""
    expect_verdicts(attempt, "1e6 * xs[0] ** 2", [3.1], [[6.2e6]], [[6.206e6]])


def test_small_gradients_are_compared_too(attempt):
    """A gradient of 0.0002 is not 0, and not a tenth more."""
    expect_verdicts(attempt, "2e-4 * xs[0]", [3.0], [[2e-4]], [[0.0], [2.2e-4], [-2e-4]])


def test_gradients_of_zero(attempt):
    """0 agrees with 0, and a hundredth does not."""
    expect_verdicts(attempt, "7.0", [3.0, 2.0], [[0.0, 0.0]], [[0.0, 0.01], [0.01, 0.0]])
    expect_verdicts(attempt, "xs[0] ** 2", [0.0], [[0.0]], [[0.01]])


def test_tolerances_are_the_ones_given(attempt):
    """rtol and atol decide when they are given."""
    f, x = "5 * xs[0]", [3.0]
    expect_verdicts(attempt, f, x, [[5.05]], [[10.0]], more=", rtol=0.1")
    expect_verdicts(attempt, f, x, [[5.05]], [[10.0]], more=", 0.1")
    expect_verdicts(attempt, f, x, [[5.0]], [[5.01]], more=", rtol=1e-4")
    expect_verdicts(attempt, "7.0", x, [[0.001]], [[1.0]], more=", atol=0.05")
    expect_verdicts(attempt, "7.0", x, [[0.001]], [[1.0]], more=", 1e-5, 0.05")


def test_nan_and_infinity_never_agree(attempt):
    """NaN or infinity, among the gradients or from `f`, is rejected."""
    odd = ["[float('nan')]", "[float('inf')]", "[float('-inf')]"]
    claims = {
        f"not gradients_agree(f, [3.0], {grads})": f"the gradient {grads} should be rejected"
        for grads in odd
    }
    claims["not gradients_agree(f, [3.0], [float('nan')], 1e6, 1e6)"] = (
        "NaN should be rejected whatever the tolerance"
    )
    expect_claims(attempt, F.format("5 * xs[0]"), claims)
    for number in ("nan", "inf"):
        bad = F.format(f"float('{number}') if xs[0] > 0 else 1.0")
        sentence = f"a function that gives {number} has no gradient to agree with"
        claims = {
            f"not gradients_agree(f, [3.0], [{g}])": sentence
            for g in ("0.0", "5.0", "float('nan')", "float('inf')")
        }
        expect_claims(attempt, bad, claims)


def test_other_lengths_are_rejected(attempt):
    """A gradient with too few or too many entries is rejected."""
    code = F.format("2 * xs[0] + 3 * xs[1]")
    code += (
        "def accepted(grads):\n    try:\n"
        "        return bool(gradients_agree(f, [1.0, 1.0], grads))\n"
        "    except ValueError:\n        return False\n"
    )
    claims = {
        f"not accepted({grads})": f"{grads} should be rejected for two inputs"
        for grads in ([2.0], [2.0, 3.0, 0.0], [])
    }
    expect_claims(attempt, code, claims)


@pytest.mark.stretch
def test_inputs_of_any_size(attempt):
    """The step follows the input's size: 1e6 and 1e-6 are as good as 1."""
    for body, xs in (
        ("xs[0] ** 3", [1.3e6]),
        ("xs[0] ** 2 * xs[1]", [-3.7e6, 2e6]),
        ("1e6 * xs[0] ** 2", [1.3e-6]),
    ):
        code = F.format(body) + f"slopes = numerical_gradient(f, {xs})"
        expect_same(play(attempt, code, "slopes", rtol=1e-6))
    expect_verdicts(attempt, "xs[0] ** 2", [3.7e6], [[7.4e6]], [[7.41e6]])
    expect_verdicts(attempt, "1e6 * xs[0] ** 2", [1.3e-6], [[2.6]], [[2.61]])
