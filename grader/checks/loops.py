"""Small scenarios that every training loop has to get right, the plainest first.

What varies: how many examples there are and of what kind, how the losses run, how long it goes on,
what was trained before, and what others changed meanwhile. Each script brings its own small model,
so that no network's answer stands in the learner's process.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.checks.graded import GradedAttempt
from grader.checks.scripts import Claim, Scene, is_list, numbers, places

LINE = """\
class Line:
    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)
    def __call__(self, x):
        return self.w * x + self.b
    def parameters(self):
        return [self.w, self.b]
    def zero_grad(self):
        self.w.grad = self.b.grad = 0.0
"""
MODEL = f"{LINE}model = Line(1.0, 0.5)\n"
LOSSES, PLACES = "losses", "[p.data for p in model.parameters()]"
BOTH = f"{LOSSES}; {PLACES}"


def call(xs: object, ys: object, epochs: int = 3, lr: float = 0.04) -> str:
    """Return the line that trains the model."""
    return f"losses = train(model, {xs}, {ys}, epochs={epochs}, lr={lr})"


def examples(attempt: GradedAttempt) -> Iterator[Scene]:
    """One example, three and forty; zeros, ints, and the same pair twice."""
    pairs: list[tuple[list[float], list[float]]] = [
        ([2.0], [5.0]),
        ([0.0], [0.0]),
        ([0.0, 2.0], [1.0, 0.0]),
        ([2, -1], [3, 1]),
        ([2.0, 2.0], [5.0, 5.0]),
        ([1.0, 2.0, 1.0], [3.0, -1.0, 2.0]),
        ([-1.5, -0.5, -2.0], [-1.0, -2.0, -3.0]),
    ]
    for xs, ys in pairs:
        yield Scene(MODEL + call(xs, ys), BOTH)
    for count in (1, 3, 40):
        xs, ys = numbers(attempt, f"x {count}", count), numbers(attempt, f"y {count}", count)
        yield Scene(MODEL + call(xs, ys, lr=0.004), BOTH)


def runs() -> Iterator[Scene]:
    """Losses that fall, rise, stay and reach 0, for up to 150 epochs."""
    xs, ys = [1.0, 2.0, -1.5], [3.0, -1.0, 2.0]
    for epochs, rate in ((12, 0.3), (12, 0.14), (5, 0.0), (150, 0.04), (150, 0.001)):
        yield Scene(MODEL + call(xs, ys, epochs, rate), BOTH)
    exact = f"{LINE}model = Line(2.0, 1.0)\n"
    yield Scene(exact + call([1.0, 2.0], [3.0, 5.0], 4), BOTH)
    yield Scene(exact + call([0.0], [3.0], 4, 0.5), BOTH)
    yield Scene(exact + call([0.0], [3.0], 5, 1.0), BOTH)
    yield Scene(exact + call([1.0, 1.0], [1.0, 5.0], 6), BOTH)
    yield Scene(exact + call([500.0, -400.0], [3e4, 2e4], 4, 1e-7), BOTH)


def in_turn() -> Iterator[Scene]:
    """Several calls, of one model or of two, with other data, rates and changes in between."""
    first = call([1.0, 2.0], [3.0, -1.0], 2)
    again = "\nmore = train(model, {}, {}, epochs=3, lr={})"
    reads = f"losses; more; {PLACES}"
    yield Scene(MODEL + first + again.format([1.0, 2.0], [3.0, -1.0], 0.02), reads)
    yield Scene(MODEL + first + again.format([-0.5], [2.0], 0.125), reads)
    changed = "\nfor p in model.parameters():\n    p.data = -0.75"
    yield Scene(MODEL + first + changed + again.format([1.0, 2.0], [3.0, -1.0], 0.04), reads)
    two = f"{MODEL}other = Line(-2.0, 3.0)\n{first}\n"
    two += "more = train(other, [1.0, 2.0], [3.0, -1.0], epochs=2, lr=0.04)\n"
    yield Scene(two, f"{reads}; [p.data for p in other.parameters()]")
    yield Scene(two + call([1.0, 2.0], [3.0, -1.0], 2), f"{reads}")


def untouched() -> Iterator[Scene]:
    """Neither the lists nor what is in them changes; the losses are a list of their own."""
    lost = "train should leave the lists xs and ys as they are"
    new = "train should return a list, a new one for each call"
    code = f"{MODEL}xs, ys = [1.5, 2.0, -1.5], [3.0, -1.0, 2.5]\nkept = [*xs, *ys]\n"
    claims: dict[str, Claim] = {
        places("*kept, *xs, *ys"): ([*range(6)] * 2, lost),
        "len(xs)": (3, lost),
        is_list("losses"): (1, new),
        "len(losses)": (2, "there should be one loss for each epoch"),
    }
    yield Scene(code + call("xs", "ys", 2), claims=claims)
    twice = f"{code}{call('xs', 'ys', 2)}\nmore = train(model, xs, ys, epochs=2, lr=0.04)"
    yield Scene(twice, claims={places("losses, more"): ([0, 1], new)})


HANDED_ON = """\
class Model:
    def __init__(self):
        self.w, self.seen = Value(0.5), []
    def __call__(self, x):
        self.seen.append(x)
        return self.w * 2.0
    def parameters(self):
        return [self.w]
    def zero_grad(self):
        self.w.grad = 0.0
model = Model()
"""
FROZEN = """\
class Model:
    def __init__(self):
        self.w, self.frozen, self.unused = Value(0.5), Value(3.0), Value(2.0)
    def __call__(self, x):
        return self.w * x + self.frozen
    def parameters(self):
        return [self.w, self.unused]
    def zero_grad(self):
        self.w.grad = self.unused.grad = 0.0
model = Model()
"""


def handed_on() -> Iterator[Scene]:
    """Each x reaches the model as the very object that it is, whatever that is."""
    xs = "xs = [[1.0, 2.0], (3, 4), 'text', {'a': 1.0}, 7, 7.5, Value(2.0)]\n"
    why = "train should hand each x on to the model as it is"
    missing = "[any(x is y for y in model.seen) for x in xs].count(False)"
    strange = "[any(x is y for y in xs) for x in model.seen].count(False)"
    claims: dict[str, Claim] = {strange: (0, why), missing: (0, why)}
    yield Scene(HANDED_ON + xs + call("xs", "[1.0] * 7", 2), claims=claims)


def only_parameters() -> Iterator[Scene]:
    """What is no parameter stays; a parameter without a part in the loss stays as well."""
    reads = "losses; model.w.data; model.frozen.data; model.unused.data"
    yield Scene(FROZEN + call([1.0, 2.0], [3.0, -1.0], 2), reads)
    inputs = "xs = [Value(1.0), Value(2.0)]\n"
    yield Scene(FROZEN + inputs + call("xs", [3.0, -1.0], 2), f"{reads}; [x.data for x in xs]")
