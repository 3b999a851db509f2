"""The checks of kata07: what the checker computes, and what it accepts and rejects.

Slopes are held against PyTorch's, as ratios: at CENTRAL every central difference passes by a factor
of 15, whether its step is h / 4 or 4 h, follows the size of x, or is one of several; a difference
to one side fails by 10 where that is asked. Calls are made many in a request, and the first that
is wrong is the counterexample. What is accepted is at most 0.6 of the tolerance off, what is
rejected at least twice it, however rtol and atol are combined.
"""

import random

import pytest

from grader.checks.scripts import above, expect_claims, expect_same, numbers, play
from grader.checks.statement import expect_example
from grader.truth.script import script

ROUGH, CENTRAL = 4, 6  # places of a ratio
MOST = 40  # calls in a request
F = "f = lambda xs: {}\n"
VERDICT = "int(bool(verdict))"
ACCEPT = {VERDICT: (1, "this gradient is right and should be accepted.")}
REJECT = {VERDICT: (0, "this gradient is wrong and should be rejected.")}
ODD = {VERDICT: (0, "NaN and infinity should be rejected.")}
NO_SLOPE = {VERDICT: (0, "`f` has no finite slope here, so nothing agrees with it.")}
LENGTH = {VERDICT: (0, "a list of another length should be rejected, with False.")}
NAMES = "nan, inf = float('nan'), float('inf')\n"
ASKED = """
def asked(*arguments, **more):
    try:
        return int(bool(gradients_agree(*arguments, **more)))
    except Exception as error:
        return type(error).__name__
"""
RATIOS = """
def ratios(right, *arguments, **more):
    try:
        found = numerical_gradient(*arguments, **more)
        return [round(x / r if r else x, {}) for x, r in zip(found, right, strict=True)]
    except Exception as error:
        return type(error).__name__
"""
ONE = {
    "3 * xs[0]": ([2.0], [0.0], [-1.5], [3], [0.001], [12.0]),
    "xs[0] ** 2": ([3.0], [0.5], [-1.5], [-3], [0.001], [12.0]),
    "-2 * xs[0] ** 3": ([2.0], [-1.5], [3], [12.0]),
    "1 / xs[0]": ([0.5], [-2.0], [4], [12.0]),
}
TWO = {
    "2 * xs[0] - 3 * xs[1]": ([1.0, 2.0], [2.0, 2.0], [0.0, 0.0], [3, -2], [-0.5, 12.0]),
    "xs[0] ** 2 * xs[1]": ([3.0, 2.0], [2.0, 2.0], [3.0, -2.0], [-3, 2], [2 / 3, -1 / 7]),
    "xs[0] * xs[1]": ([3.0, -2.0], [-3.0, 0.0], [0.0, 2.0], [0.001, 2.0], [1, 1]),
    "xs[0] / xs[1]": ([3.0, 2.0], [2.0, 2.0], [-3.0, 0.5], [0.0, 4.0]),
    "5 * xs[0] + xs[1] ** 3": ([0.0, -2.0], [2.0, 2.0], [-1.0, 3]),
}
THREE = {
    "xs[0] * xs[1] / xs[2]": ([3.0, -2.0, 0.5], [2.0, 2.0, 2.0], [1, 12, 4]),
    "xs[1] + 0 * xs[0] - 5 * xs[2]": ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
    "sum(xs + [1.0])": ([2.0, 3.0, 0.0],),
    "sum(x * x for x in xs) / len(xs)": ([0.1, 0.3, -0.7],),
}
FEW = [(body, xs) for table in (ONE, TWO, THREE) for body, points in table.items() for xs in points]
DOZEN = ("sum((k % 5 - 5) * x for k, x in enumerate(xs))", [0.5, -0.25] * 6)
FORTY = ("sum(xs) - 3 * xs[7] * xs[30]", [0.5, -0.25, 1, -2.0] * 10)
STILL = [
    ("7.0", [3.0]),
    ("7.0", [3.0, 2.0]),
    ("xs[0] ** 2", [0.0]),
    ("xs[0] ** 2 - 2 * xs[0]", [1.0]),
]
MANY = [DOZEN, FORTY]
WHEN = (" if xs[0] > 3 else 1.0", " if xs[0] < 3 else 1.0")


