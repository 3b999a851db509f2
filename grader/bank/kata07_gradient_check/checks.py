"""The checks of kata07: what the checker computes, and what it accepts and rejects.

Slopes are held against PyTorch's. At CENTRAL every central difference passes by a factor of 15,
whether its step is h / 4 or 4 h, follows the size of x, or is one of several; a difference to one
side fails by 10 where that is asked. Verdicts are asked ten times inside or outside the tolerances,
however these are combined.
"""

import random

import pytest

from grader.checks.scripts import above, expect_claims, expect_same, numbers, play

ROUGH = 1e-5
CENTRAL = 1e-7
F = "f = lambda xs: {}\n"
VERDICT = "int(bool(verdict))"
ACCEPT = {VERDICT: (1, "this gradient is right and should be accepted.")}
REJECT = {VERDICT: (0, "this gradient is wrong and should be rejected.")}
ODD = {VERDICT: (0, "NaN and infinity should be rejected.")}


def expect_slopes(attempt, body, xs, rtol=ROUGH, more=""):
    """The numerical gradient is near PyTorch's."""
    code = F.format(body) + f"slopes = numerical_gradient(f, {xs}{more})"
    expect_same(play(attempt, code, "slopes", rtol=rtol))


def expect_verdicts(attempt, body, xs, right=(), wrong=(), more=""):
    """The checker accepts these gradients and rejects those, asked in no order."""
    code = F.format(body) + f"verdict = gradients_agree(f, {xs}, {{}}{more})"
    asked = [(grads, ACCEPT) for grads in right] + [(grads, REJECT) for grads in wrong]
    random.Random(code).shuffle(asked)
    for grads, claim in asked:
        expect_claims(attempt, code.format(grads), claim)


def test_slope_along_one_input(attempt):
    """The slope is a difference of `f`, divided by the whole way from x - h to x + h."""
    expect_slopes(attempt, "3 * xs[0]", [2.0])
    expect_slopes(attempt, "xs[0] ** 3", [3.0])


def test_each_input_is_moved_alone(attempt):
    """There is a slope for each input, with the others held still."""
    expect_slopes(attempt, "xs[0] ** 2 * xs[1]", [3.0, 2.0])
    expect_slopes(attempt, "xs[0] * xs[1] / xs[2]", [3.0, -2.0, 0.5])


def test_zero_and_negative_inputs(attempt):
    """Inputs of 0 and below are ordinary."""
    expect_slopes(attempt, "5 * xs[0] + xs[1] ** 3", [0.0, -2.0])
    expect_slopes(attempt, "xs[0] * xs[1]", [-3.0, 0.0])


def test_h_is_the_step(attempt):
    """The inputs that `f` is asked about are about `h` away, and the division is by that `h`."""
    code = "asked = []\ndef f(xs):\n    asked.append(xs[0])\n    return 3 * xs[0]\n"
    way = "max((abs(x - 1) for x in asked), default=0)"
    for more, nearest, furthest in (
        (", h=0.5", 0.1, 8),
        (", 0.5", 0.1, 8),
        (", h=0.01", 2e-3, 0.2),
    ):
        claims = {
            above(way, nearest): ([1], "`f` was only asked much nearer to 1 than h: is `h` used?"),
            above(way, furthest): ([0], "`f` was asked much further from 1 than h."),
        }
        expect_claims(attempt, code + f"numerical_gradient(f, [1.0]{more})", claims)
    expect_slopes(attempt, "xs[0] * xs[1]", [3.0, -2.0], more=", h=0.5")


def test_difference_is_central(attempt):
    """Both sides count: where the function bends, one side alone is not exact enough."""
    expect_slopes(attempt, "xs[0] ** 2", [1.0], CENTRAL, ", h=0.001")
    expect_slopes(attempt, "xs[0] ** 3", [0.02], CENTRAL)
    expect_slopes(attempt, "1 / xs[0]", [0.05], CENTRAL)
    expect_slopes(attempt, "xs[0] ** 4 * xs[1] ** 3", [0.1, 0.05], CENTRAL)
    expect_verdicts(attempt, "-1 / xs[0]", [0.005], [[40000.0]])


