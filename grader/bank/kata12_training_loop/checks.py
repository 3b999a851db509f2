"""The checks of kata12: the whole loss curve and every final parameter, beside a PyTorch loop.

Each script brings its own small model, so that no network's answer stands in the learner's process.
"""

import pytest

from grader.checks import loops
from grader.checks.loops import MODEL
from grader.checks.scripts import (
    above,
    expect_claims,
    expect_same,
    expect_scenes,
    numbers,
    places,
    play,
)
from grader.checks.statement import expect_example

NET = """\
class Net:
    def __init__(self, numbers):
        self.ps = [Value(x) for x in numbers]
    def __call__(self, x):
        a, b, c, d, e, f, g, h, i = self.ps
        return (a * x[0] + b * x[1] + c).tanh() * g + (d * x[0] + e * x[1] + f).tanh() * h + i
    def parameters(self):
        return self.ps
    def zero_grad(self):
        for p in self.ps:
            p.grad = 0.0
"""
XS, YS = "[1.0, 2.0, -1.5]", "[3.0, -1.0, 2.0]"
PLACES = "model.w.data; model.b.data"


def line(call):
    """Return a script that trains the line."""
    return f"{MODEL}losses = {call}"


def test_first_loss_is_that_of_the_untrained_model(attempt):
    """The first loss is the sum of squared errors before any update, as a float."""
    expect_same(play(attempt, line(f"train(model, {XS}, {YS}, epochs=1, lr=0.04)"), "losses"))
    one = line("train(model, [2.0], [5.0], epochs=1, lr=0.04)")
    expect_same(play(attempt, one, "losses"))


def test_one_step_goes_down_the_gradient(attempt):
    """One epoch moves every parameter by -lr times the gradient of the sum over all examples."""
    for lr in (0.04, 0.125):
        code = line(f"train(model, {XS}, {YS}, epochs=1, lr={lr})")
        expect_same(play(attempt, code, PLACES))


def test_gradients_start_afresh_in_every_epoch(attempt):
    """Two and three epochs: no gradient of an earlier epoch is left in a later one."""
    for epochs in (2, 3):
        code = line(f"train(model, {XS}, {YS}, epochs={epochs}, lr=0.04)")
        expect_same(play(attempt, code, "losses; " + PLACES))


def test_training_goes_on_where_it_stopped(attempt):
    """Every call starts from what the parameters hold then, with its own data and rate."""
    expect_scenes(attempt, loops.in_turn())


def test_every_pair_counts(attempt):
    """One example or forty, zeros, ints, and a pair that comes twice: each of them counts."""
    expect_scenes(attempt, loops.examples(attempt))


def test_every_epoch_counts(attempt):
    """Whether the losses fall, rise, stay or reach 0, it goes on for as many epochs as asked."""
    expect_scenes(attempt, loops.runs())


def test_data_and_model_are_used_as_they_are(attempt):
    """The lists stay as they are, and each x is handed to the model as the object that it is."""
    expect_scenes(attempt, [*loops.untouched(), *loops.handed_on()])


def test_only_parameters_are_moved(attempt):
    """What `parameters()` does not list stays, and so does a parameter that has no part in it."""
    expect_scenes(attempt, loops.only_parameters())


def test_parameters_are_changed_in_place(attempt):
    """The parameters stay the objects they were, and hold plain numbers."""
    code = MODEL + "w, b = model.w, model.b\n"
    code += f"losses = train(model, {XS}, {YS}, epochs=2, lr=0.04)"
    expect_same(play(attempt, code, "w.data; b.data"))
    why = "train should change the parameters in place"
    expect_claims(attempt, code, {places("w, b, model.w, model.b"): ([0, 1, 0, 1], why)})


def test_epochs_are_counted(attempt):
    """There are as many losses, and as many updates, as epochs."""
    for epochs in (1, 4, 7):
        code = line(f"train(model, [1.0, -2.0], [0.5, 3.0], epochs={epochs}, lr=0.03)")
        expect_same(play(attempt, code, "losses; " + PLACES))


def test_many_epochs_of_a_network(attempt):
    """A small network's whole loss curve and every final weight agree with PyTorch's."""
    for count, epochs, lr in ((3, 10, 0.05), (5, 30, 0.01)):
        weights = numbers(attempt, f"weights {count}", 9)
        xs = [numbers(attempt, f"x {count} {k}", 2) for k in range(count)]
        ys = numbers(attempt, f"y {count}", count)
        code = f"{NET}model = Net({weights})\n"
        code += f"losses = train(model, {xs}, {ys}, epochs={epochs}, lr={lr})"
        expect_same(play(attempt, code, "losses; [p.data for p in model.parameters()]"))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_left_over_gradients_do_not_count(attempt):
    """Gradients that stand in the parameters before training have no effect."""
    code = MODEL + "model.w.grad, model.b.grad = 7.0, -3.0\n"
    code += f"losses = train(model, {XS}, {YS}, epochs=2, lr=0.04)"
    expect_same(play(attempt, code, "losses; " + PLACES))


@pytest.mark.stretch
def test_no_epochs(attempt):
    """0 epochs give an empty list and change nothing, whatever gradients are left over."""
    code = MODEL + "model.w.grad, model.b.grad = 7.0, -3.0\n"
    code += f"losses = train(model, {XS}, {YS}, epochs=0, lr=0.04)"
    expect_same(play(attempt, code, "losses; " + PLACES))


@pytest.mark.stretch
def test_memory_does_not_grow(attempt):
    """60 epochs need no more memory at once than 5."""
    code = (
        "import tracemalloc\n" + MODEL + "xs = [0.01 * k for k in range(40)]\n"
        "def peak(epochs):\n"
        "    tracemalloc.start()\n"
        "    train(model, xs, xs, epochs=epochs, lr=1e-4)\n"
        "    most = tracemalloc.get_traced_memory()[1]\n"
        "    tracemalloc.stop()\n"
        "    return most\n"
        "peak(2)\nfew, many = peak(5), peak(60)"
    )
    why = "60 epochs took more than twice the memory of 5: something keeps every graph"
    expect_claims(attempt, code, {above("many", 0, "2 * few + 20_000"): ([1, 0], why)})
