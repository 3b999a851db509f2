"""Small scenarios that every neuron, layer and network has to get right, the plainest first.

What varies: the sizes, the kinds of inputs and their order, the signs of the sums, what was called
before, what others changed meanwhile, and how many networks there are. `Net` is one of them with
numbers that the seed draws, none of its sums near the kink of relu.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from grader.checks.graded import GradedAttempt
from grader.checks.scripts import Claim, Scene, is_list, numbers, places

CLEAR = 0.05  # how far from the kink every sum is
OFF_GRID = 0.00317  # in each bias: whatever the inputs, which have two digits, no sum is 0
Numbers = list[float]


@dataclass(frozen=True)
class Net:
    """A network: how it is made, its numbers, inputs, and where its parameters are found."""

    made: str
    weights: Numbers
    xs: Numbers
    outputs: int = 1
    listed: str = "{}.parameters()"

    def lines(self, name: str = "net") -> str:
        """Return the lines that make it and set its numbers."""
        return f"{name} = {self.made}\n{self.set(self.weights, name)}"

    def set(self, weights: Sequence[float], name: str = "net") -> str:
        """Return the lines that set the parameters."""
        parameters = self.listed.format(name)
        return f"for p, number in zip({parameters}, {list(weights)}):\n    p.data = number\n"

    def grads(self, name: str = "net") -> str:
        """Return the expression for the gradients of the parameters."""
        return f"[p.grad for p in {self.listed.format(name)}]"

    def data(self, out: str = "out") -> str:
        """Return the expression for the numbers of an output."""
        return f"{out}.data" if self.outputs == 1 else f"[y.data for y in {out}]"

    def loss(self, out: str = "out") -> str:
        """Return the expression for one Value that every output has part in."""
        if self.outputs == 1:
            return f"{out} * 5.0"
        return " + ".join(f"{out}[{k}] * {5.0 - 2 * k}" for k in range(self.outputs))


def neuron(attempt: GradedAttempt, nin: int, nonlin: bool = True, on: bool = True) -> Net:
    """Return a neuron whose sum is above 0, or below it."""
    made = f"Neuron({nin})" if nonlin else f"Neuron({nin}, nonlin=False)"
    for attempted in range(1000):
        weights = _weights(attempt, f"w {made} {on} {attempted}", [nin, 1])
        xs = numbers(attempt, f"x {made} {on} {attempted}", nin)
        total = sum(w * x for w, x in zip(weights, xs, strict=False)) + weights[-1]
        if abs(total) > CLEAR and (total > 0) == on:
            return Net(made, weights, xs, listed="[*{0}.w, {0}.b]")
    raise AssertionError(f"no numbers for {made}")


def layered(attempt: GradedAttempt, made: str, sizes: Sequence[int], last_bent: bool) -> Net:
    """Return a layer or an MLP of these sizes, no hidden layer of it all silent."""
    for attempted in range(1000):
        weights = _weights(attempt, f"w {made} {attempted}", sizes)
        xs = numbers(attempt, f"x {made} {attempted}", sizes[0])
        if _is_clear(sizes, weights, xs, last_bent):
            return Net(made, weights, xs, outputs=sizes[-1])
    raise AssertionError(f"no numbers for {made}")


def mlp(attempt: GradedAttempt, nin: int, nouts: list[int]) -> Net:
    """Return an MLP, its last layer linear."""
    return layered(attempt, f"MLP({nin}, {nouts})", [nin, *nouts], last_bent=False)


def layer(attempt: GradedAttempt, nin: int, nout: int, nonlin: bool = True) -> Net:
    """Return a layer."""
    made = f"Layer({nin}, {nout}{'' if nonlin else ', nonlin=False'})"
    return layered(attempt, made, [nin, nout], last_bent=nonlin)


def _weights(attempt: GradedAttempt, label: str, sizes: Sequence[int]) -> Numbers:
    """Return the parameters, neuron by neuron, each with its bias last."""
    count = sum((m + 1) * n for m, n in pairwise(sizes))
    biases = [k == m for m, n in pairwise(sizes) for _ in range(n) for k in range(m + 1)]
    drawn = zip(numbers(attempt, label, count), biases, strict=True)
    return [round(number + OFF_GRID * bias, 5) for number, bias in drawn]


def _is_clear(sizes: Sequence[int], weights: Numbers, xs: Numbers, last_bent: bool) -> bool:
    left = iter(weights)
    last = len(sizes) - 2
    for depth, (nin, nout) in enumerate(pairwise(sizes)):
        rows = [[next(left) for _ in range(nin + 1)] for _ in range(nout)]
        sums = [sum(w * x for w, x in zip(row, xs, strict=False)) + row[-1] for row in rows]
        bent = last_bent or depth < last
        silent = bent and max(sums) < 0
        plain = bent and nout > 2 and min(sums) > 0  # then relu has nothing to do
        if min(map(abs, sums)) < CLEAR or silent or plain:
            return False
        xs = [max(0.0, s) for s in sums] if bent else sums
    return True


def scaled(net: Net, factor: float) -> Net:
    """Return the same network with inputs and biases that are larger."""
    *weights, bias = net.weights
    return replace(net, weights=[*weights, bias * factor], xs=[x * factor for x in net.xs])


def answers(net: Net) -> Iterator[Scene]:
    """The numbers, for floats alone; then the gradients of parameters and inputs."""
    call = f"out = net({net.xs})"
    yield Scene(net.lines() + call, net.data())
    values = f"{net.lines()}xs = [Value(x) for x in {net.xs}]\nout = net(xs)\n"
    yield Scene(
        f"{values}loss = {net.loss()}\nloss.backward()",
        f"{net.data()}; {net.grads()}; [x.grad for x in xs]",
    )


def mixed_inputs(net: Net) -> Iterator[Scene]:
    """Floats, ints and Values in any order, and one Value in two places."""
    first, *others = net.xs
    for inputs in (
        [f"{round(2 * x) or 3}" for x in net.xs],
        ["x", *map(repr, others)],
        [*map(repr, others), "x"],
        ["x", *(f"Value({x})" for x in others)],
        ["x", *["x"] * len(others)],
        ["2", *["x"] * len(others)],
        ["-0.0", *["x"] * len(others)],
        ["y", *["x"] * len(others)],
    ):
        code = f"{net.lines()}x, y = Value({first}), Value(0.0)\nout = net([{', '.join(inputs)}])\n"
        yield Scene(
            f"{code}loss = {net.loss()}\nloss.backward()",
            f"{net.data()}; {net.grads()}; x.grad; y.grad",
        )


def repeated_calls(net: Net) -> Iterator[Scene]:
    """A second call, the same or another, alone or together with the first in one loss."""
    xs, others = net.xs, [-2 * x for x in net.xs]
    twice = f"{net.lines()}xs = {xs}\nfirst = net(xs)\nsecond = net({{}})\n"
    yield Scene(twice.format("xs"), f"{net.data('first')}; {net.data('second')}")
    yield Scene(twice.format(others), f"{net.data('first')}; {net.data('second')}")
    for again in ("xs", others):
        both = f"loss = {net.loss('first')} + {net.loss('second')}\nloss.backward()"
        yield Scene(twice.format(again) + both, f"loss.data; {net.grads()}")
    each = f"({net.loss('first')}).backward()\n({net.loss('second')}).backward()"
    yield Scene(twice.format(others) + each, net.grads())


def same_parameters(net: Net) -> Scene:
    """After two calls the parameters are the objects that they were."""
    parameters = net.listed.format("net")
    code = f"{net.lines()}kept = {parameters}\nfirst, second = net({net.xs}), net({net.xs})"
    why = "a call replaced the parameters by new ones"
    place = [*range(len(net.weights))] * 2
    return Scene(code, claims={places(f"*kept, *{parameters}"): (place, why)})


def changed_meanwhile(net: Net) -> Iterator[Scene]:
    """What is computed after a change is computed with what was changed."""
    begun = f"{net.lines()}xs = {net.xs}\nfirst = net(xs)\n"
    weights = [round(0.5 - w, 5) for w in net.weights]
    again = f"out = net(xs)\nloss = {net.loss()}\nloss.backward()"
    reads = f"{net.data()}; {net.grads()}"
    yield Scene(begun + net.set(weights) + again, reads)
    yield Scene(f"{begun}xs[0] = {-3 * net.xs[0]}\n{again}", reads)
    given = f"{net.lines()}xs = [Value(x) for x in {net.xs}]\nfirst = net(xs)\n"
    yield Scene(f"{given}xs[0].data = {-3 * net.xs[0]}\n{again}", f"{reads}; xs[0].grad")


def untouched(net: Net) -> Iterator[Scene]:
    """A call changes neither its inputs nor the parameters nor any gradient."""
    lost = "a call should leave the list of inputs as it is"
    moved = "a call should leave the parameters as they are"
    graded = "a call should leave the gradients as they are"
    parameters = net.listed.format("net")
    for given in (f"{net.xs}", f"[Value(x) for x in {net.xs}]"):
        code = f"{net.lines()}xs = {given}\nkept = list(xs)\nout = net(xs)"
        claims: dict[str, Claim] = {
            places("*kept, *xs"): ([*range(len(net.xs))] * 2, lost),
            "[getattr(x, 'data', x) for x in xs]": (net.xs, lost),
            f"[p.data for p in {parameters}]": (net.weights, moved),
        }
        yield Scene(code, claims=claims)
    preset = (
        f"{net.lines()}xs = [Value(x) for x in {net.xs}]\n"
        f"for p in [*{parameters}, *xs]:\n    p.grad = 7.0\nout = net(xs)"
    )
    grads = f"[p.grad for p in [*{parameters}, *xs]]"
    every = [7] * (len(net.weights) + len(net.xs))
    yield Scene(preset, claims={grads: (every, graded)})


def cleared(net: Net) -> Iterator[Scene]:
    """`zero_grad()` sets every gradient to 0, whoever set it, also before there is any."""
    count = len(net.weights)
    why = "zero_grad() should set every gradient to 0"
    claims = {net.grads(): ([0] * count, why)}
    for before in ("", f"for p in {net.listed.format('net')}:\n    p.grad = 7.0\n"):
        yield Scene(f"net = {net.made}\n{before}net.zero_grad()", claims=claims)
    two = f"net, other = {net.made}, {net.made}\n"
    two += "for p in [*net.parameters(), *other.parameters()]:\n    p.grad = 7.0\nnet.zero_grad()"
    alone = "zero_grad() should leave another network's gradients alone"
    yield Scene(two, claims={net.grads("other"): ([7] * count, alone)})
    again = f"{net.lines()}out = net({net.xs})\nloss = {net.loss()}\nloss.backward()\n"
    again += f"net.zero_grad()\nout = net({net.xs})\nloss = {net.loss()}\nloss.backward()"
    yield Scene(again, net.grads())


def two_of_them(one: Net, two: Net) -> Iterator[Scene]:
    """Two networks of other arguments, called in turn, know nothing of each other."""
    made = one.lines("one") + two.lines("two")
    reads = f"{one.data('a')}; {two.data('b')}"
    grads = f"{one.grads('one')}; {two.grads('two')}"
    yield Scene(f"{made}a = one({one.xs})\nb = two({two.xs})", reads)
    yield Scene(f"{made}b = two({two.xs})\na = one({one.xs})", reads)
    back = f"loss = {one.loss('a')}\nloss.backward()"
    yield Scene(f"{made}a = one({one.xs})\nb = two({two.xs})\n{back}", grads)


def listed(made: str, weights: int, biases: int, parameters: str) -> Iterator[Scene]:
    """`parameters()` is a list of Values of their own, the same ones each time, drawn and new."""
    ps, count = "net.parameters()", weights + biases
    claims: dict[str, Claim] = {
        f"len([*{ps}])": (count, f"{made} should have {count} parameters"),
        is_list(ps): (1, "parameters() should give a list"),
        places(f"*{parameters}"): (
            [*range(count)],
            "each parameter should be a Value of its own, and listed once",
        ),
        places(f"*{parameters}, *{ps}"): (
            [*range(count)] * 2,
            "parameters() should give the objects themselves, in the same order each time",
        ),
        f"[p.grad for p in {ps}]": ([0] * count, "a new parameter should have the gradient 0"),
        f"len({{p.data for p in {ps}}})": (
            weights + 1,
            "each weight should start with a number of its own, and all biases with the same",
        ),
        f"[p.data for p in {ps}].count(0)": (biases, "each bias should start with 0"),
        f"sum(-1 <= p.data <= 1 for p in {ps})": (count, "weights should start in [-1, 1]"),
    }
    yield Scene(f"net = {made}", claims=claims)
    both = "[*one.parameters(), *two.parameters()]"
    claims = {
        places(f"*{both}"): ([*range(2 * count)], "two of them should share no parameter"),
        f"len({{p.data for p in {both}}})": (2 * weights + 1, "no two of them should start alike"),
    }
    yield Scene(f"one, two = {made}, {made}", claims=claims)


def in_order() -> Iterator[Scene]:
    """The gradients of linear neurons are known beforehand, so they tell which parameter is which.

    That of a weight is its input times what comes from above, that of a bias what comes from above.
    """
    why = "parameters() should go neuron by neuron, through the weights and then the bias"
    back = "loss = out[0] * 5.0 + out[1] * 3.0\nloss.backward()"
    grads = "[p.grad for p in net.parameters()]"
    for made in ("Layer(2, 2, nonlin=False)", "MLP(2, [2])"):
        code = f"net = {made}\nout = net([0.5, 2.0])\n{back}"
        yield Scene(code, claims={grads: ([2.5, 10, 5, 1.5, 6, 3], why)})
    deep = f"net = MLP(1, [3, 2])\nout = net([0.5])\n{back}"
    first = "parameters() should go layer by layer, from the first to the last"
    yield Scene(deep, claims={f"{grads}[9::4]": ([5, 3], first)})