def slopes_of(attempt, cases):
    """Return the right gradient of each of these functions at its point, as PyTorch confirms it."""
    calls = ", ".join(f"numerical_gradient(lambda xs: {body}, {xs})" for body, xs in cases)
    made = script(f"slopes = [{calls}]", "slopes", {}, attempt.seed, 10.0**-ROUGH)
    right = attempt.oracle.read(made)["slopes"]["reference"]
    return [[round(float(f"{x:.8g}"), 9) for x in slopes] for slopes in right]


def expect_slopes(attempt, cases, more="", places=ROUGH):
    """Every numerical gradient is near PyTorch's; cases are of a function's body and a point."""
    right = slopes_of(attempt, cases)
    calls = [
        f"ratios({slopes}, lambda xs: {body}, {xs}{more}),\n"
        for (body, xs), slopes in zip(cases, right, strict=True)
    ]
    code = f"{RATIOS.format(places)}found = [\n{''.join(calls)}]"
    played = play(attempt, code, "found")
    if played["found"] == [[float(r != 0) for r in slopes] for slopes in right]:
        attempt.tried += len(cases)
        return
    for body, xs in cases:  # the first that is wrong on its own is shown
        code = F.format(body) + f"slopes = numerical_gradient(f, {xs}{more})"
        expect_same(play(attempt, code, "slopes", rtol=10.0**-places / 2))
    played.fail("each of these calls is right on its own, and one is wrong after the others.")


def expect_verdicts(attempt, asked):
    """Each call has the verdict that is claimed; they are made in no order, many in a request.

    What is asked: a function's body, a point, gradients and further arguments, and the claim.
    """
    asked = list(asked)
    random.Random(str(asked)).shuffle(asked)
    for begin in range(0, len(asked), MOST):
        _expect_verdicts(attempt, asked[begin : begin + MOST])


def _expect_verdicts(attempt, asked):
    names = {body: f"f{k}" for k, body in enumerate(dict.fromkeys(body for body, *_ in asked))}
    functions = [f"{name} = lambda xs: {body}\n" for body, name in names.items()]
    calls = [f"asked({names[body]}, {xs}, {grads}),\n" for body, xs, grads, _ in asked]
    code = f"{NAMES}{ASKED}{''.join(functions)}verdicts = [\n{''.join(calls)}]"
    played = play(attempt, code, "verdicts")
    expected = [claim[VERDICT][0] for *_, claim in asked]
    if played["verdicts"] == expected:
        attempt.tried += len(asked)
        return
    for (body, xs, grads, claim), got in zip(asked, played["verdicts"], strict=True):
        if got != claim[VERDICT][0]:
            names = NAMES if "nan" in grads + body or "inf" in grads + body else ""
            code = f"{names}{F.format(body)}verdict = gradients_agree(f, {xs}, {grads})"
            expect_claims(attempt, code, claim)
    played.fail("each of these calls is right on its own, and one is wrong after the others.")


def with_one(right, k, text):
    """Return gradients as text, with another entry at one place."""
    return f"[{', '.join([*map(repr, right[:k]), str(text), *map(repr, right[k + 1 :])])}]"


def within(right, rtol=1e-5, atol=1e-7, more=""):
    """Yield gradients, of which one entry is off by 0.6 of what is allowed, and the claim."""
    for k, r in enumerate(right):
        room = 0.6 * (rtol * abs(r) if r else atol)
        for by in (-room, room):
            yield with_one(right, k, r + by) + more, ACCEPT


def beyond(right, rtol=1e-5, atol=1e-7, more=""):
    """Yield gradients, of which one entry is off by a little more than any sum allows."""
    for k, r in enumerate(right):
        for by in (-1, 1):
            yield with_one(right, k, r + by * (2.5 * rtol * abs(r) + 1.5 * atol)) + more, REJECT


def wrong_ones(right):
    """Yield gradients, of which one entry is wrong as people make them wrong, and the claim."""
    for k, r in enumerate(right):
        for other in {-r, 2 * r, r / 2, 1.01 * r, 0.99 * r, 0.0} - {r}:
            yield with_one(right, k, other), REJECT
        for other in ("nan", "inf", "-inf"):
            yield with_one(right, k, other), ODD


def each(attempt, cases, *kinds, **more):
    """Yield what to ask: for each function and point the gradients of these kinds."""
    for (body, xs), right in zip(cases, slopes_of(attempt, cases), strict=True):
        for kind in kinds:
            yield from ((body, xs, grads, claim) for grads, claim in kind(right, **more))