def test_inputs_are_left_alone(attempt):
    """`xs` is left as it was, and `f` always gets all of it."""
    code = F.format("sum(x * x for x in xs) / len(xs)") + "xs = [0.1, 0.3, -0.7]\n{}"
    # The last digit counts, which a comparison of behaviours would take for rounding.
    drift = "sum(x != y for x, y in zip(xs, [0.1, 0.3, -0.7]))"
    claims = {"xs": ([0.1, 0.3, -0.7], "`xs` was changed."), drift: (0, "`xs` was changed.")}
    expect_claims(attempt, code.format("numerical_gradient(f, xs)"), claims)
    expect_claims(attempt, code.format("gradients_agree(f, xs, [0.0, 0.2, 0.4])"), claims)
    expect_slopes(attempt, "sum(x * x for x in xs) / len(xs)", [0.5, 0.3, -0.7])


def test_calls_know_nothing_of_each_other(attempt):
    """Each call is about its own function and inputs, whatever was asked before."""
    code = F.format("xs[0] * xs[1]") + (
        "g = lambda xs: xs[0] / xs[1]\n"
        "first = numerical_gradient(f, [3.0, 2.0])\n"
        "second = numerical_gradient(g, [3.0, 2.0])\n"
        "third = numerical_gradient(f, [5.0, 4.0])"
    )
    expect_same(play(attempt, code, "first; second; third", rtol=ROUGH))


def test_right_is_accepted_and_wrong_rejected(attempt):
    """Right gradients are accepted; those off by a percent, by the sign or by an order are not."""
    body = "xs[0] ** 2 * xs[1]"
    wrong = [[12.0, 9.1], [12.2, 9.0], [-12.0, 9.0], [12.0, -9.0], [9.0, 12.0], [0.0, 0.0]]
    expect_verdicts(attempt, body, [3.0, 2.0], [[12.0, 9.0]], wrong)
    wrong = [[-12.2, 9.0], [-11.8, 9.0], [12.0, 9.0], [-12.0, 8.9]]
    expect_verdicts(attempt, body, [3.0, -2.0], [[-12.0, 9.0]], wrong)


def test_every_entry_counts(attempt):
    """One wrong entry among many is enough, wherever it stands and however small it is."""
    body, xs = "sum((k + 1) * x for k, x in enumerate(xs))", [0.5] * 5
    right = [1.0, 2.0, 3.0, 4.0, 5.0]
    wrong = [[*right[:k], right[k] + 0.25, *right[k + 1 :]] for k in range(5)]
    expect_verdicts(attempt, body, xs, [right], wrong)
    body, xs = "1e5 * xs[0] + 0.25 * xs[1]", [0.0, 2.0]
    expect_verdicts(attempt, body, xs, [[1e5, 0.25]], [[1e5, 0.375], [1e5, 0.0]])


def test_large_gradients_are_compared_relatively(attempt):
    """A gradient of a million may be off by rounding; off by a thousandth it is wrong."""
    expect_verdicts(attempt, "1e6 * xs[0] ** 2", [3.1], [[6.2e6]], [[6.206e6]])


def test_small_gradients_are_compared_too(attempt):
    """A gradient of 0.0002 is not 0 and not a tenth more, and 0.000002 is not 0 either."""
    expect_verdicts(attempt, "2e-4 * xs[0]", [3.0], [[2e-4]], [[0.0], [2.2e-4], [-2e-4]])
    expect_verdicts(attempt, "2e-6 * xs[0]", [3.0], [[2e-6]], [[0.0], [4e-6]])


def test_gradients_of_zero(attempt):
    """0 agrees with 0 and with what rounding leaves of it; a hundredth does not."""
    expect_verdicts(attempt, "7.0", [3.0, 2.0], [[0.0, 0.0]], [[0.0, 0.01], [0.01, 0.0]])
    expect_verdicts(attempt, "xs[0] ** 2", [0.0], [[0.0]], [[0.01]])
    expect_verdicts(attempt, "xs[0] ** 2 - 2 * xs[0]", [1.0], [[0.0]], [[0.01], [-0.01]])
    expect_verdicts(attempt, "xs[0] ** 3 - 3 * xs[0]", [-1.0], [[0.0]], [[0.01], [-0.01]])


def test_tolerances_are_the_ones_given(attempt):
    """rtol and atol decide when they are given, wider or narrower than the usual ones."""
    f, x = "5 * xs[0]", [3.0]
    expect_verdicts(attempt, f, x, [[5.004], [4.996]], [[10.0], [2.5]], ", rtol=0.01")
    expect_verdicts(attempt, f, x, [[5.004]], [[10.0]], ", 0.01")
    expect_verdicts(attempt, f, x, [[5.0]], [[5.00001], [4.99999]], ", rtol=1e-7")
    expect_verdicts(attempt, "7.0", x, [[0.001], [-0.001]], [[1.0], [-1.0]], ", atol=0.05")
    expect_verdicts(attempt, "7.0", x, [[0.001]], [[1.0]], ", 1e-5, 0.05")
    expect_verdicts(attempt, "7.0", x, [[0.0]], [[1e-8]], ", atol=1e-10")


