"""The engine agrees with PyTorch in float64, on any graph and at every edge."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.engine import Value, topological_order
from tests.conftest import ROOT

Program = Callable[..., Any]  # of one number or of two

PROGRAMS: dict[str, Program] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a, b: -a * b,
    "number-on-the-right": lambda a, b: (a + 3) * (b - 0.25) / 7 * 1.5,
    "number-on-the-left": lambda a, b: (3 + a) * (0.25 - b) * 1.5 + 7 / a,
    "sum": lambda a, b: sum([a * b, a, b, a]),
    "square": lambda a, b: a**2 * b,
    "negative-power": lambda a, b: a**-3 + b,
    "fractional-power": lambda a, b: (a * a) ** 0.75 * b,
    "zeroth-power": lambda a, b: a**0 + b**0 * a,
    "relu": lambda a, b: a.relu() * 3 + b.relu() * 5,
    "tanh": lambda a, b: (a * b).tanh() * a,
    "exp": lambda a, b: (a - b).exp() * b,
    "log": lambda a, b: (a * a + 0.5).log() * b,
    "sigmoid": lambda a, b: (a * b).sigmoid() * a,
    "operand-used-twice": lambda a, b: (a + a) * (b * b) - (a - a) + a / a,
    "inner-node-shared": lambda a, b: ((a * b).tanh() + a) * (a * b).exp(),
    "diamond": lambda a, b: (lambda c: (c + b) * (c - a) / (c * c + 1))(a * b),
    "paths-of-unequal-length": lambda a, b: (lambda c: c + (c * a * b).tanh().exp())(a + b),
}


STEPS: dict[str, Program] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x.tanh() * y.tanh(),
    "/": lambda x, y: x / (y * y + 1),
}


def gradients(program: Program, *numbers: float) -> tuple[float, list[float]]:
    """Run a program on Values; return its result and its gradients."""
    values = [Value(number) for number in numbers]
    root = program(*values)
    root.backward()
    return root.data, [value.grad for value in values]


def torch_gradients(program: Program, *numbers: float) -> tuple[float, list[float]]:
    """Run a program on tensors; return its result and its gradients."""
    tensors = [torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers]
    root = program(*tensors)
    root.backward()
    return root.item(), [0.0 if t.grad is None else t.grad.item() for t in tensors]


def function(name: str) -> Callable[[Any], Any]:
    """Call a method of one operand, and give it an upstream gradient that is not 1."""
    return lambda x: getattr(x, name)() * 3.0


def expect_torch(program: Program, *numbers: float) -> None:
    """Compare result and gradients with PyTorch's."""
    data, grads = gradients(program, *numbers)
    torch_data, torch_grads = torch_gradients(program, *numbers)

    assert data == pytest.approx(torch_data, rel=1e-12, abs=1e-14)
    assert grads == pytest.approx(torch_grads, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("numbers", [(2.5, -1.75), (-0.6, 0.3), (1.25, 3.5)])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_programs_agree_with_torch(program: Program, numbers: tuple[float, float]) -> None:
    """Every operation has PyTorch's result and gradients."""
    expect_torch(program, *numbers)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 99), st.integers(0, 99)),
        max_size=12,
    ),
    st.floats(-2, 2),
    st.floats(-2, 2),
)
def test_random_graphs_agree_with_torch(
    steps: list[tuple[str, int, int]], a: float, b: float
) -> None:
    """Whatever the shape of the graph, its gradients are PyTorch's."""

    def program(a: Any, b: Any) -> Any:
        nodes = [a, b]
        for label, i, j in steps:
            x, y = nodes[i % len(nodes)], nodes[j % len(nodes)]
            nodes.append(STEPS[label](x, y))
        return nodes[-1] * 3 + a

    expect_torch(program, a, b)


