"""The checks of kata08: outputs, gradients and parameters of one neuron, beside torch.nn.Linear.

The weights are set, never drawn, wherever numbers are compared, and no sum w . x + b is near the
kink of relu.
"""

import pytest

from grader.checks.scripts import (
    above,
    expect_claims,
    expect_raises,
    expect_same,
    numbers,
    places,
    play,
)

REACH = "400 weights should reach from near -1 to near 1"
SET = "neuron.w[0].data, neuron.w[1].data, neuron.b.data = {}, {}, {}\n"
LOUD = "neuron = Neuron(2)\n" + SET.format(0.5, -2.0, 3.0)
LINEAR = "neuron = Neuron(2, nonlin=False)\n" + SET.format(0.5, -2.0, 3.0)
QUIET = "neuron = Neuron(2)\n" + SET.format(-0.5, -2.0, -3.0)
GRADIENTS = "x.grad; y.grad; neuron.w[0].grad; neuron.w[1].grad; neuron.b.grad"


def test_output_is_relu_of_weighted_sum_plus_bias(attempt):
    """The output is relu(w . x + b), for floats as inputs."""
    expect_same(play(attempt, LOUD + "out = neuron([4.0, 1.5])", "out.data"))
    expect_same(play(attempt, LOUD + "out = neuron([2.5, -3.0])", "out.data"))


def test_relu_keeps_negative_sums_at_zero(attempt):
    """Where w . x + b is negative the output is 0, and no gradient passes."""
    expect_same(play(attempt, QUIET + "out = neuron([4.0, 1.5])", "out.data"))
    code = QUIET + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, GRADIENTS, x=4, y=1.5))


def test_linear_neuron_has_no_relu(attempt):
    """With nonlin=False the sum is the output, negative or not."""
    expect_same(play(attempt, LINEAR + "out = neuron([4.0, 3.5])", "out.data"))
    code = LINEAR + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, GRADIENTS, x=2, y=5.5))


def test_gradients_reach_weights_bias_and_inputs(attempt):
    """Weights, bias and inputs that are Values receive their gradients."""
    code = LOUD + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, "out.data; " + GRADIENTS, x=5, y=-2))


def test_parameters_are_the_weights_then_the_bias(attempt):
    """`parameters()` gives the objects themselves: every weight, then the bias."""
    claims = {
        "len(list(neuron.parameters()))": (4, "a neuron of 3 inputs has 4 parameters"),
        places("*neuron.w, neuron.b"): (
            [0, 1, 2, 3],
            "the weights and the bias should be Values of their own, not one object several times",
        ),
        places("*neuron.w, neuron.b, *neuron.parameters()"): (
            [0, 1, 2, 3, 0, 1, 2, 3],
            "parameters() should give the objects in w and then b, not copies",
        ),
    }
    expect_claims(attempt, "neuron = Neuron(3)", claims)
    moved = (
        "neuron = Neuron(2)\nfor k, p in enumerate(neuron.parameters()):\n    p.data = k + 2.0\n"
    )
    expect_same(play(attempt, moved + "out = neuron([3.0, 5.0])", "out.data"))


def test_calls_leave_the_parameters_alone(attempt):
    """The same parameters serve every call: two calls add up in their gradients."""
    code = LOUD + "out = neuron([x, y]) + neuron([y, 1.5]) * 3.0\nout.backward()"
    expect_same(play(attempt, code, "out.data; " + GRADIENTS, x=5, y=-2))
    kept = {
        places("w, b, neuron.w[0], neuron.b"): (
            [0, 1, 0, 1],
            "a call replaced the parameters by new ones",
        ),
    }
    expect_claims(
        attempt, "neuron = Neuron(2)\nw, b = neuron.w[0], neuron.b\nneuron([2.0, 3.0])", kept
    )


def test_weights_start_anywhere_in_minus_one_to_one(attempt):
    """The weights are drawn from [-1, 1], each on its own; the bias starts at 0."""
    made = "a, b = Neuron(400), Neuron(400)\nw, v = ([p.data for p in n.w] for n in (a, b))"
    claims = {
        "sum(-1 <= x <= 1 for x in w) - len(w)": (0, "some of 400 weights lie outside [-1, 1]"),
        "len(a.w)": (400, "Neuron(400) should have 400 weights"),
        above("len(set(w))", 390, 400): ([1, 0], "weights repeat: each should be drawn on its own"),
        above("min(w)", -1.1, -0.9): ([1, 0], REACH),
        above("max(w)", 0.9, 1): ([1, 0], REACH),
        above("sum(x > 0 for x in w)", 150, 249): (
            [1, 0],
            "about half of 400 weights should be positive",
        ),
        above("len({*w, *v}) - len({*w})", 200, 400): (
            [1, 0],
            "two neurons start with the same weights",
        ),
        "a.b.data": (0, "the bias should start at 0"),
    }
    expect_claims(attempt, made, claims)


def test_any_neuron(attempt):
    """Neurons of 1 to 8 inputs agree with torch.nn.Linear, each with weights that were drawn."""
    for nin in (1, 3, 8):
        for nonlin in (True, False):
            weights = numbers(attempt, f"{nin} {nonlin}", nin + 1)
            xs = numbers(attempt, f"inputs {nin} {nonlin}", nin)
            code = (
                f"neuron = Neuron({nin}, nonlin={nonlin})\n"
                f"for p, number in zip([*neuron.w, neuron.b], {weights}):\n    p.data = number\n"
                f"out = neuron([x, *{xs[1:]}]) * 5.0\nout.backward()"
            )
            reads = "out.data; x.grad; [p.grad for p in neuron.parameters()]"
            expect_same(play(attempt, code, reads, x=xs[0]))


@pytest.mark.stretch
def test_wrong_number_of_inputs_is_refused(attempt):
    """Another number of inputs than nin raises ValueError."""
    why = "A neuron of 3 inputs should refuse another number"
    for inputs in ("[1.0, 2.0]", "[1.0, 2.0, 3.0, 4.0]"):
        expect_raises(attempt, f"neuron = Neuron(3)\nneuron({inputs})", "ValueError", why)
