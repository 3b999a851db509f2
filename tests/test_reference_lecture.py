"""What people write along with the lecture on micrograd runs on the reference."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from reference.draw import backward_steps, draw
from reference.engine import Value
from reference.nn import MLP


def neuron() -> dict[str, Value]:
    """Return the values of tanh(x1*w1 + x2*w2 + b), each labelled with its name."""
    x1, x2 = Value(1.5, label="x1"), Value(-0.5, label="x2")
    w1, w2 = Value(-2.0, label="w1"), Value(1.0, label="w2")
    b = Value(4.0, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    total = x1w1 + x2w2
    n = total + b
    o = n.tanh()
    x1w1.label, x2w2.label, total.label = "x1w1", "x2w2", "x1w1 + x2w2"
    n.label, o.label = "n", "o"
    values = [x1, w1, x2, w2, b, x1w1, x2w2, total, n, o]
    return {value.label: value for value in values}


def tanh(x: Value) -> Value:
    """Return the hyperbolic tangent, added from outside by a closure."""
    out = Value(math.tanh(x.data), (x,), "tanh")

    def backward() -> None:
        x.grad += (1 - out.data**2) * out.grad

    out._backward = backward
    return out


def test_a_value_has_no_label_until_it_gets_one() -> None:
    """A label is given with the number or afterwards; results have none."""
    a = Value(2.0, label="a")
    b = a * 3.0

    assert (a.label, b.label) == ("a", "")


def test_drawing_shows_the_labels() -> None:
    """A label stands in the box, beside the operation; a name that is given comes first."""
    values = neuron()

    picture = draw(values["o"]).picture
    renamed = draw(values["o"], {"out": values["o"]}).picture

    assert {box.name for box in picture.boxes} == set(values)
    assert (picture.boxes[-1].name, picture.boxes[-1].operation) == ("o", "tanh")
    assert renamed.boxes[-1].name == "out"


def test_backward_by_hand_gives_what_backward_gives() -> None:
    """`_backward()` of each node, users first, fills in the same gradients."""
    by_hand, whole = neuron(), neuron()
    whole["o"].backward()

    by_hand["o"].grad = 1.0
    for name in ("o", "n", "x1w1 + x2w2", "b", "x2w2", "x1w1", "x1"):
        by_hand[name]._backward()

    assert [v.grad for v in by_hand.values()] == [v.grad for v in whole.values()]
    assert whole["w1"].grad == pytest.approx(1.5 * (1 - math.tanh(0.5) ** 2))


@pytest.mark.parametrize("in_steps", [False, True])
def test_an_operation_by_a_closure(in_steps: bool) -> None:
    """`out._backward = closure` takes part in the pass, between users and operands."""
    values, own = neuron(), neuron()
    for root in (values["n"].tanh() * values["n"], tanh(own["n"]) * own["n"]):
        if in_steps:
            list(backward_steps(root))
        else:
            root.backward()

    assert [v.grad for v in own.values()] == pytest.approx([v.grad for v in values.values()])
    assert own["w1"].grad != 0


def test_a_closure_called_by_hand() -> None:
    """`_backward` is the closure itself once it is assigned."""
    x = Value(0.5)
    out = tanh(x)
    out.grad = 2.0

    out._backward()

    assert x.grad == pytest.approx(2 * (1 - math.tanh(0.5) ** 2))


def test_a_pass_of_the_engine_can_be_wrapped() -> None:
    """To trace the pass, one takes `_backward`, and assigns a closure that calls it."""
    values, fired = neuron(), []
    for name in ("o", "n", "x2w2"):
        value = values[name]

        def trace(name: str = name, own: Callable[[], None] = value._backward) -> None:
            fired.append(name)
            own()

        value._backward = trace
    plain = neuron()

    values["o"].backward()
    plain["o"].backward()

    assert fired == ["o", "n", "x2w2"]
    assert [v.grad for v in values.values()] == [v.grad for v in plain.values()]


def test_shares_of_a_closure_are_told_by_what_it_added() -> None:
    """One a node, also where the node is there twice, and from what the operand held before."""
    x, y = Value(3.0), Value(2.0)
    out = Value(x.data * x.data * y.data, (x, x, y), "x*x*y")

    def backward() -> None:
        x.grad += 2 * x.data * y.data * out.grad
        y.grad += x.data**2 * out.grad

    out._backward = backward
    y.grad = 1.0
    (step,) = backward_steps(out)

    told = [(s.operand, s.local, s.product, s.before, s.after) for s in step.shares]
    assert told == [(x, 12.0, 12.0, 0.0, 12.0), (y, 9.0, 9.0, 1.0, 10.0)]


def test_shares_of_a_closure_that_had_nothing_to_pass_on() -> None:
    """Nothing over nothing is no local derivative."""
    x = Value(0.5)
    root = tanh(x) * 0.0
    first, second = backward_steps(root)

    assert (first.upstream, second.upstream, second.shares[0].product) == (1.0, 0.0, 0.0)
    assert math.isnan(second.shares[0].local)


@pytest.mark.parametrize("name", ["color", "name"])
def test_an_attribute_that_is_not_kept_says_what_to_do(name: str) -> None:
    """Whoever sets it reads where to put it instead; whoever asks for it is told that it is not."""
    a = Value(2.0)

    with pytest.raises(AttributeError) as told:
        setattr(a, name, "red")

    assert str(told.value) == (
        f"a Value keeps no {name}: write it into its label, or keep a dict beside the graph, "
        f"{name}s = {{a: 'red'}}"
    )
    assert not hasattr(a, name)


def test_four_examples_are_learned() -> None:
    """A small network learns four answers of either sign by plain gradient descent."""
    random.seed(1)
    model = MLP(3, [4, 4, 1])
    xs = [[1.0, 2.0, -1.0], [2.0, -1.0, 0.5], [0.5, 1.5, 1.0], [1.5, 1.0, -0.5]]
    losses = []
    for _ in range(100):
        errors = [Value(y) - model(x) for x, y in zip(xs, (1, -1, -1, 1), strict=True)]  # type: ignore[operator]
        loss = sum((error**2 for error in errors), Value(0.0))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.02 * p.grad
        losses.append(loss.data)

    assert losses[-1] < 0.1 * losses[0]
