"""Networks of Values compute and learn as PyTorch's do."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
import torch

from reference.engine import Value, topological_order
from reference.nn import MLP, Layer, Module, Neuron


def neuron_of(weights: list[float], bias: float, nonlin: bool = True) -> Neuron:
    """Return a neuron with weights of our choice."""
    neuron = Neuron(len(weights), nonlin=nonlin)
    for p, number in zip(neuron.parameters(), [*weights, bias], strict=True):
        p.data = number
    return neuron


def torch_twin(model: MLP) -> torch.nn.Sequential:
    """Return a PyTorch network with the same weights."""
    layers: list[torch.nn.Module] = []
    for layer in model.layers:
        linear = torch.nn.Linear(len(layer.neurons[0].w), len(layer.neurons), dtype=torch.float64)
        with torch.no_grad():
            linear.weight[:] = torch.tensor(
                [[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64
            )
            linear.bias[:] = torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64)
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def one(out: Value | list[Value]) -> Value:
    """Insist on a bare Value."""
    assert isinstance(out, Value)
    return out


def several(out: Value | list[Value]) -> list[Value]:
    """Insist on a list."""
    assert isinstance(out, list)
    return out


def test_neuron_starts_random() -> None:
    """Weights are distinct, uniform in [-1, 1]; the bias is 0."""
    random.seed(5)
    neuron = Neuron(2000)

    weights = [w.data for w in neuron.w]
    assert len(set(weights)) == 2000
    assert -1 <= min(weights) < -0.99 < 0.99 < max(weights) <= 1
    assert sum(w * w for w in weights) / 2000 == pytest.approx(1 / 3, abs=0.03)
    assert neuron.b.data == 0


def test_neuron_repeats_with_the_seed() -> None:
    """`random.seed` fixes the weights."""
    random.seed(5)
    first = Neuron(3)
    random.seed(5)
    second = Neuron(3)

    assert [w.data for w in first.w] == [w.data for w in second.w]


@pytest.mark.parametrize(
    ("bias", "nonlin", "expected"), [(0.5, True, 3.0), (-4.0, True, 0.0), (-4.0, False, -1.5)]
)
def test_neuron_output(bias: float, nonlin: bool, expected: float) -> None:
    """A neuron answers relu(w . x + b), or w . x + b when it is linear."""
    neuron = neuron_of([2.0, -0.5], bias, nonlin)

    assert neuron([1.5, 1.0]).data == expected


def test_neuron_gradients() -> None:
    """Weights get the inputs, inputs get the weights, the bias gets 1, all times upstream."""
    neuron = neuron_of([2.0, -0.5], 0.25)
    x = [Value(1.5), Value(0.75)]

    (neuron(x) * 3.0).backward()

    assert [p.grad for p in neuron.parameters()] == [4.5, 2.25, 3.0]
    assert [x_i.grad for x_i in x] == [6.0, -1.5]


def test_neuron_parameters_are_its_own_weights_then_bias() -> None:
    """The list holds the objects that the neuron computes with."""
    neuron = Neuron(3)

    parameters = neuron.parameters()

    assert all(p is q for p, q in zip(parameters, [*neuron.w, neuron.b], strict=True))


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (Neuron(3), "this neuron takes 3 inputs, not 2"),
        (Layer(1, 4), "this neuron takes 1 inputs, not 2"),
        (MLP(3, [4, 1]), "this neuron takes 3 inputs, not 2"),
    ],
    ids=["neuron", "layer", "mlp"],
)
def test_wrong_number_of_inputs(model: Neuron | Layer | MLP, shown: str) -> None:
    """Inputs are never cut to fit."""
    with pytest.raises(ValueError, match=f"^{shown}$"):
        model([1.0, 2.0])


@pytest.mark.parametrize("model", [Neuron(2), Layer(2, 3), MLP(2, [3, 1])], ids=repr)
def test_inputs_may_be_a_generator(model: Neuron | Layer | MLP) -> None:
    """Every neuron sees all inputs, though a generator gives them only once."""
    assert repr(model(x for x in (0.5, -0.25))) == repr(model([0.5, -0.25]))


def test_layer_gives_a_list_or_one_value() -> None:
    """One neuron answers with a bare Value."""
    x = [0.5, -0.25]

    assert isinstance(Layer(2, 1)(x), Value)
    assert len(several(Layer(2, 3)(x))) == 3


def test_layer_hands_kwargs_to_its_neurons() -> None:
    """A linear layer has linear neurons, each with weights of its own."""
    layer = Layer(2, 3, nonlin=False)

    assert [neuron.nonlin for neuron in layer.neurons] == [False] * 3
    assert len(set(layer.parameters())) == 9


def test_mlp_is_linear_in_its_last_layer_alone() -> None:
    """All layers but the last end in relu, and sizes follow one another."""
    model = MLP(2, [4, 3, 1])

    assert [{n.nonlin for n in layer.neurons} for layer in model.layers] == [
        {True},
        {True},
        {False},
    ]
    assert [len(layer.neurons) for layer in model.layers] == [4, 3, 1]
    assert [len(layer.neurons[0].w) for layer in model.layers] == [2, 4, 3]


@pytest.mark.parametrize("sizes", [[1], [3], [4, 1], [1, 1, 2], [5, 4, 2]], ids=str)
def test_mlp_agrees_with_torch(sizes: list[int]) -> None:
    """Outputs and the gradients of every parameter and input are PyTorch's."""
    random.seed(11)
    model = MLP(3, sizes)
    for p in model.parameters():
        p.data += 0.25
    twin = torch_twin(model)
    x = [Value(0.5), Value(-1.25), Value(2.0)]
    tensor = torch.tensor([0.5, -1.25, 2.0], dtype=torch.float64, requires_grad=True)

    out = model(x)
    outputs = [out] if isinstance(out, Value) else out
    sum((o**2 * (i + 2) for i, o in enumerate(outputs)), Value(0.0)).backward()
    twin_out = twin(tensor)
    (twin_out**2 * torch.arange(2, len(outputs) + 2)).sum().backward()

    assert [o.data for o in outputs] == pytest.approx(twin_out.tolist(), rel=1e-12)
    assert tensor.grad is not None
    assert [x_i.grad for x_i in x] == pytest.approx(tensor.grad.tolist(), rel=1e-12)
    grads = [
        grad
        for linear in twin
        if isinstance(linear, torch.nn.Linear)
        for row, bias in zip(linear.weight.grad, linear.bias.grad, strict=True)
        for grad in [*row.tolist(), bias.item()]
    ]
    assert [p.grad for p in model.parameters()] == pytest.approx(grads, rel=1e-12)


