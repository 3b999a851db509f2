"""The checks of kata11: where the parameters are after some steps, beside torch.optim.SGD.

No learning rate is 1, gradients differ from step to step and from parameter to parameter, and only
the follow-up meets a gradient of 0 while there is momentum.
"""

import pytest

from grader.checks import optimizers
from grader.checks.optimizers import drawn
from grader.checks.scripts import expect_same, expect_scenes, numbers, play
from grader.checks.statement import expect_example

PLAIN = "optimizer = SGD([p, q], lr=0.25)\n"
HEAVY = "optimizer = SGD([p, q], lr=0.25, momentum=0.75)\n"
STEP = "p.grad, q.grad = {}, {}\noptimizer.step()\n"
PLACES = "p.data; q.data"
MADE = ("SGD({}, lr=0.25)", "SGD({}, 0.5, 0.75)")


def of_each(attempt, scenes, counts=(1, 3), made=MADE):
    """Play the scenes without and with momentum, over as many parameters."""
    some = [drawn(attempt, one, count) for one in made for count in counts]
    expect_scenes(attempt, [scene for steps in some for scene in scenes(steps)])


def test_step_goes_against_the_gradient(attempt):
    """Without momentum a step is p = p - lr * grad."""
    expect_same(play(attempt, PLAIN + STEP.format(3.0, -0.5), PLACES, p=2, q=-4))
    other = "optimizer = SGD([p, q], 1.5)\n" + STEP.format(-2.0, 5.0)
    expect_same(play(attempt, other, PLACES, p=2, q=-4))


def test_every_step_counts_alike_without_momentum(attempt):
    """Two steps without momentum are two steps: nothing of the first is left in the second."""
    code = PLAIN + STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))


def test_momentum_gathers_gradients(attempt):
    """With momentum the velocity is momentum * v + grad, and the step is lr * v."""
    code = HEAVY + STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    third = code + STEP.format(0.5, -3.0)
    expect_same(play(attempt, third, PLACES, p=2, q=-4))


def test_each_parameter_has_its_own_velocity(attempt):
    """Parameters that hold the same number still have a velocity each."""
    code = "q = Value(p.data)\n" + HEAVY + STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2))


def test_momentum_may_be_positional(attempt):
    """The arguments are parameters, lr and momentum, in this order."""
    code = "optimizer = SGD([p, q], 0.25, 0.5)\n" + STEP.format(3.0, -0.5) + STEP.format(3.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))


def test_step_only_reads_the_gradients(attempt):
    """`step()` leaves every gradient as it is, and changes the parameters in place."""
    code = HEAVY + "kept = p\n" + STEP.format(3.0, -0.5) + "optimizer.step()"
    expect_same(play(attempt, code, "p.grad; q.grad; kept.data", p=2, q=-4))
    of_each(attempt, optimizers.left_alone)


def test_gradients_may_be_there_before_the_optimizer(attempt):
    """Gradients that stand there when the optimizer is made count in the first step alone."""
    of_each(attempt, optimizers.gradients_before)


def test_others_may_change_numbers_between_steps(attempt):
    """A step starts from the numbers and gradients that the parameters hold at that time."""
    of_each(attempt, optimizers.changed_between)


def test_zero_grad_clears_gradients_and_nothing_else(attempt):
    """`zero_grad()` sets every gradient to 0, and leaves numbers and velocity alone."""
    three = (
        "r = Value(8.0)\noptimizer = SGD([p, q, r], lr=0.25)\n"
        "p.grad, q.grad, r.grad = 3.0, -0.5, 6.0\noptimizer.zero_grad()"
    )
    expect_same(play(attempt, three, "p.grad; q.grad; r.grad", p=2, q=-4))
    code = HEAVY + STEP.format(3.0, -0.5) + "optimizer.zero_grad()"
    expect_same(play(attempt, code, "p.grad; q.grad; p.data; q.data", p=2, q=-4))
    again = code + "\np.grad += 2.0\nq.grad += 1.5\noptimizer.step()"
    expect_same(play(attempt, again, PLACES, p=2, q=-4))
    of_each(attempt, optimizers.cleared)


def test_parameters_may_be_of_any_kind(attempt):
    """The parameters may be a tuple or a generator, hold ints, or be no Values at all."""
    of_each(attempt, optimizers.kinds, counts=(2,))


def test_two_optimizers_know_nothing_of_each_other(attempt):
    """A second optimizer has its own parameters, arguments and velocities."""
    again = (
        "one = SGD([p], lr=0.25, momentum=0.75)\np.grad = 3.0\none.step()\n"
        "two = SGD([p], lr=0.25, momentum=0.75)\np.grad = -1.0\ntwo.step()"
    )
    expect_same(play(attempt, again, "p.data", p=2))
    code = (
        "one = SGD([p], lr=0.25, momentum=0.75)\ntwo = SGD([q], lr=0.5, momentum=0.25)\n"
        "p.grad, q.grad = 3.0, -0.5\none.step()\ntwo.step()\n"
        "p.grad, q.grad = -1.0, 2.0\ntwo.step()\none.step()"
    )
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    one, two = drawn(attempt, MADE[1], 2), drawn(attempt, "SGD({}, lr=0.125, momentum=0.5)", 3)
    plain = drawn(attempt, MADE[0], 2)
    pairs = [(one, two), (two, one), (plain, one), (one, plain)]
    expect_scenes(attempt, [scene for pair in pairs for scene in optimizers.two_of_them(*pair)])


def test_parameters_are_the_objects_themselves(attempt):
    """A loss computed after a step sees the new numbers."""
    code = (
        "optimizer = SGD([p, q], lr=0.125, momentum=0.5)\n"
        "for _ in range(3):\n    loss = (p * 2.0 - q) ** 2\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
    )
    expect_same(play(attempt, code, "loss.data; p.data; q.data", p=2, q=-4))


def test_many_steps_of_many_parameters(attempt):
    """Up to 150 steps of 1 to 40 parameters end where PyTorch's do."""
    for momentum in (0.0, 0.5, 0.99):
        code = (
            "sizes = [1.0, 100.0, 1e-4, -5.0, 1e4]\nps = [Value(size) for size in sizes]\n"
            f"grads = {numbers(attempt, f'grads {momentum}', 11)}\n"
            f"optimizer = SGD(ps, lr=0.05, momentum={momentum})\n"
            "for step in range(25):\n"
            "    for k, p in enumerate(ps):\n"
            "        p.grad = grads[(3 * step + k) % 11] * sizes[k]\n"
            "    optimizer.step()\n"
        )
        expect_same(play(attempt, code, "[p.data for p in ps]"))
    of_each(attempt, optimizers.answers, made=("SGD({}, lr=0.0)", "SGD({}, 0.0, 0.75)"))
    of_each(attempt, optimizers.answers, (1, 2, 3, 40))
    for made in MADE:
        expect_scenes(attempt, optimizers.long_walks(made, 2))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_momentum_moves_on_where_the_gradient_is_zero(attempt):
    """A parameter whose gradient is 0 moves on by its momentum."""
    code = HEAVY + STEP.format(3.0, -0.5) + STEP.format(0.0, 0.0) + STEP.format(0.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    of_each(attempt, optimizers.without_gradient, (2,), MADE[1:])