def test_slope_along_one_input(attempt):
    """The slope is a difference of `f`, divided by the whole way from x - h to x + h."""
    expect_slopes(attempt, [("3 * xs[0]", [2.0]), ("xs[0] ** 3", [3.0])])
    expect_slopes(attempt, [(body, xs) for body, xs in FEW if len(xs) == 1])


def test_each_input_is_moved_alone(attempt):
    """There is a slope for each input, with the others held still."""
    expect_slopes(attempt, [(b, xs) for b, xs in FEW if 0.0 not in xs and len(xs) > 1])


def test_zero_and_negative_inputs(attempt):
    """Inputs of 0 and below are ordinary."""
    expect_slopes(attempt, [(body, xs) for body, xs in FEW if min(xs) <= 0])


def test_many_inputs(attempt):
    """Twelve inputs and forty have a slope each."""
    expect_slopes(attempt, MANY)


def test_lists_go_in_and_out(attempt):
    """What comes back is a list, and what `f` is given is one; without inputs it is `[]`."""
    code = F.format("sum(xs + [1.0])") + "slopes = numerical_gradient(f, {})"
    for xs in ([2.0], [2.0, 3.0, 0.0]):
        claims = {"int(type(slopes) is list)": (1, "a list of slopes should be returned.")}
        expect_claims(attempt, code.format(xs), claims)
    claims = {"slopes": ([], "without inputs there are no slopes: [] should be returned.")}
    expect_claims(attempt, F.format("7.0") + "slopes = numerical_gradient(f, [])", claims)
    given = "given = []\ndef f(xs):\n    given.append(type(xs) is list)\n    return sum(xs)\n"
    claims = {"int(all(given))": (1, "`f` was called with something that is not a list.")}
    expect_claims(attempt, given + "numerical_gradient(f, [2.0, 3.0])", claims)
    expect_claims(attempt, given + "gradients_agree(f, [2.0, 3.0], [1.0, 1.0])", claims)


def test_h_is_the_step(attempt):
    """`f` is asked about inputs that are `h` away, and the division is by that `h`."""
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
    expect_slopes(attempt, [("xs[0] * xs[1]", [3.0, -2.0])], ", h=0.5")
    for h in (0.5, 0.1):
        expect_step(attempt, h)


def expect_step(attempt, h):
    """At 0 the cube is h ** 2 off, which only a formula of higher order may better."""
    code = F.format("xs[0] ** 3") + f"slope = numerical_gradient(f, [0.0], h={h})[0]"
    played = play(attempt, code, "round(slope, 9)")
    if played["round(slope, 9)"] not in (round(h * h, 9), 0):
        played.fail(f"with a step of h it is h ** 2 = {h * h:.6g}. Is the step {h}?")


def test_difference_is_central(attempt):
    """Both sides count: where the function bends, one side alone is not exact enough."""
    expect_slopes(attempt, [("xs[0] ** 2", [1.0])], ", h=0.001", CENTRAL)
    cases = [("xs[0] ** 3", [0.02]), ("1 / xs[0]", [0.05])]
    expect_slopes(attempt, [*cases, ("xs[0] ** 4 * xs[1] ** 3", [0.1, 0.05])], places=CENTRAL)
    bends = ("xs[0] + 1000 * xs[0] ** 2", "xs[0] + 1000 * (xs[0] - 1) ** 2")
    asked = [(body, [x], "[1.0]", ACCEPT) for x, body in enumerate(bends)]
    expect_verdicts(attempt, [("-1 / xs[0]", [0.005], "[40000.0]", ACCEPT), *asked])


def test_arguments_are_left_alone(attempt):
    """`xs` and `grads` are left as they were, the same numbers in the same places."""
    for xs in ([], [0.5], [0.1, 0.3, -0.7], [3, 0, -2], [0.1, 0.3, -0.7, 1e-9] * 3):
        expect_left_alone(attempt, xs, "numerical_gradient(f, xs)")
        for grads in ("[0] * len(xs)", "[2.0 * x for x in xs]", "[1.0]"):
            expect_left_alone(attempt, xs, "gradients_agree(f, xs, grads)", grads)


