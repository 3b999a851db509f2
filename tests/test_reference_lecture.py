"""What people write along with the lecture on micrograd runs on the reference."""

from __future__ import annotations

import math
import random

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
