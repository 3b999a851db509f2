"""The checks of kata09: layers and networks beside torch.nn.Linear and torch.nn.Sequential.

Weights are set through `parameters()` and compared by value. Sizes differ from layer to layer, so
that a shifted size shows.
"""

import pytest

from grader.checks import networks
from grader.checks.networks import layer, mlp
from grader.checks.scripts import (
    above,
    expect_claims,
    expect_same,
    expect_scenes,
    is_list,
    numbers,
    places,
    play,
)
from grader.checks.statement import expect_example

SET = "for p, number in zip(model.parameters(), {}):\n    p.data = number\n"
GRADIENTS = "[p.grad for p in model.parameters()]"
AS_MADE = "the weights should stay as `Neuron` made them, anywhere in [-1, 1]"


def model_of(attempt, made, count, label=""):
    """Return the lines that make a model and set its parameters to numbers that the seed draws."""
    return f"model = {made}\n" + SET.format(numbers(attempt, made + label, count))


def of_each(attempt, scenes, nets):
    """Play the scenes of each network."""
    expect_scenes(attempt, [scene for net in nets for scene in scenes(net)])


def some(attempt):
    """Return networks that are plain, and differ in what a scenario may go wrong with."""
    return [
        layer(attempt, 2, 2, nonlin=False),
        mlp(attempt, 1, [1]),
        mlp(attempt, 2, [3, 1]),
        mlp(attempt, 2, [2, 2, 2]),
    ]


def test_parameters_are_all_of_them_once(attempt):
    """`parameters()` lists every parameter of every layer once, the same objects each time."""
    sizes = (
        ("Layer(1, 1)", 1, 1),
        ("Layer(3, 4)", 12, 4),
        ("MLP(1, [1])", 1, 1),
        ("MLP(2, [5, 3])", 25, 8),
        ("MLP(3, [4, 4, 1])", 32, 9),
        ("MLP(2, [3, 2, 3, 2])", 24, 10),
    )
    for made, weights, biases in sizes:
        expect_scenes(attempt, networks.listed(made, weights, biases, "net.parameters()"))
    for made in ("Layer(100, 4)", "MLP(100, [4, 2])", "MLP(2, [100, 3])"):
        code = f"numbers = [p.data for p in {made}.parameters()]"
        claims = {
            above("min(numbers)", -1.1, -0.9): ([1, 0], AS_MADE),
            above("max(numbers)", 0.9, 1.1): ([1, 0], AS_MADE),
        }
        expect_claims(attempt, code, claims)


def test_parameters_come_layer_by_layer(attempt):
    """`parameters()` goes layer by layer, neuron by neuron, weights first and then the bias."""
    expect_scenes(attempt, networks.in_order())


def test_layer_gives_a_list_of_outputs(attempt):
    """A layer of several neurons gives a list, one relu(w . x + b) for each neuron."""
    code = "model = Layer(2, 3)\n" + SET.format([0.5, -2.0, 3.0, 1.5, 0.25, -4.0, 2.0, 1.0, 0.75])
    expect_same(play(attempt, code + "out = model([4.0, 1.5])", "[y.data for y in out]"))
    claims = {is_list("out"): (1, "several outputs should come as a list")}
    for made in ("Layer(2, 2)", "MLP(2, [2])", "MLP(2, [3, 2])"):
        expect_claims(attempt, f"out = {made}([4.0, 1.5])", claims)


def test_layer_of_one_neuron_gives_a_value(attempt):
    """A layer of one neuron gives the Value itself, not a list of one."""
    code = "model = Layer(2, 1)\n" + SET.format([0.5, -2.0, 3.5]) + "out = model([4.0, 1.5])"
    expect_same(play(attempt, code, "out.data"))


