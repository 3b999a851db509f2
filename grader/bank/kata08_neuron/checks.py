"""The checks of kata08: outputs, gradients and parameters of one neuron, beside torch.nn.Linear.

The weights are set, never drawn, wherever numbers are compared, and no sum w . x + b is near the
kink of relu, but for the one that is 0.
"""

import pytest

from grader.checks import networks
from grader.checks.networks import neuron
from grader.checks.scripts import (
    above,
    expect_claims,
    expect_raises,
    expect_same,
    expect_scenes,
    play,
)
from grader.checks.statement import expect_example

REACH = "400 weights should reach from near -1 to near 1"
UNIFORM = "about a quarter of 4000 weights should lie {}: uniform means everywhere alike"
SET = "neuron.w[0].data, neuron.w[1].data, neuron.b.data = {}, {}, {}\n"
LOUD = "neuron = Neuron(2)\n" + SET.format(0.5, -2.0, 3.0)
LINEAR = "neuron = Neuron(2, nonlin=False)\n" + SET.format(0.5, -2.0, 3.0)
QUIET = "neuron = Neuron(2)\n" + SET.format(-0.5, -2.0, -3.0)
GRADIENTS = "x.grad; y.grad; neuron.w[0].grad; neuron.w[1].grad; neuron.b.grad"


def test_parameters_are_the_weights_then_the_bias(attempt):
    """`parameters()` gives a list of the neuron's own objects: every weight, then the bias."""
    for nin, made in ((1, "Neuron(1)"), (3, "Neuron(3)"), (2, "Neuron(2, nonlin=False)")):
        expect_scenes(attempt, networks.listed(made, nin, 1, "[*net.w, net.b]"))


def test_output_is_relu_of_weighted_sum_plus_bias(attempt):
    """The output is relu(w . x + b), for floats as inputs."""
    expect_same(play(attempt, LOUD + "out = neuron([4.0, 1.5])", "out.data"))
    expect_same(play(attempt, LOUD + "out = neuron([2.5, -3.0])", "out.data"))


def test_relu_keeps_negative_sums_at_zero(attempt):
    """Where w . x + b is negative or 0 the output is 0, and no gradient passes."""
    expect_same(play(attempt, QUIET + "out = neuron([4.0, 1.5])", "out.data"))
    code = QUIET + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, GRADIENTS, x=4, y=1.5))
    kink = LOUD + "xs = [Value(2.0), Value(2.0)]\nout = neuron(xs) * 5.0\nout.backward()"
    reads = "out.data; [x.grad for x in xs]; [p.grad for p in [*neuron.w, neuron.b]]"
    expect_same(play(attempt, kink, reads))


def test_linear_neuron_has_no_relu(attempt):
    """With nonlin=False the sum is the output, negative or not."""
    expect_same(play(attempt, LINEAR + "out = neuron([4.0, 3.5])", "out.data"))
    code = LINEAR + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, GRADIENTS, x=2, y=5.5))
    placed = LINEAR.replace("nonlin=", "")
    expect_same(play(attempt, placed + "out = neuron([4.0, 3.5])", "out.data"))


def test_gradients_reach_weights_bias_and_inputs(attempt):
    """Weights, bias and inputs that are Values receive their gradients."""
    code = LOUD + "out = neuron([x, y]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, "out.data; " + GRADIENTS, x=5, y=-2))


def test_inputs_may_be_numbers_and_values(attempt):
    """Ints, floats and Values may be mixed in any order, and one Value may come twice."""
    both = [neuron(attempt, nin, nonlin=False) for nin in (1, 2, 3)]
    expect_scenes(attempt, [scene for net in both for scene in networks.mixed_inputs(net)])


def test_calls_leave_the_parameters_alone(attempt):
    """The same parameters serve every call: two calls add up in their gradients."""
    both = [neuron(attempt, 1), neuron(attempt, 2), neuron(attempt, 2, nonlin=False)]
    expect_scenes(attempt, [scene for net in both for scene in networks.repeated_calls(net)])
    expect_scenes(attempt, [networks.same_parameters(net) for net in both])


