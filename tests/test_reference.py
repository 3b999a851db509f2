"""The reference against PyTorch in float64, closed forms, and what its docstrings promise."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import pytest
import torch

from reference.engine import Value, topological_order
from reference.gradcheck import gradients_agree, numerical_gradient
from reference.losses import bce_with_logits, cross_entropy, hinge, mse
from reference.nn import MLP, Layer, Neuron
from reference.optim import SGD, Adam

F = torch.nn.functional


def tensor(*numbers: float) -> torch.Tensor:
    """Return float64 leaves."""
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


EXPRESSIONS: dict[str, Callable[..., object]] = {
    "sum and product": lambda a, b: a * b + b,
    "reused": lambda a, b: (a + a) * (b * b) + a,
    "difference": lambda a, b: (a - b) * (5 - a) - (b - 3),
    "quotient": lambda a, b: a / b + 3 / a + b / 4,
    "powers": lambda a, b: a**3 + b**-2 + a**0.5 + b**1 + a**0,
    "negation": lambda a, b: -a * -b,
    "reflected": lambda a, b: 2 + a * (2 - b) + 2 * b,
    "a - a and a / a": lambda a, b: (a - a) * b + a / a * b,
    "relu": lambda a, b: (a * b).relu() + (-a).relu() * 3 + b.relu(),
    "tanh": lambda a, b: (a * b).tanh() * 3 + a.tanh(),
    "exp": lambda a, b: (a * b).exp() + a.exp() * a,
    "log": lambda a, b: a.log() * b + (a * a).log(),
    "sigmoid": lambda a, b: (a * b).sigmoid() * 3 + (-a).sigmoid(),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize(("x", "y"), [(2.5, -3.0), (0.5, 1.75)])
def test_engine_agrees_with_torch(name: str, x: float, y: float) -> None:
    """The same expression gives the same number and the same gradients."""
    a, b = Value(x), Value(y)
    out = EXPRESSIONS[name](a, b)
    assert isinstance(out, Value)
    out.backward()
    leaves = tensor(x, y)
    expected = EXPRESSIONS[name](leaves[0], leaves[1])
    assert isinstance(expected, torch.Tensor)
    expected.backward()

    assert out.data == pytest.approx(expected.item(), rel=1e-12)
    assert [a.grad, b.grad] == pytest.approx(leaves.grad.tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("x", [-1000.0, 0.0, 1000.0])
def test_activations_are_finite_and_right_far_out(x: float) -> None:
    """tanh, sigmoid and relu at the ends and at 0, where relu's derivative is 0."""
    for name in ("tanh", "sigmoid", "relu"):
        a, leaf = Value(x), tensor(x)
        getattr(a, name)().backward()
        getattr(torch, name)(leaf).backward(tensor(1.0).detach())

        assert a.grad == leaf.grad.item()


@pytest.mark.parametrize(
    ("x", "k", "slope"),
    [(0, 0, 0.0), (0.0, 1, 1.0), (0.0, 2, 0.0), (0.0, 0.5, math.inf), (-2.0, 3, 12.0)],
)
def test_powers_at_the_edges(x: float, k: float, slope: float) -> None:
    """x ** 0 at 0 has slope 0 and x ** 0.5 at 0 an infinite one, as in PyTorch."""
    a, leaf = Value(x), tensor(x)
    (a**k).backward()
    (leaf**k).backward(tensor(1.0).detach())

    assert a.grad == slope == leaf.grad.item()


@pytest.mark.parametrize(
    ("deed", "error", "message"),
    [
        (
            lambda: Value(2.0) ** Value(3.0),
            TypeError,
            r"the exponent is a plain number here, not Value\(data=3.0, grad=0.0\)",
        ),
        (lambda: Value(-2.0) ** 0.5, ValueError, r"-2.0 \*\* 0.5 is not a real number"),
        (lambda: Value(0.0).log(), ValueError, "log needs a number above 0, not 0.0"),
        (lambda: Value(2.0) + "3", TypeError, "a Value computes with numbers, not with '3'"),
        (lambda: None - Value(2.0), TypeError, "a Value computes with numbers, not with None"),
        (lambda: Value(2.0) / 0, ZeroDivisionError, "division by zero"),
        (lambda: Neuron(2)([1.0]), ValueError, "a neuron of 2 inputs was given 1"),
        (lambda: mse([], []), ValueError, "0 outputs and 0 targets have no mean loss"),
        (
            lambda: hinge([Value(1.0)], [1, -1]),
            ValueError,
            "1 outputs and 2 targets have no mean loss",
        ),
        (lambda: cross_entropy([Value(1.0)], 1), ValueError, "class 1 of 1 logits does not exist"),
    ],
)
def test_bad_input_raises_a_sentence(
    deed: Callable[[], object], error: type[Exception], message: str
) -> None:
    """What is wrong, with the value."""
    with pytest.raises(error, match=f"^(float )?{message}$"):
        deed()