def test_mlp_lifts_a_number_once() -> None:
    """The neurons of the first layer share the leaf of an input."""
    nodes = topological_order(one(MLP(2, [8, 1])([0.5, 0.25])))

    assert sum(node.data in (0.5, 0.25) and not node._prev for node in nodes) == 2


def test_zero_grad_clears_gradients_alone() -> None:
    """Every parameter keeps its identity and its number."""
    model = MLP(2, [3, 1])
    before = [(p, p.data) for p in model.parameters()]
    for p in model.parameters():
        p.grad = 2.5

    model.zero_grad()

    assert [(p, p.data) for p in model.parameters()] == before
    assert {p.grad for p in model.parameters()} == {0}


def test_bare_module_has_no_parameters() -> None:
    """A subclass without parameters is a module all the same."""
    module = Module()
    module.zero_grad()

    assert module.parameters() == []


def test_article_training_loop() -> None:
    """The article's second program runs as it stands, and learns."""
    random.seed(3)
    data = [
        ([x / 2, y / 2], 1 if x * y > 0 else -1) for x, y in itertools.product((-1, 1), repeat=2)
    ]
    losses = []

    model: Any = MLP(2, [16, 16, 1])  # Any, since the article's text has no types
    for _step in range(100):
        loss: Any = sum((y_true - model(x)) ** 2 for x, y_true in data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad
        losses.append(loss.data)

    assert losses[-1] < 0.01 < 1 < losses[0]


def test_repr_shows_the_shape() -> None:
    """A network shows its layers, a layer its neurons."""
    assert repr(MLP(2, [2, 1])) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )
