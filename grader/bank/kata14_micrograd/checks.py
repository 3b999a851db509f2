"""The checks of kata14: the union of the katas before it, by what is seen from outside.

Only numbers, gradients and parameters are looked at, so that an engine may be built of closures,
of stored derivatives, of labels or of a tape. Each failure names the kata that trains the part.
"""

import pytest

from grader.checks import networks
from grader.checks.failure import first_trained_by, trained_by
from grader.checks.networks import layer, mlp, neuron
from grader.checks.programs import (
    expect_agreement,
    expect_closed_form,
    expect_data,
    expect_gradients,
    expect_sampled,
    run,
)
from grader.checks.scripts import (
    above,
    expect_claims,
    expect_raises,
    expect_same,
    expect_scenes,
    is_list,
    play,
)
from grader.checks.small import expect_small
from grader.checks.statement import expect_example

FUNCTIONS = ("relu", "tanh", "exp", "log", "sigmoid")
SET = "for p, number in zip(model.parameters(), {}):\n    p.data = number\n"
TRAINING = """\
model = MLP(2, [16, 16, 1])
for k, p in enumerate(model.parameters()):
    p.data = (k * 37 % 41 - 20) / 50
data = [([0.5, -1.5], 2.0)]
losses = []
for step in range(100):
    loss = sum((y_true - model(x)) ** 2 for x, y_true in data)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.01 * p.grad
    losses.append(loss.data)"""
ASIDE = """\
c = a * b
d = a + b
for _ in range(2):
    d = d + a
e = c * d
f = a - b
for _ in range(6):
    f = f + b
g = e * f
h = b * 3
for _ in range(20):
    h = h + a
k = g * h
m = d * 2
n = c * m"""


def of_each(attempt, scenes, nets):
    """Play the scenes of each network."""
    expect_scenes(attempt, [scene for net in nets for scene in scenes(net)])


def test_sums_and_products(attempt):
    """`+` and `*` give new Values of the right number, with gradients of 0 at first."""
    with trained_by("kata01"):
        expect_agreement(run(attempt, "c = a * b\nd = c + a\ne = d * 4", a=2.5, b=-3))
        expect_data(run(attempt, "c = a\nc += b\nd = a * c", a=2.5, b=-3))


def test_gradients_of_sums_and_products(attempt):
    """The operands of `+` and `*` get their shares, added to what is there."""
    with trained_by("kata02"):
        expect_agreement(run(attempt, "c = a * b\nd = c * 5\nd.backward()", a=2, b=-3))
        expect_agreement(run(attempt, "c = a + b\nd = c * 5\nd.backward()", a=2, b=-3))
        expect_agreement(run(attempt, "b = a * a\nc = b * 5\nc.backward()", a=3))
        expect_agreement(run(attempt, "b = a + a\nc = b * 5\nc.backward()", a=3))


def test_every_node_waits_for_its_users(attempt):
    """A node hands on its gradient once, when every user has added to it."""
    with trained_by("kata03"):
        for last in ("e = b + d", "e = d + b", "e = b * d", "e = d * b"):
            code = f"b = a * 2\nc = b * 3\nd = c * 5\n{last}\ne.backward()"
            expect_agreement(run(attempt, code, a=3))
        expect_agreement(run(attempt, "c = a + 2\nd = b + 2\ne = c * d\ne.backward()", a=3, b=3))
        for root in "kn":  # what was put together aside leaves its parts as they are
            expect_agreement(run(attempt, f"{ASIDE}\n{root}.backward()", a=2, b=3))
        for rungs in (3, 12, 60):
            code = f"x = a\nfor _ in range({rungs}):\n    x = x + x\nx.backward()"
            expect_agreement(run(attempt, code, a=3))


def test_backward_begins_with_one_and_adds_to_leaves(attempt):
    """The root's gradient is 1; the gradients of two losses add up in a leaf."""
    with trained_by("kata04"):
        expect_agreement(run(attempt, "c = a * b\nc.backward()", a=2, b=-3))
        expect_agreement(run(attempt, "a.backward()", a=3))
        expect_agreement(run(attempt, "b = a + a\nc = b + b\nc.backward()", a=3))
        two = "c = a * b\nd = a * a\nc.backward()\nd.backward()"
        expect_agreement(run(attempt, two, a=2, b=3))


def test_operators(attempt):
    """Negation, difference, power and quotient have the right numbers and gradients."""
    with trained_by("kata05"):
        for line in ("-a", "a - 4", "a ** 3", "a ** -2", "a ** 0.5", "a / 4", "a - a", "a / a"):
            expect_agreement(run(attempt, f"b = {line}\nc = b * 5\nc.backward()", a=3))
        for operator in "-/":
            code = f"c = a {operator} b\nd = c * 5\nd.backward()"
            expect_agreement(run(attempt, code, a=3, b=-2))


def test_numbers_on_the_left(attempt):
    """A plain number may stand on the left, and `sum` adds up Values."""
    with trained_by("kata05"):
        for line in ("2 + a", "2 - a", "2 * a", "2 / a", "sum([a, a * 4])"):
            expect_agreement(run(attempt, f"b = {line}\nc = b * 5\nc.backward()", a=4))


def test_activations(attempt):
    """relu, tanh, exp, log and sigmoid have the right numbers and gradients."""
    with trained_by("kata06"):
        for name in FUNCTIONS:
            code = "b = a.{0}()\nc = b * {1}\nd = c + a\nd.backward()"
            for upstream in (5, -3):
                expect_agreement(run(attempt, code.format(name, upstream), a=0.5))
                if name != "log":
                    expect_agreement(run(attempt, code.format(name, upstream), a=-1.5))
        zero = run(attempt, "b = a.relu()\nc = b * 5\nc.backward()", a=0)
        expect_closed_form(zero, {"b.data": 0.0, "a.grad": 0.0})


def test_first_program_of_the_article(attempt):
    """The article's first program gives 15, 3 and 8."""
    with trained_by("kata05"):
        trace = run(attempt, "c = a * b + b ** 2\nc.backward()", a=2, b=3)
        expect_agreement(trace)


def test_every_small_program(attempt):
    """In every program of one or two lines every number and every gradient is right."""
    with trained_by("kata05"):
        expect_small(attempt, "everything")


def test_any_graph(attempt):
    """On drawn graphs of everything, every number and every gradient is right."""
    with trained_by("kata04"):
        expect_sampled(attempt, "everything", expect_agreement)


def test_parameters_of_a_neuron(attempt):
    """`parameters()` lists the weights, drawn uniformly from [-1, 1], then the bias, 0 at first."""
    reach = "200 weights should reach from near -1 to near 1"
    uniform = "about a quarter of 4000 weights should lie in each quarter of [-1, 1]"
    with first_trained_by(attempt, "kata08"):
        expect_scenes(attempt, networks.listed("Neuron(3)", 3, 1, "[*net.w, net.b]"))
        claims = {
            "len(neuron.w)": (200, "Neuron(200) should have 200 weights"),
            "sum(-1 <= x <= 1 for x in w)": (200, "some weights lie outside [-1, 1]"),
            above("len(set(w))", 190, 200): ([1, 0], "weights repeat"),
            above("min(w)", -1.1, -0.7): ([1, 0], reach),
            above("max(w)", 0.7, 1): ([1, 0], reach),
            "neuron.b.data": (0, "the bias should start at 0"),
        }
        expect_claims(attempt, "neuron = Neuron(200)\nw = [p.data for p in neuron.w]", claims)
        many = "w = [p.data for _ in range(10) for p in Neuron(400).w]"
        quarters = {
            above(f"sum({low} <= x < {low + 0.5} for x in w)", 820, 1180): ([1, 0], uniform)
            for low in (-1.0, -0.5, 0.0, 0.5)
        }
        expect_claims(attempt, many, quarters)


def test_neuron(attempt):
    """A neuron is relu(w . x + b), or w . x + b; gradients reach weights, bias and inputs."""
    with first_trained_by(attempt, "kata08"):
        for nonlin in (True, False):
            for bias in (3.5, -40.25):
                code = (
                    f"neuron = Neuron(2, nonlin={nonlin})\n"
                    f"neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, {bias}\n"
                    "out = neuron([x, -1.5]) * 5.0\nout.backward()"
                )
                reads = "out.data; x.grad; neuron.w[0].grad; neuron.w[1].grad; neuron.b.grad"
                expect_same(play(attempt, code, reads, x=4))


def test_neuron_takes_numbers_and_values(attempt):
    """Ints, floats and Values may be mixed in any order; a sum of 0 passes no gradient."""
    with first_trained_by(attempt, "kata08"):
        of_each(attempt, networks.mixed_inputs, [neuron(attempt, 2, nonlin=False)])
        kink = "neuron = Neuron(1)\nneuron.w[0].data, neuron.b.data = 1.5, -3.0\n"
        kink += "x = Value(2.0)\nout = neuron([x]) * 5.0\nout.backward()"
        reads = "out.data; [p.grad for p in [x, *neuron.w, neuron.b]]"
        expect_same(play(attempt, kink, reads))


def test_neuron_is_the_same_at_every_call(attempt):
    """A call changes nothing, computes anew, and knows nothing of other neurons."""
    with first_trained_by(attempt, "kata08"):
        plain, linear = neuron(attempt, 2), neuron(attempt, 1, nonlin=False, on=False)
        for scenes in (networks.repeated_calls, networks.changed_meanwhile, networks.untouched):
            of_each(attempt, scenes, [plain, linear])
        silent = neuron(attempt, 2, on=False)
        pairs = [(plain, linear), (silent, linear)]
        of_each(attempt, lambda pair: networks.two_of_them(*pair), pairs)
        expect_scenes(attempt, [networks.same_parameters(plain)])


def test_parameters_of_layers_and_networks(attempt):
    """`parameters()` lists the same objects each time: layer by layer, neuron by neuron."""
    sizes = (("Layer(3, 4)", 12, 4), ("MLP(3, [4, 4, 1])", 32, 9), ("MLP(2, [3, 2, 3])", 18, 8))
    with first_trained_by(attempt, "kata09"):
        for made, weights, biases in sizes:
            expect_scenes(attempt, networks.listed(made, weights, biases, "net.parameters()"))
        expect_scenes(attempt, networks.in_order())


def test_layer(attempt):
    """A layer gives one Value when nout is 1, else a list; its kwargs reach the neurons."""
    with first_trained_by(attempt, "kata09"):
        shapes = ((1, 1), (2, 1), (2, 3))
        nets = [layer(attempt, *shape, nonlin) for shape in shapes for nonlin in (True, False)]
        of_each(attempt, networks.answers, nets)
        several = {is_list("out"): (1, "several outputs should come as a list")}
        expect_claims(attempt, "out = Layer(2, 2)([4.0, 1.5])", several)


def test_mlp(attempt):
    """An MLP agrees with torch.nn.Sequential: relu on every layer but the last."""
    shapes = ((1, [1]), (2, [3, 1]), (2, [3, 3]), (2, [2, 2, 2]), (3, [4, 3, 2]), (2, [3, 3, 3, 3]))
    with first_trained_by(attempt, "kata09"):
        of_each(attempt, networks.answers, [mlp(attempt, *shape) for shape in shapes])


def test_mlp_is_the_same_at_every_call(attempt):
    """A call changes nothing, computes anew, and knows nothing of other networks."""
    lost = "MLP should leave the list nouts as it is"
    nouts = "nouts = [3, 2, 1]\nmodel = MLP(2, nouts)\nout = model([4.0, 1.5])"
    with first_trained_by(attempt, "kata09"):
        nets = [layer(attempt, 2, 2, nonlin=False), mlp(attempt, 2, [2, 2, 2])]
        for scenes in (networks.repeated_calls, networks.changed_meanwhile, networks.untouched):
            of_each(attempt, scenes, nets)
        pairs = [(nets[1], mlp(attempt, 1, [3, 2])), (layer(attempt, 2, 2), nets[0])]
        of_each(attempt, lambda pair: networks.two_of_them(*pair), pairs)
        expect_scenes(attempt, [networks.same_parameters(net) for net in nets])
        expect_claims(attempt, nouts, {"nouts": ([3, 2, 1], lost)})