def test_layer_hands_on_its_keywords(attempt):
    """`Layer(nin, nout, nonlin=False)` is linear: its outputs may be negative."""
    code = "model = Layer(2, 2, nonlin=False)\n"
    code += SET.format([0.5, -2.0, -3.0, -1.5, 0.25, -4.0]) + "out = model([4.0, 1.5])"
    expect_same(play(attempt, code, "[y.data for y in out]"))


def test_gradients_reach_every_neuron_and_the_inputs(attempt):
    """Every neuron of a layer gets its own gradients, and the inputs get their sum."""
    code = "model = Layer(2, 2, nonlin=False)\n" + SET.format([0.5, -2.0, 3.0, 1.5, 0.25, -4.0])
    code += "out = model([x, -1.5])\nloss = out[0] * 5.0 - out[1] * 3.0\nloss.backward()"
    expect_same(play(attempt, code, f"x.grad; {GRADIENTS}", x=4))


def test_mlp_feeds_each_layer_to_the_next(attempt):
    """An MLP hands each layer's outputs to the next one, in the order of the sizes."""
    hidden = "model = MLP(2, [3, 2])\n"
    hidden += SET.format(
        [0.5, -2.0, 6.0, 1.5, 0.25, 4.0, 2.0, 1.0, 0.75] + [k / 4 for k in range(1, 9)]
    )
    expect_same(play(attempt, hidden + "out = model([4.0, 1.5])", "[y.data for y in out]"))
    square = "model = MLP(2, [2, 2, 2])\n" + SET.format([(k % 7 + 1) / 4 for k in range(18)])
    expect_same(play(attempt, square + "out = model([4.0, 1.5])", "[y.data for y in out]"))


def test_last_layer_is_linear(attempt):
    """The last layer has no relu: the network can answer below 0."""
    one = "model = MLP(2, [1])\n" + SET.format([0.5, -2.0, -3.0]) + "out = model([4.0, 1.5])"
    expect_same(play(attempt, one, "out.data"))
    two = "model = MLP(1, [2, 1])\n" + SET.format([0.5, 2.0, 1.5, 0.25, -2.0, -1.0, 0.75])
    expect_same(play(attempt, two + "out = model([3.0])", "out.data"))


def test_hidden_layers_have_relu(attempt):
    """Every layer but the last has relu: negative sums count as 0."""
    code = "model = MLP(1, [2, 2, 1])\n"
    code += SET.format([-0.5, 0.25, 1.5, 0.25, 2.0, -1.0, -0.75, -3.0, 0.5, 4.0, 1.25, -2.0, 0.5])
    expect_same(play(attempt, code + "out = model([3.0]) * 5.0", "out.data"))
    code += "out = model([x]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, f"x.grad; {GRADIENTS}", x=3))


def test_zero_grad_clears_gradients_and_nothing_else(attempt):
    """`zero_grad()` sets every gradient to 0 in place, and leaves the numbers alone."""
    code = model_of(attempt, "MLP(2, [3, 1])", 13)
    code += "ps = list(model.parameters())\nout = model([1.5, -0.5]) * 5.0\nout.backward()\n"
    code += "model.zero_grad()"
    expect_same(play(attempt, code, f"{GRADIENTS}; [p.data for p in model.parameters()]"))
    claims = {
        "[p.grad for p in ps]": ([0] * 13, "zero_grad() should set every gradient to 0"),
        places("*ps, *model.parameters()"): (
            [*range(13)] * 2,
            "zero_grad() should change the parameters in place",
        ),
    }
    expect_claims(attempt, code, claims)
    of_each(attempt, networks.cleared, [mlp(attempt, 1, [1]), mlp(attempt, 2, [2, 2, 2, 1])])


def test_inputs_may_be_numbers_and_values(attempt):
    """Ints, floats and Values may be mixed in any order, and one Value may come twice."""
    of_each(attempt, networks.mixed_inputs, [mlp(attempt, 1, [2]), mlp(attempt, 2, [1])])
    of_each(attempt, networks.mixed_inputs, [layer(attempt, 2, 2, nonlin=False)])