def test_second_backward_agrees_with_torch() -> None:
    """Leaves add up; inner nodes start afresh."""
    a, b, c = Value(3.0), Value(2.0), Value(5.0)
    out = (a + b) * c
    leaves = tensor(3, 2, 5)
    expected = (leaves[0] + leaves[1]) * leaves[2]
    for _ in range(2):
        out.backward()
        expected.backward(retain_graph=True)

    assert [a.grad, b.grad, c.grad] == leaves.grad.tolist() == [10.0, 10.0, 10.0]


def test_two_losses_add_up_in_a_leaf() -> None:
    """backward() clears no leaf."""
    a = Value(3.0)
    (a * 2).backward()
    (a * a).backward()

    assert a.grad == 2 + 6


def test_order_lists_operands_first_and_each_node_once() -> None:
    """Short and long ways, the same operand twice."""
    a, b = Value(2.0), Value(3.0)
    c = a * b
    root = (c * a + c) * (c + c)
    order = topological_order(root)

    assert len(order) == len(set(order)) == 7
    assert order[-1] is root
    assert all(order.index(operand) < order.index(node) for node in order for operand in node._prev)


def test_million_nodes_need_no_recursion() -> None:
    """A chain of a million nodes is walked, and freed, without a RecursionError."""
    x, b = Value(2.0), Value(0.5)
    for _ in range(1_000_000):
        x = x + b
    x.backward()
    del x

    assert b.grad == 1_000_000


def test_article_expression() -> None:
    """The first of the article's two programs."""
    a = Value(2.0)
    b = Value(3.0)
    c = a * b + b**2
    c.backward()

    assert (c.data, a.grad, b.grad) == (15.0, 3.0, 8.0)


def test_article_training_loop() -> None:
    """The second: sum() over the data, a float minus a Value, and an update of data in place."""
    random.seed(4)
    data = [([math.cos(t), math.sin(t)], 1 if t < 3 else -1) for t in range(6)]
    model = MLP(2, [16, 16, 1])
    losses = []
    for _ in range(100):
        loss = sum((y_true - model(x)) ** 2 for x, y_true in data)
        model.zero_grad()
        loss.backward()
        losses.append(loss.data)
        for p in model.parameters():
            p.data -= 0.01 * p.grad

    assert losses[-1] < losses[0] / 10
    assert len(model.parameters()) == 337