def test_zero_grad(attempt):
    """`zero_grad()` sets the gradient of every parameter to 0, and leaves the numbers alone."""
    with first_trained_by(attempt, "kata09"):
        net = mlp(attempt, 2, [2, 2, 1])
        of_each(attempt, networks.cleared, [net])
        still = "zero_grad() should leave the numbers alone"
        code = f"{net.lines()}net.zero_grad()"
        expect_claims(attempt, code, {"[p.data for p in net.parameters()]": (net.weights, still)})


def test_second_program_of_the_article(attempt):
    """The article's second program trains an MLP as PyTorch does."""
    with first_trained_by(attempt, "kata12"):
        reads = "losses; [p.data for p in model.parameters()]"
        expect_same(play(attempt, TRAINING, reads))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    with first_trained_by(attempt, "kata09"):
        expect_example(attempt)


@pytest.mark.stretch
def test_chain_of_100000_nodes(attempt):
    """A chain of 100,000 nodes raises no RecursionError."""
    with trained_by("kata04"):
        for length in (2_000, 100_000):
            code = f"x = a\nfor _ in range({length}):\n    x = x + b\nx.backward()"
            trace = run(attempt, code, a=2, b=3)
            a, b = trace.program.inputs.values()
            total = {"x.data": a + length * b, "a.grad": 1.0, "b.grad": float(length)}
            expect_closed_form(trace, total)


@pytest.mark.stretch
def test_second_call_as_pytorch_does_it(attempt):
    """On a second call on the same graph leaves add up, and every other node starts afresh."""
    with trained_by("kata04"):
        code = "d = a + b\ne = d * c\ne.backward()\ne.backward()"
        expect_gradients(run(attempt, code, a=3, b=2, c=5), names="abc")


@pytest.mark.stretch
def test_powers_of_zero_and_exponents(attempt):
    """At 0, `a ** 0` has gradient 0; a Value as exponent raises TypeError."""
    with trained_by("kata05"):
        for k in (0, 2):
            expect_agreement(run(attempt, f"b = a ** {k}\nc = b * 5\nc.backward()", a=0))
        why = "A Value as exponent should be refused"
        expect_raises(attempt, "Value(2.0) ** Value(3.0)", "TypeError", why)


@pytest.mark.stretch
def test_large_inputs(attempt):
    """tanh and sigmoid are right at 1000 and -1000; log of 0 or less raises ValueError."""
    with trained_by("kata06"):
        for name, low in (("tanh", -1.0), ("sigmoid", 0.0)):
            for size, right in ((1000, 1.0), (-1000, low)):
                code = f"b = a * {size}\nc = b.{name}()\nd = c * 5\nd.backward()"
                expect_closed_form(run(attempt, code, a=2), {"c.data": right, "a.grad": 0.0})
        for number in (0.0, -2.0):
            why = "log of 0 or less should be refused"
            expect_raises(attempt, f"Value({number}).log()", "ValueError", why)


@pytest.mark.stretch
def test_wrong_number_of_inputs_is_refused(attempt):
    """Another number of inputs than nin raises ValueError."""
    with trained_by("kata08"):
        why = "A neuron of 3 inputs should refuse 2"
        expect_raises(attempt, "Neuron(3)([1.0, 2.0])", "ValueError", why)


@pytest.mark.stretch
def test_hidden_layer_of_one_unit(attempt):
    """A hidden layer of one unit feeds the next layer."""
    with trained_by("kata09"):
        weights = [0.5, -2.0, 6.0, 1.5, 0.25, -3.0, 0.75]
        code = "model = MLP(2, [1, 2])\n" + SET.format(weights)
        code += "out = model([4.0, 1.5])\nloss = out[0] * 5.0 + out[1] * 3.0\nloss.backward()"
        expect_same(play(attempt, code, "loss.data; [p.grad for p in model.parameters()]"))