def test_gradients_of_two_calls_add_up(attempt):
    """The same parameters serve every call: a loss over two examples sums their gradients."""
    code = model_of(attempt, "MLP(2, [3, 1])", 13)
    code += "loss = (model([1.5, -0.5]) - 2.0) ** 2 + (model([x, 2.0]) + 1.0) ** 2\nloss.backward()"
    expect_same(play(attempt, code, f"loss.data; x.grad; {GRADIENTS}", x=-2))
    of_each(attempt, networks.repeated_calls, some(attempt))
    expect_scenes(attempt, [networks.same_parameters(net) for net in some(attempt)])


def test_every_call_computes_anew(attempt):
    """A call after parameters or inputs have changed gives the new answer."""
    of_each(attempt, networks.changed_meanwhile, some(attempt))


def test_a_call_changes_nothing(attempt):
    """`nouts`, the inputs, the parameters and every gradient stay as they are."""
    lost = "MLP should leave the list nouts as it is"
    for nouts in ([1], [3, 2], [2, 2, 1]):
        code = f"nouts = {nouts}\nmodel = MLP(2, nouts)\nout = model([4.0, 1.5])"
        expect_claims(attempt, code, {"nouts": (nouts, lost)})
    of_each(attempt, networks.untouched, some(attempt))


def test_networks_know_nothing_of_each_other(attempt):
    """Two networks of other sizes or keywords have layers of their own."""
    pairs = (
        (layer(attempt, 2, 2), layer(attempt, 2, 2, nonlin=False)),
        (layer(attempt, 2, 2, nonlin=False), layer(attempt, 1, 3)),
        (mlp(attempt, 2, [2]), mlp(attempt, 1, [3, 2])),
        (mlp(attempt, 1, [3, 2]), mlp(attempt, 2, [2, 2, 1])),
    )
    of_each(attempt, lambda pair: networks.two_of_them(*pair), pairs)


def test_any_network(attempt):
    """Networks of many shapes agree with torch.nn.Sequential, outputs and gradients."""
    layers = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 4))
    shapes = (
        *((1, [1]), (2, [1]), (1, [2]), (2, [4]), (2, [2, 1]), (2, [2, 2]), (2, [3, 3])),
        *((1, [5, 1]), (1, [2, 2, 1]), (2, [2, 2, 2]), (3, [3, 3, 3]), (2, [3, 2, 1])),
        *((3, [4, 3, 2]), (2, [4, 4, 1]), (2, [3, 3, 3, 3]), (4, [2, 6, 3, 1])),
    )
    nets = [layer(attempt, *shape, nonlin) for shape in layers for nonlin in (True, False)]
    of_each(attempt, networks.answers, [*nets, *(mlp(attempt, *shape) for shape in shapes)])


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_hidden_layer_of_one_neuron(attempt):
    """A hidden layer of one neuron has its relu, and feeds the next layer."""
    made = "model = MLP(2, [1, 2])\n" + SET.format([0.5, -2.0, 6.0, 1.5, 0.25, -3.0, 0.75])
    for x in ([4.0, 1.5], [4.0, 4.5]):
        code = f"{made}out = model({x})\nloss = out[0] * 5.0 + out[1] * 3.0\nloss.backward()"
        expect_same(play(attempt, code, f"loss.data; {GRADIENTS}"))


@pytest.mark.stretch
def test_every_parameter_gets_a_gradient(attempt):
    """When no neuron is dead, every parameter gets a gradient."""
    code = "model = MLP(2, [3, 3, 1])\nfor k, p in enumerate(model.parameters()):\n"
    code += "    p.data = 0.25 + 0.05 * k\nout = model([x, 2.0]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, f"out.data; {GRADIENTS}", x=1.5))
    lost = "sum(p.grad == 0 for p in model.parameters())"
    expect_claims(attempt, code, {lost: (0, "a parameter got no gradient")}, x=1.5)