def expect_left_alone(attempt, xs, call, grads="[]"):
    """Neither argument has other entries, or more of them or fewer, after a call."""
    code = F.format("sum(x * x for x in xs)") + f"xs = {xs}\ngrads = {grads}\n"
    code += f"before, given = list(xs), list(grads)\n{call}"
    # The last digit counts, which a comparison of behaviours would take for rounding.
    kept = "[int(x is not y) for x, y in zip({0}, {1})] + [len({0}) - len({1})]"
    claims = {
        "sum(map(abs, " + kept.format("xs", "before") + "))": (0, "`xs` was changed."),
        "sum(map(abs, " + kept.format("grads", "given") + "))": (0, "`grads` was changed."),
    }
    expect_claims(attempt, code, claims)


def test_inputs_are_left_alone_if_f_raises(attempt):
    """`xs` is left as it was even if `f` raises, whichever call of `f` it is."""
    for call in ("numerical_gradient(f, xs)", "gradients_agree(f, xs, [3.0, 2.0])"):
        for last in range(4):
            code = (
                "calls = []\ndef f(xs):\n    calls.append(xs)\n"
                f"    if len(calls) > {last}:\n        raise ArithmeticError\n"
                "    return xs[0] * xs[1]\n"
                f"xs = [2.0, 3.0]\ntry:\n    {call}\nexcept ArithmeticError:\n    pass"
            )
            claim = ([2.0, 3.0], "`xs` was changed: it should be put back even if `f` raises.")
            expect_claims(attempt, code, {"xs": claim})


def test_calls_know_nothing_of_each_other(attempt):
    """Each call is about its own function and inputs, whatever was asked before."""
    code = F.format("xs[0] * xs[1]") + (
        "g = lambda xs: xs[0] / xs[1]\n"
        "first = numerical_gradient(f, [3.0, 2.0])\n"
        "second = numerical_gradient(g, [3.0, 2.0])\n"
        "first[0] = 99.0\n"
        "third = numerical_gradient(f, [5.0, 4.0])\n"
        "fourth = numerical_gradient(f, [3.0, 2.0])"
    )
    reads = ("first", "second", "third", "fourth")
    rough = [f"[round(x, 4) for x in {name}]" for name in reads]
    expect_same(play(attempt, code, "; ".join(rough)))
    code = (
        "make = lambda k: lambda xs: k * xs[0]\n"
        "xs, grads, slopes, verdicts = [3.0], [2.0], [], []\n"
        "for k in range(1, 4):\n"
        "    slopes.append(round(numerical_gradient(make(k), xs)[0], 4))\n"
        "    verdicts.append(int(bool(gradients_agree(make(k), xs, grads))))\n"
        "    xs[0] += 1.0\n"
        "grads[0] = 3.0\nverdicts.append(int(bool(gradients_agree(make(3), xs, grads))))\n"
        "verdicts.append(int(bool(gradients_agree(make(3), xs, grads))))"
    )
    kept = "something is kept from one call to the next."
    expect_claims(attempt, code, {"slopes": ([1, 2, 3], kept), "verdicts": ([0, 1, 0, 1, 1], kept)})
    code = F.format("xs[0] ** 2") + (
        "verdicts, xs = [], [1.0]\n"
        "for x in (1.0, 2.0, 1.0):\n"
        "    xs[0] = x\n"
        "    verdicts.append(int(bool(gradients_agree(f, xs, [2.0]))))"
    )
    expect_claims(attempt, code, {"verdicts": ([1, 0, 1], kept)})


def test_right_is_accepted_and_wrong_rejected(attempt):
    """Right gradients are accepted; those off by a percent, by the sign or by an order are not."""
    body = "xs[0] ** 2 * xs[1]"
    wrong = [[12.0, 9.1], [12.2, 9.0], [-12.0, 9.0], [12.0, -9.0], [9.0, 12.0], [0.0, 0.0]]
    asked = [(body, [3.0, 2.0], str(grads), REJECT) for grads in wrong]
    expect_verdicts(attempt, [*asked, (body, [3.0, 2.0], "[12.0, 9.0]", ACCEPT)])
    expect_verdicts(attempt, each(attempt, FEW, lambda right: [(str(right), ACCEPT)]))


def test_every_entry_counts(attempt):
    """One wrong entry is enough, wherever it stands, however small it is, and among many."""
    expect_verdicts(attempt, each(attempt, FEW, wrong_ones))
    body, xs = "1e5 * xs[0] + 0.25 * xs[1]", [0.0, 2.0]
    asked = [(body, xs, f"[1e5, {g}]", REJECT) for g in (0.375, 0.125, 0.0)]
    expect_verdicts(attempt, [*asked, (body, xs, "[1e5, 0.25]", ACCEPT)])
    for (body, xs), right in zip(MANY, slopes_of(attempt, MANY), strict=True):
        asked = [(body, xs, with_one(right, k, 1.001 * r), REJECT) for k, r in enumerate(right)]
        expect_verdicts(attempt, [*asked, (body, xs, str(right), ACCEPT)])