def test_nan_and_infinity_never_agree(attempt):
    """NaN or infinity, among the gradients or from `f`, is rejected."""
    names = "nan, inf = float('nan'), float('inf')\n"
    code = names + F.format("5 * xs[0]") + "verdict = gradients_agree(f, [3.0], {})"
    for grads in ("[nan]", "[inf]", "[5.0]", "[-inf]", "[nan], 1e6, 1e6"):
        expect_claims(attempt, code.format(grads), ACCEPT if "5" in grads else ODD)
    code = names + F.format("5 * xs[0] - xs[1]") + "verdict = gradients_agree(f, [3.0, 2.0], {})"
    for grads in ("[5.0, nan]", "[nan, -1.0]", "[5.0, -inf]", "[inf, -1.0]"):
        expect_claims(attempt, code.format(grads), ODD)


def test_nan_and_infinity_from_f_never_agree(attempt):
    """Where `f` gives NaN or infinity, on both sides or on one, no gradient agrees."""
    names = "nan, inf = float('nan'), float('inf')\n"
    claim = {VERDICT: (0, "`f` has no finite slope here, so nothing agrees with it.")}
    for body in ("nan", "inf", "nan if xs[0] > 3 else 1.0", "inf if xs[0] > 3 else 1.0"):
        code = names + F.format(body) + "verdict = gradients_agree(f, [3.0], [{}])"
        for grad in ("0.0", "5.0", "nan", "inf"):
            expect_claims(attempt, code.format(grad), claim)
    for body in (
        "5 * xs[0] + (nan if xs[1] > 2 else 1.0)",
        "5 * xs[0] - (inf if xs[1] > 2 else 1)",
    ):
        code = names + F.format(body) + "verdict = gradients_agree(f, [3.0, 2.0], [5.0, 0.0])"
        expect_claims(attempt, code, claim)


def test_other_lengths_are_rejected(attempt):
    """A gradient with too few or too many entries is rejected."""
    code = F.format("2 * xs[0] + 3 * xs[1]") + (
        "try:\n    verdict = gradients_agree(f, [1.0, 1.0], {})\n"
        "except ValueError:\n    verdict = False"
    )
    expect_claims(attempt, code.format([2.0, 3.0]), ACCEPT)
    for grads in ([2.0], [2.0, 3.0, 0.0], []):
        claim = {VERDICT: (0, f"{grads} should be rejected for two inputs.")}
        expect_claims(attempt, code.format(grads), claim)


def test_any_function(attempt):
    """Slopes and verdicts are right at inputs that are drawn, for one input and for six."""
    product = "xs[0] * xs[1] ** 2 / xs[2] * xs[3] ** 3 / xs[4] ** 2 * xs[5]"
    for body, count in (("xs[0] ** 3", 1), ("xs[0] ** 2 * xs[1] ** 3 / xs[2]", 3), (product, 6)):
        expect_slopes(attempt, body, numbers(attempt, body, count), CENTRAL)
    (a, b, c), xs = numbers(attempt, "factors", 3), numbers(attempt, "inputs", 3)
    right = [2 * factor * x for factor, x in zip((a, b, c), xs, strict=True)]
    wrong = [[*right[:k], right[k] * by, *right[k + 1 :]] for k in range(3) for by in (0.99, 1.01)]
    body = f"{a} * xs[0] ** 2 + {b} * xs[1] ** 2 + {c} * xs[2] ** 2"
    expect_verdicts(attempt, body, xs, [right], wrong)


@pytest.mark.stretch
def test_inputs_of_any_size(attempt):
    """The step follows the input's size: 1e6 and 1e-6 are as good as 1."""
    expect_slopes(attempt, "xs[0] ** 3", [1.3e6], CENTRAL)
    expect_slopes(attempt, "xs[0] ** 2 * xs[1]", [-3.7e6, 2e6], CENTRAL)
    expect_slopes(attempt, "xs[0] * xs[1] + xs[0] ** 2", [2.3e6, -1.7e6], CENTRAL)
    expect_slopes(attempt, "1e6 * xs[0] ** 2", [1.3e-6], CENTRAL)
    expect_verdicts(attempt, "xs[0] ** 2", [3.7e6], [[7.4e6]], [[7.41e6]])
    expect_verdicts(attempt, "1e6 * xs[0] ** 2", [1.3e-6], [[2.6]], [[2.61]])