def linear(neurons: list[Neuron]) -> torch.nn.Linear:
    """Return a torch layer that carries these neurons' weights."""
    layer = torch.nn.Linear(len(neurons[0].w), len(neurons), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(
            torch.tensor([[w.data for w in n.w] for n in neurons], dtype=torch.float64)
        )
        layer.bias.copy_(torch.tensor([n.b.data for n in neurons], dtype=torch.float64))
    return layer


def test_mlp_agrees_with_torch() -> None:
    """Outputs and every parameter's gradient, with a hidden layer of one neuron in between."""
    random.seed(1)
    model = MLP(3, [4, 1, 2])
    for p in model.parameters():
        p.data += 0.1
    layers = [linear(layer.neurons) for layer in model.layers]
    twin = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    out = model([0.5, Value(-1.5), 2.0])
    assert isinstance(out, list)
    (out[0] * 3 + out[1] * -2).backward()
    expected = twin(torch.tensor([0.5, -1.5, 2.0], dtype=torch.float64))
    (expected[0] * 3 + expected[1] * -2).backward()
    grads = [torch.cat([t.weight.grad, t.bias.grad[:, None]], 1).flatten().tolist() for t in layers]

    assert [o.data for o in out] == pytest.approx(expected.tolist(), rel=1e-12)
    assert [p.grad for p in model.parameters()] == pytest.approx(
        [grad for layer in grads for grad in layer], rel=1e-12
    )
    model.zero_grad()
    assert {p.grad for p in model.parameters()} == {0.0}


def test_parameters_are_distinct_and_in_order() -> None:
    """Weights then bias, neuron by neuron; weights lie in [-1, 1] and biases start at 0."""
    layer = Layer(3, 2, nonlin=False)
    first, second = layer.neurons

    assert layer.parameters() == [*first.w, first.b, *second.w, second.b]
    assert len({id(p) for p in layer.parameters()}) == 8
    assert all(-1 <= w.data <= 1 for w in first.w)
    assert first.b.data == 0
    assert "LinearNeuron(3)" in repr(layer)


def test_neuron_is_linear_or_rectified() -> None:
    """relu(w . x + b) cuts a negative sum off; nonlin=False lets it through."""
    for nonlin, expected in ((True, 0.0), (False, -5.5)):
        neuron = Neuron(2, nonlin=nonlin)
        neuron.w[0].data, neuron.w[1].data, neuron.b.data = 2.0, -3.0, 0.5

        assert neuron([Value(-1.5), 1.0]).data == expected


@pytest.mark.parametrize("logits", [[1.5, -0.5, 2.0], [1000.0, -1000.0, 0.5]])
def test_losses_agree_with_torch(logits: list[float]) -> None:
    """Values and gradients, also for logits of a thousand."""
    pairs: list[tuple[Callable[[list[Value]], Value], Callable[[torch.Tensor], torch.Tensor]]] = [
        (
            lambda z: mse(z, [1, 2, 3]),
            lambda z: F.mse_loss(z, torch.tensor([1.0, 2, 3], dtype=z.dtype)),
        ),
        (
            lambda z: hinge(z, [1, -1, 1]),
            lambda z: (1 - torch.tensor([1, -1, 1]) * z).clamp(min=0).mean(),
        ),
        (
            lambda z: bce_with_logits(z, [1, 0, 0.25]),
            lambda z: F.binary_cross_entropy_with_logits(
                z, torch.tensor([1, 0, 0.25], dtype=z.dtype)
            ),
        ),
        (lambda z: cross_entropy(z, 2), lambda z: F.cross_entropy(z, torch.tensor(2))),
    ]
    for ours, theirs in pairs:
        values, leaves = [Value(z) for z in logits], tensor(*logits)
        loss = ours(values) * 3
        loss.backward()
        expected = theirs(leaves) * 3
        expected.backward()

        assert loss.data == pytest.approx(expected.item(), rel=1e-12)
        assert [z.grad for z in values] == pytest.approx(leaves.grad.tolist(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda ps: SGD(ps, 0.03), lambda ps: torch.optim.SGD(ps, 0.03)),
        (lambda ps: SGD(ps, 0.03, 0.8), lambda ps: torch.optim.SGD(ps, 0.03, 0.8)),
        (lambda ps: Adam(ps), lambda ps: torch.optim.Adam(ps)),
        (
            lambda ps: Adam(ps, 0.03, (0.7, 0.95), 1e-3),
            lambda ps: torch.optim.Adam(ps, 0.03, (0.7, 0.95), 1e-3),
        ),
    ],
)
def test_optimisers_agree_with_torch(
    ours: Callable[[Iterator[Value]], SGD],
    theirs: Callable[[list[torch.Tensor]], torch.optim.Optimizer],
) -> None:
    """Twenty steps on parameters of different scale; a generator of parameters is no obstacle."""
    values, leaves = (
        [Value(2.0), Value(-300.0), Value(0.01)],
        [tensor(2), tensor(-300), tensor(0.01)],
    )
    optimiser, twin = ours(value for value in values), theirs(leaves)
    for step in range(20):
        optimiser.zero_grad()
        for k, (value, leaf) in enumerate(zip(values, leaves, strict=True)):
            value.grad = math.sin(step + k) * 10.0 ** (2 * k - 2)
            leaf.grad = torch.tensor([value.grad], dtype=torch.float64)
        optimiser.step()
        twin.step()

    assert [v.data for v in values] == pytest.approx([leaf.item() for leaf in leaves], rel=1e-12)
    optimiser.zero_grad()
    assert {v.grad for v in values} == {0.0}


def curve(xs: list[float]) -> float:
    """A function whose slopes are known."""
    return math.sin(xs[0]) * xs[1] + xs[1] ** 3


def test_numerical_gradient_is_central_and_leaves_its_input_alone() -> None:
    """Far closer than forward differences come, at large and small inputs."""
    for xs in ([1.3, 2.0], [100.0, 2.0]):
        before = list(xs)
        exact = [math.cos(xs[0]) * xs[1], math.sin(xs[0]) + 3 * xs[1] ** 2]

        assert numerical_gradient(curve, xs) == pytest.approx(exact, rel=2e-7)
        assert xs == before


@pytest.mark.parametrize(
    ("grads", "agree"),
    [
        (lambda g: g, True),
        (lambda g: [g[0] * (1 + 1e-7), g[1]], True),
        (lambda g: [g[0] * 1.001, g[1]], False),
        (lambda g: [g[0], g[1] * 1.001], False),
        (lambda g: [-g[0], g[1]], False),
        (lambda g: [g[1], g[0]], False),
        (lambda g: [math.nan, g[1]], False),
        (lambda g: [math.inf, g[1]], False),
        (lambda g: g[:1], False),
        (lambda g: [*g, 0.0], False),
    ],
)
def test_gradients_agree_accepts_right_and_rejects_wrong(
    grads: Callable[[list[float]], list[float]], agree: bool
) -> None:
    """Small errors pass, wrong signs, orders, lengths and NaN do not."""
    xs = [1.3, 2.0]
    exact = [math.cos(1.3) * 2.0, math.sin(1.3) + 12.0]

    assert gradients_agree(curve, xs, grads(exact)) is agree


def test_gradients_agree_where_all_are_zero_or_tiny() -> None:
    """Two zeros agree; a slope of a millionth and a zero do not."""
    assert gradients_agree(lambda xs: 7.0, [2.0], [0.0])
    assert not gradients_agree(lambda xs: 1e-6 * xs[0], [2.0], [0.0], atol=1e-9)