def test_large_gradients_are_compared_relatively(attempt):
    """A gradient of a million may be off by rounding; off by a thousandth it is wrong."""
    asked = []
    for factor in (1e6, 1e12, 1e200):
        body, right = f"{factor} * xs[0]", factor
        asked.append((body, [0.75], f"[{right * 1.000001}]", ACCEPT))
        asked += [(body, [0.75], f"[{right * by}]", REJECT) for by in (1.001, 0.999, -1)]
    expect_verdicts(attempt, asked)


def test_small_gradients_are_compared_too(attempt):
    """A gradient of 0.0002 is not 0 and not a tenth more, and 0.000002 is not 0 either."""
    asked = [("2e-4 * xs[0]", [3.0], f"[{g}]", REJECT) for g in (0.0, 2.2e-4, -2e-4)]
    asked += [("2e-6 * xs[0]", [3.0], f"[{g}]", REJECT) for g in (0.0, 4e-6)]
    right = [("2e-4 * xs[0]", [3.0], "[2e-4]", ACCEPT), ("2e-6 * xs[0]", [3.0], "[2e-6]", ACCEPT)]
    expect_verdicts(attempt, [*asked, *right])


def test_gradients_of_zero(attempt):
    """0 agrees with 0 and with what rounding leaves of it; a hundredth does not."""
    asked = []
    for body, xs in STILL:
        zeros = [0.0] * len(xs)
        asked.append((body, xs, str(zeros), ACCEPT))
        for kind in (within, beyond):
            asked += [(body, xs, grads, claim) for grads, claim in kind(zeros)]
        asked += [
            (body, xs, with_one(zeros, k, g), REJECT) for k in range(len(xs)) for g in (0.01, -1)
        ]
    expect_verdicts(attempt, asked)


def test_tolerance_is_what_it_says(attempt):
    """What is off by half of the tolerance is accepted, and what is off by thrice it is not."""
    expect_verdicts(attempt, each(attempt, FEW, within, beyond))


def test_tolerances_are_the_ones_given(attempt):
    """rtol and atol decide when they are given, wider or narrower than the usual ones."""
    cases = [("5 * xs[0]", [3.0]), ("2 * xs[0] - 3 * xs[1]", [1.0, 2.0])]
    asked = []
    for rtol, more in (
        (0.01, ", rtol=0.01"),
        (0.01, ", 0.01"),
        (0.1, ", rtol=0.1, atol=0.0"),
        (1e-3, ", 1e-3, 0"),
        (1e-7, ", rtol=1e-7, atol=0.0"),
    ):
        atol = 0.0 if rtol != 0.01 else 1e-7
        asked += each(attempt, cases, within, beyond, rtol=rtol, atol=atol, more=more)
    for atol, more in ((0.05, ", atol=0.05"), (0.05, ", 1e-5, 0.05"), (1e-10, ", atol=1e-10")):
        for kind in (within, beyond):
            asked += [("7.0", [3.0], g, claim) for g, claim in kind([0.0], 1e-5, atol, more)]
            asked += [("7.0", [3.0], g, c) for g, c in kind([0.0], 0.0, atol, f", 0.0, {atol}")]
    for more in (", atol=0.0", ", rtol=0.0", ", rtol=0, atol=0", ", 0.5, 0.5"):
        asked.append(("7.0", [3.0, 2.0], f"[0.0, 0]{more}", ACCEPT))
    expect_verdicts(attempt, asked)


def test_tolerances_are_no_step(attempt):
    """How near is near enough does not change the slope that is compared."""
    cube, steep = "xs[0] ** 3", "1000 * xs[0] ** 3"
    asked = [
        (cube, [0.01], "[3e-4], rtol=0.1, atol=0.0", ACCEPT),
        (cube, [0.01], "[1.03e-2], rtol=0.1, atol=0.0", REJECT),
        (steep, [0.01], "[0.3], atol=0.05", ACCEPT),
        (steep, [0.01], "[2.8], atol=0.05", REJECT),
    ]
    expect_verdicts(attempt, asked)