def test_every_call_computes_anew(attempt):
    """A call after weights, bias or inputs have changed gives the new answer."""
    both = [neuron(attempt, 1, nonlin=False), neuron(attempt, 2, nonlin=False)]
    expect_scenes(attempt, [scene for net in both for scene in networks.changed_meanwhile(net)])


def test_a_call_changes_nothing(attempt):
    """A call leaves the list of inputs, the parameters and every gradient as they are."""
    both = [neuron(attempt, 1), neuron(attempt, 2), neuron(attempt, 2, on=False)]
    expect_scenes(attempt, [scene for net in both for scene in networks.untouched(net)])


def test_neurons_know_nothing_of_each_other(attempt):
    """Two neurons have weights, bias and `nonlin` of their own."""
    one, two = neuron(attempt, 2), neuron(attempt, 3, nonlin=False, on=False)
    three = neuron(attempt, 2, on=False)
    pairs = [(one, two), (two, one), (one, three), (three, two)]
    expect_scenes(attempt, [scene for pair in pairs for scene in networks.two_of_them(*pair)])


def test_weights_start_anywhere_in_minus_one_to_one(attempt):
    """The weights are drawn uniformly from [-1, 1], each on its own; the bias starts at 0."""
    made = "a, b = Neuron(400), Neuron(400)\nw, v = ([p.data for p in n.w] for n in (a, b))"
    claims = {
        "sum(-1 <= x <= 1 for x in w) - len(w)": (0, "some of 400 weights lie outside [-1, 1]"),
        "len(a.w)": (400, "Neuron(400) should have 400 weights"),
        above("len(set(w))", 390, 400): ([1, 0], "weights repeat: each should be drawn on its own"),
        above("min(w)", -1.1, -0.9): ([1, 0], REACH),
        above("max(w)", 0.9, 1): ([1, 0], REACH),
        above("len({*w, *v}) - len({*w})", 200, 400): (
            [1, 0],
            "two neurons start with the same weights",
        ),
        "a.b.data": (0, "the bias should start at 0"),
    }
    expect_claims(attempt, made, claims)
    many = "w = [p.data for _ in range(10) for p in Neuron(400).w]"
    quarters = {
        above(f"sum({low} <= x < {low + 0.5} for x in w)", 820, 1180): (
            [1, 0],
            UNIFORM.format(f"between {low} and {low + 0.5}"),
        )
        for low in (-1.0, -0.5, 0.0, 0.5)
    }
    expect_claims(attempt, many, quarters)


def test_any_neuron(attempt):
    """Neurons of 1 to 300 inputs agree with torch.nn.Linear, whatever their sums."""
    nets = [
        neuron(attempt, nin, nonlin, on)
        for nin in (1, 2, 3, 8, 40)
        for nonlin in (True, False)
        for on in (True, False)
    ]
    scenes = [scene for net in nets for scene in networks.answers(net)]
    large = [networks.answers(networks.scaled(net, 100)) for net in nets[:8]]
    expect_scenes(attempt, [*scenes, *(scene for some in large for scene in some)])
    wide = "neuron = Neuron(300)\nfor p in [*neuron.w, neuron.b]:\n    p.data = 0.5\n"
    expect_same(play(attempt, wide + "out = neuron([0.25] * 300)", "out.data"))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_wrong_number_of_inputs_is_refused(attempt):
    """Another number of inputs than nin raises ValueError."""
    why = "A neuron of 3 inputs should refuse another number"
    for inputs in ("[1.0, 2.0]", "[1.0, 2.0, 3.0, 4.0]", "[]"):
        expect_raises(attempt, f"neuron = Neuron(3)\nneuron({inputs})", "ValueError", why)