@pytest.mark.parametrize("x", [-1000.0, -30.0, -0.0, 0.0, 30.0, 1000.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu"])
def test_functions_are_right_far_out(name: str, x: float) -> None:
    """Saturated functions stay finite, and relu has slope 0 at 0."""
    expect_torch(function(name), x)


@pytest.mark.parametrize(("x", "k"), [(0.0, 0), (0.0, 1), (0.0, 2), (0.0, 0.5), (-3.0, 0), (0, 3)])
def test_powers_at_the_edge_agree_with_torch(x: float, k: float) -> None:
    """x**0 has slope 0 at 0, and a root of 0 has an infinite one."""
    expect_torch(lambda a: a**k * 3.0, float(x))


def test_article_program() -> None:
    """The article's first program gives the article's numbers."""
    a = Value(2.0)
    b = Value(3.0)
    c = a * b + b**2
    c.backward()

    assert (c.data, a.grad, b.grad) == (15.0, 3.0, 8.0)


def test_new_value() -> None:
    """A new value holds the number as given, no gradient and no operands."""
    a, b = Value(7), Value(2.5, _op="b")

    made = Value(3.5, [a, b], "made")

    assert (a.data, a.grad, list(a._prev), a._op) == (7, 0, [], "")
    assert (list(made._prev), made._op, b._op) == ([a, b], "made", "b")


def test_operations_record_operands_and_label() -> None:
    """A result knows its operands by identity, each as often as it was used, and its label."""
    a, b = Value(2.0), Value(0.5)

    made = [a + b, a - b, a * b, a / b, a * a, a**3, -a]
    made += [a.relu(), a.tanh(), a.exp(), a.log(), a.sigmoid()]

    pairs = [(a, b)] * 4 + [(a, a)]
    assert [node._prev for node in made] == pairs + [(a,)] * 7
    labels = ["+", "-", "*", "/", "*", "**3", "neg", "relu", "tanh", "exp", "log", "sigmoid"]
    assert [node._op for node in made] == labels


def test_plain_number_becomes_a_leaf() -> None:
    """A number among the operands is lifted, on either side."""
    a = Value(2.0)

    for node, number in [
        (a + 3, 3),
        (3 + a, 3),
        (a * 0.5, 0.5),
        (3 - a, 3),
        (3 / a, 3),
        (a - 3, 3),
    ]:
        (leaf,) = (operand for operand in node._prev if operand is not a)
        assert (leaf.data, type(leaf.data), leaf._prev) == (number, type(number), ())


@pytest.mark.parametrize("half", [np.float64(0.5), np.float32(0.5), Fraction(1, 2), Decimal("0.5")])
def test_other_kinds_of_numbers_are_lifted(half: Any) -> None:
    """NumPy's numbers, fractions and decimals work on either side, and as exponents."""
    a = Value(4.0)

    made = [a + half, a - half, a * half, a / half, a**half]
    made += [half + a, half - a, half * a, half / a]
    for node in made:
        node.backward()

    assert [node.data for node in made] == [4.5, 3.5, 2.0, 8.0, 2.0, 4.5, -3.5, 2.0, 0.125]
    assert a.grad == 1 + 1 + 0.5 + 2 + 0.25 + 1 - 1 + 0.5 - 0.03125


@pytest.mark.parametrize(("x", "slope"), [(3.0, 1.0), (-3.0, -1.0), (0.0, 0.0)])
def test_abs(x: float, slope: float) -> None:
    """The sign is the derivative, and at 0 it is 0, as in PyTorch."""
    a = Value(x)

    b = abs(a)
    (b * 5.0).backward()

    assert (b.data, a.grad) == (abs(x), 5 * slope)


def test_integers_stay_integers() -> None:
    """Whole numbers turn into floats only where a result is not whole by nature."""
    a, b = Value(7), Value(-2)

    made = [a + b, a - b, a * b, a**2, -a, 2 + a, 2 - a, 2 * a, a.relu(), b.relu(), b**0]
    assert [node.data for node in made] == [5, 9, -14, 49, -7, 9, -5, 14, 7, 0, 1]
    assert {type(node.data) for node in made} == {int}
    assert {type(node.data) for node in [a / b, b**-1, a.tanh(), Value(-2.0).relu()]} == {float}


def test_augmented_assignment_makes_a_new_node() -> None:
    """`+=` leaves the old node as it was."""
    old = a = Value(2.0)

    a += 3.0

    assert a is not old
    assert (old.data, old._prev, a.data) == (2.0, (), 5.0)


def test_backward_of_one_node_adds_to_its_operands_alone() -> None:
    """`_backward()` adds local derivative times upstream gradient, and walks no further."""
    a, b = Value(2.0), Value(5.0)
    inner = a * b
    out = inner * b
    b.grad, out.grad = 0.5, 3.0

    out._backward()

    assert (inner.grad, b.grad, a.grad) == (15.0, 30.5, 0.0)
    assert (out.grad, out.data) == (3.0, 50.0)


def test_hand_made_node_without_derivatives_is_refused() -> None:
    """Gradients are not lost in silence where a node does not know its local derivatives."""
    node = Value(3.0, (Value(2.0),), "made")

    with pytest.raises(IndexError, match=r"^tuple index out of range$"):
        node.backward()


def test_backward_twice_agrees_with_torch() -> None:
    """A second call restarts the nodes between and adds to the leaves once more."""
    a, x = Value(2.0), torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    inner, torch_inner = a * a, x * x
    root, torch_root = inner * inner * 3.0, torch_inner * torch_inner * 3.0

    for _ in range(2):
        root.backward()
        torch_root.backward(retain_graph=True)

    assert x.grad is not None
    assert a.grad == x.grad.item() == 192.0
    assert (inner.grad, root.grad) == (24.0, 1.0)


def test_losses_that_share_a_node_add_up() -> None:
    """Leaves gather the gradients of several roots, through a shared node too."""
    a, b = Value(2.0), Value(3.0)
    shared = a * b
    first, second = shared * 5.0, shared.tanh() + shared * a
    x, y = (torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in (2.0, 3.0))

    first.backward()
    second.backward()
    (x * y * 5.0 + (x * y).tanh() + x * y * x).backward()

    assert x.grad is not None
    assert y.grad is not None
    assert (a.grad, b.grad) == pytest.approx((x.grad.item(), y.grad.item()), rel=1e-12)


def test_backward_of_a_leaf() -> None:
    """A leaf is its own root, and adds 1 to what it holds."""
    a = Value(4.0)
    a.grad = 2.5

    a.backward()

    assert a.grad == 3.5


def test_order_has_every_node_once_and_operands_first() -> None:
    """The order is topological, however often a node is used."""
    a, b = Value(2.0), Value(2.0)
    c = a * b
    root = (c + c) * (c + (a + 1.0).tanh()) * b
    edges = [(operand, node) for node in topological_order(root) for operand in node._prev]

    order = topological_order(root)

    place = {node: i for i, node in enumerate(order)}
    assert order[-1] is root
    assert len(order) == len(place) == 10
    assert all(place[operand] < place[node] for operand, node in edges)


def test_ladder_of_diamonds_is_walked_once() -> None:
    """Sixty doublings have 2**60 paths and 121 nodes."""
    x = node = Value(2.0)
    for _ in range(60):
        node = (node + node) * 0.75

    node.backward()

    assert len(topological_order(node)) == 1 + 3 * 60
    assert x.grad == 1.5**60


def test_million_nodes_are_walked_and_freed() -> None:
    """Neither the reverse pass nor freeing the graph needs a deep stack."""
    program = """
from reference.engine import Value
x, step = Value(2.0), Value(0.5)
node = x
for _ in range(1_000_000):
    node = node + step
node.backward()
print(x.grad, step.grad)
del node
print("freed")
"""

    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert (run.returncode, run.stdout) == (0, "1.0 1000000.0\nfreed\n"), run.stderr


@pytest.mark.parametrize("other", ["3", None, [1.0], 2j], ids=repr)
@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**"])
def test_what_is_no_number_is_declined(operator: str, other: object) -> None:
    """Python words the TypeError, after it has asked the other operand too."""
    names = {"a": Value(2.0), "other": other}

    with pytest.raises(TypeError, match=r"unsupported operand type|can't multiply sequence"):
        eval(f"a {operator} other", names)
    with pytest.raises(
        TypeError, match=r"unsupported operand type|can only concatenate|can't multiply"
    ):
        eval(f"other {operator} a", names)


def test_other_operand_is_asked() -> None:
    """A type that knows Values may take over."""

    class Wrapper:
        def __radd__(self, other: object) -> str:
            return "asked"

    assert Value(2.0) + Wrapper() == "asked"


def test_value_as_exponent() -> None:
    """The error says what to write in its place."""
    sentence = (
        r"^Value\(data=3\.0, grad=0\.0\) can't be an exponent: "
        r"for a \*\* b, write \(a\.log\(\) \* b\)\.exp\(\)$"
    )

    with pytest.raises(TypeError, match=sentence):
        Value(2.0) ** Value(3.0)  # type: ignore[operator]


def test_root_of_a_negative_number() -> None:
    """A complex number is no result."""
    with pytest.raises(ValueError, match=r"^-8 \*\* 0\.5 is not a real number$"):
        Value(-8.0) ** 0.5


@pytest.mark.parametrize(("x", "shown"), [(0, "0"), (-2.5, "-2.5")])
def test_log_of_nothing_or_less(x: float, shown: str) -> None:
    """The error names the number."""
    with pytest.raises(ValueError, match=f"^log needs a number above 0, not {shown}$"):
        Value(x).log()


def test_repr() -> None:
    """A value shows its number and its gradient."""
    a = Value(2)
    (a * 1.5).backward()

    assert repr(a) == "Value(data=2, grad=1.5)"
