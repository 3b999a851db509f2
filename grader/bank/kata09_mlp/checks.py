"""The checks of kata09: layers and networks beside torch.nn.Linear and torch.nn.Sequential.

Weights are set through `parameters()` and compared by value. Sizes differ from layer to layer, so
that a shifted size shows.
"""

import pytest

from grader.checks.scripts import expect_claims, expect_same, numbers, places, play

SET = "for p, number in zip(model.parameters(), {}):\n    p.data = number\n"
GRADIENTS = "[p.grad for p in model.parameters()]"


def model_of(attempt, made, count, label=""):
    """Return the lines that make a model and set its parameters to numbers that the seed draws."""
    return f"model = {made}\n" + SET.format(numbers(attempt, made + label, count))


def test_layer_gives_a_list_of_outputs(attempt):
    """A layer of several neurons gives a list, one relu(w . x + b) for each neuron."""
    code = "model = Layer(2, 3)\n" + SET.format([0.5, -2.0, 3.0, 1.5, 0.25, -4.0, 2.0, 1.0, 0.75])
    expect_same(play(attempt, code + "out = model([4.0, 1.5])", "[y.data for y in out]"))


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


def test_parameters_are_all_of_them_once(attempt):
    """`parameters()` lists every parameter of every layer once, the same objects each time."""
    for made, count in (("Layer(3, 4)", 16), ("MLP(3, [4, 4, 1])", 41), ("MLP(2, [5, 3])", 33)):
        claims = {
            "len(ps)": (count, f"{made} should have {count} parameters"),
            places("*ps"): (
                [*range(count)],
                "each neuron should have parameters of its own, and each should be listed once",
            ),
            "len(list(model.parameters()))": (count, "a second list should be as long"),
            places("*ps, *model.parameters()"): (
                [*range(count)] * 2,
                "parameters() should give the same objects each time",
            ),
        }
        expect_claims(attempt, f"model = {made}\nps = list(model.parameters())", claims)


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


def test_gradients_of_two_calls_add_up(attempt):
    """The same parameters serve every call: a loss over two examples sums their gradients."""
    code = model_of(attempt, "MLP(2, [3, 1])", 13)
    code += "loss = (model([1.5, -0.5]) - 2.0) ** 2 + (model([x, 2.0]) + 1.0) ** 2\nloss.backward()"
    expect_same(play(attempt, code, f"loss.data; x.grad; {GRADIENTS}", x=-2))


def test_any_network(attempt):
    """Networks of many shapes agree with torch.nn.Sequential, outputs and gradients."""
    for nin, nouts in ((3, [4, 3, 2]), (1, [5, 1]), (4, [2, 6, 3, 1]), (2, [4])):
        sizes = [nin, *nouts]
        count = sum((m + 1) * n for m, n in zip(sizes, nouts, strict=False))
        xs = numbers(attempt, f"inputs {sizes}", nin)
        code = model_of(attempt, f"MLP({nin}, {nouts})", count)
        code += f"out = model([x, *{xs[1:]}])\n"
        if nouts[-1] > 1:
            code += "out = sum((k + 2) * y for k, y in enumerate(out))\n"
        code += "out = out * 5.0\nout.backward()"
        expect_same(play(attempt, code, f"out.data; x.grad; {GRADIENTS}", x=xs[0]))


@pytest.mark.stretch
def test_hidden_layer_of_one_neuron(attempt):
    """A hidden layer of one neuron feeds the next layer."""
    code = "model = MLP(2, [1, 2])\n" + SET.format([0.5, -2.0, 6.0, 1.5, 0.25, -3.0, 0.75])
    code += "out = model([4.0, 1.5])\nloss = out[0] * 5.0 + out[1] * 3.0\nloss.backward()"
    expect_same(play(attempt, code, f"loss.data; {GRADIENTS}"))


@pytest.mark.stretch
def test_every_parameter_gets_a_gradient(attempt):
    """When no neuron is dead, every parameter gets a gradient."""
    code = "model = MLP(2, [3, 3, 1])\nfor k, p in enumerate(model.parameters()):\n"
    code += "    p.data = 0.25 + 0.05 * k\nout = model([x, 2.0]) * 5.0\nout.backward()"
    expect_same(play(attempt, code, f"out.data; {GRADIENTS}", x=1.5))
    lost = "sum(p.grad == 0 for p in model.parameters())"
    expect_claims(attempt, code, {lost: (0, "a parameter got no gradient")}, x=1.5)