def test_nan_and_infinity_never_agree(attempt):
    """NaN or infinity, among the gradients or from `f`, is rejected."""
    asked = [("5 * xs[0]", [3.0], "[5.0]", ACCEPT)]
    asked += [("5 * xs[0]", [3.0], f"[{g}]", ODD) for g in ("nan", "inf", "-inf")]
    for more in (", 1e6, 1e6", ", rtol=1e6", ", atol=1e6"):
        asked += [("5 * xs[0]", [3.0], f"[{g}]{more}", ODD) for g in ("nan", "inf")]
    expect_verdicts(attempt, asked)
    asked = []
    for (body, xs), right in zip(MANY, slopes_of(attempt, MANY), strict=True):
        asked += [(body, xs, with_one(right, k, "nan"), ODD) for k in range(0, len(xs), 3)]
        asked += [(body, xs, with_one(right, k, "-inf"), ODD) for k in (0, 5, len(xs) - 1)]
    expect_verdicts(attempt, asked)


def test_nan_and_infinity_from_f_never_agree(attempt):
    """Where `f` gives NaN or infinity, on both sides or on one, no gradient agrees."""
    bodies = [f"{odd}{when}" for odd in ("nan", "inf", "-inf") for when in ("", *WHEN)]
    asked = [
        (b, [3.0], f"[{g}]", NO_SLOPE) for b in bodies for g in (0.0, 5.0, "nan", "inf", "-inf")
    ]
    xs = [3.0, 2.0, 1.0]
    for k in range(3):
        for odd in ("nan", "inf"):
            body = f"5 * xs[0] + ({odd} if xs[{k}] > {xs[k]} else 1.0)"
            asked += [(body, xs, f"[5.0, 0.0, {g}]", NO_SLOPE) for g in (0.0, odd)]
            asked.append((body, xs, with_one([5.0, 0.0, 0.0], k, odd), NO_SLOPE))
    expect_verdicts(attempt, asked)


def test_other_lengths_are_rejected(attempt):
    """A gradient with too few or too many entries is rejected; without inputs `[]` is right."""
    asked = [("7.0", [], "[]", ACCEPT), ("7.0", [], "[0.0]", LENGTH), ("7.0", [3.0], "[]", LENGTH)]
    cases = [*FEW[::3], *MANY]
    for (body, xs), right in zip(cases, slopes_of(attempt, cases), strict=True):
        lists = (right[:-1], right[1:], [], [*right, 0.0], [*right, right[-1]], right * 2)
        asked += [(body, xs, str(grads), LENGTH) for grads in lists]
        asked.append((body, xs, str(right), ACCEPT))
    expect_verdicts(attempt, asked)


def test_any_function(attempt):
    """Slopes and verdicts are right at inputs that are drawn, for one input and for six."""
    product = "xs[0] * xs[1] ** 2 / xs[2] * xs[3] ** 3 / xs[4] ** 2 * xs[5]"
    bodies = (("xs[0] ** 3", 1), ("xs[0] ** 2 * xs[1] ** 3 / xs[2]", 3), (product, 6))
    expect_slopes(attempt, [(body, numbers(attempt, body, count)) for body, count in bodies])
    (a, b, c), xs = numbers(attempt, "factors", 3), numbers(attempt, "inputs", 3)
    body = f"{a} * xs[0] ** 2 + {b} * xs[1] ** 2 + {c} * xs[2] ** 2"
    expect_verdicts(attempt, each(attempt, [(body, xs)], wrong_ones, within, beyond))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_inputs_of_any_size(attempt):
    """The step follows the input's size: 1e6 and 1e-6 are as good as 1."""
    large = [("xs[0] ** 3", [1.3e6]), ("xs[0] ** 2 * xs[1]", [-3.7e6, 2e6])]
    large.append(("xs[0] * xs[1] + xs[0] ** 2", [2.3e6, -1.7e6]))
    expect_slopes(attempt, [*large, ("1e6 * xs[0] ** 2", [1.3e-6])], places=CENTRAL)
    asked = [
        ("xs[0] ** 2", [3.7e6], "[7.4e6]", ACCEPT),
        ("xs[0] ** 2", [3.7e6], "[7.41e6]", REJECT),
    ]
    small = "1e6 * xs[0] ** 2"
    asked += [(small, [1.3e-6], "[2.6]", ACCEPT), (small, [1.3e-6], "[2.61]", REJECT)]
    expect_verdicts(attempt, asked)
