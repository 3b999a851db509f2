"""The checks of kata13: where the parameters are after some steps, beside torch.optim.Adam.

Adam forgives much on the first step, where every gradient gives a step of lr: most checks look at
the second and later ones, with gradients that change in size and sign.
"""

import pytest

from grader.checks import optimizers
from grader.checks.optimizers import drawn
from grader.checks.scripts import expect_same, expect_scenes, numbers, play
from grader.checks.statement import expect_example

USUAL = "optimizer = Adam([p, q], lr=0.25)\n"
OWN = "optimizer = Adam([p, q], lr=0.25, betas=(0.75, 0.875), eps=0.5)\n"
STEP = "p.grad, q.grad = {}, {}\noptimizer.step()\n"
PLACES = "p.data; q.data"
MADE = ("Adam({}, lr=0.25)", "Adam({}, 0.5, (0.75, 0.875), 0.125)")


def of_each(attempt, scenes, counts=(1, 3), made=MADE):
    """Play the scenes with usual and with other arguments, over as many parameters."""
    some = [drawn(attempt, one, count) for one in made for count in counts]
    expect_scenes(attempt, [scene for steps in some for scene in scenes(steps)])


def test_first_step_is_lr_long(attempt):
    """The first step is about lr long, against the sign of the gradient, small or large."""
    expect_same(play(attempt, USUAL + STEP.format(3.0, -0.5), PLACES, p=2, q=-4))
    other = "optimizer = Adam([p, q], 1.5)\n" + STEP.format(-2.0, 500.0)
    expect_same(play(attempt, other, PLACES, p=2, q=-4))


def test_second_step_uses_both_corrected_moments(attempt):
    """From the second step on, both averages and their corrections show."""
    code = USUAL + STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    third = code + STEP.format(0.5, 0.25)
    expect_same(play(attempt, third, PLACES, p=2, q=-4))


def test_each_parameter_has_its_own_moments(attempt):
    """Parameters that hold the same number still have moments each."""
    code = "q = Value(p.data)\n" + USUAL + STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2))


def test_defaults(attempt):
    """lr is 0.001, betas are 0.9 and 0.999, and eps is 1e-8 unless given."""
    code = "optimizer = Adam([p, q])\n" + STEP.format(3.0, 2e-8) + STEP.format(-1.0, 3e-8)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))


def test_betas(attempt):
    """betas are the decay of the first and of the second moment, in this order."""
    code = "optimizer = Adam([p, q], lr=0.25, betas=({}, {}))\n"
    code += STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0) + STEP.format(0.5, 0.25)
    for beta1, beta2 in ((0.5, 0.875), (0.9, 0.75), (0.0, 0.5)):
        expect_same(
            play(attempt, code.replace("({}, {})", f"({beta1}, {beta2})"), PLACES, p=2, q=-4)
        )


def test_eps_stands_outside_the_root(attempt):
    """eps is added to the root of the corrected second moment, as it is given."""
    code = "optimizer = Adam([p, q], lr=0.25, eps={})\n"
    code += STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    for eps in (0.5, 0.0625, 4.0):
        expect_same(play(attempt, code.replace("{}", str(eps)), PLACES, p=2, q=-4))


def test_arguments_may_be_positional(attempt):
    """The arguments are parameters, lr, betas and eps, in this order."""
    code = "optimizer = Adam([p, q], 0.25, (0.75, 0.875), 0.5)\n"
    code += STEP.format(3.0, -0.5) + STEP.format(-1.0, 2.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))


def test_steps_are_counted_once_for_all_parameters(attempt):
    """t grows by one with each step, however many parameters there are."""
    code = (
        "r, s = Value(8.0), Value(-0.5)\noptimizer = Adam([p, q, r, s], lr=0.25)\n"
        "for grads in ([3.0, -0.5, 2.0, 1.0], [-1.0, 2.0, 0.5, 4.0], [0.5, 0.25, -6.0, 1.0]):\n"
        "    for x, grad in zip([p, q, r, s], grads):\n        x.grad = grad\n"
        "    optimizer.step()\n"
    )
    expect_same(play(attempt, code, "p.data; q.data; r.data; s.data", p=2, q=-4))


def test_step_only_reads_the_gradients(attempt):
    """`step()` leaves every gradient as it is, and changes the parameters in place."""
    code = OWN + "kept = p\n" + STEP.format(3.0, -0.5) + "optimizer.step()"
    expect_same(play(attempt, code, "p.grad; q.grad; kept.data", p=2, q=-4))
    of_each(attempt, optimizers.left_alone)


def test_gradients_may_be_there_before_the_optimizer(attempt):
    """Gradients that stand there when the optimizer is made count in the first step alone."""
    of_each(attempt, optimizers.gradients_before)


def test_others_may_change_numbers_between_steps(attempt):
    """A step starts from the numbers and gradients that the parameters hold at that time."""
    of_each(attempt, optimizers.changed_between)


def test_zero_grad_clears_gradients_and_nothing_else(attempt):
    """`zero_grad()` sets every gradient to 0, and leaves numbers, moments and t alone."""
    three = (
        "r = Value(8.0)\noptimizer = Adam([p, q, r], lr=0.25)\n"
        "p.grad, q.grad, r.grad = 3.0, -0.5, 6.0\noptimizer.zero_grad()"
    )
    expect_same(play(attempt, three, "p.grad; q.grad; r.grad", p=2, q=-4))
    code = OWN + STEP.format(3.0, -0.5) + "optimizer.zero_grad()"
    expect_same(play(attempt, code, "p.grad; q.grad; p.data; q.data", p=2, q=-4))
    again = code + "\np.grad += 2.0\nq.grad += 1.5\noptimizer.step()"
    expect_same(play(attempt, again, PLACES, p=2, q=-4))
    of_each(attempt, optimizers.cleared)


def test_zero_gradient_is_a_gradient(attempt):
    """A gradient of 0 lets both averages decay; nothing is divided by 0."""
    code = USUAL + STEP.format(0.0, -0.5) + STEP.format(0.0, 0.0) + STEP.format(2.0, 0.0)
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    of_each(attempt, optimizers.without_gradient, (2,))


def test_parameters_may_be_of_any_kind(attempt):
    """The parameters may be a tuple or a generator, hold ints, or be no Values at all."""
    of_each(attempt, optimizers.kinds, counts=(2,))


def test_two_optimizers_know_nothing_of_each_other(attempt):
    """A second optimizer has its own parameters, arguments, moments and count."""
    again = (
        "one = Adam([p], lr=0.25)\np.grad = 3.0\none.step()\n"
        "two = Adam([p], lr=0.25)\np.grad = -1.0\ntwo.step()"
    )
    expect_same(play(attempt, again, "p.data", p=2))
    code = (
        "one = Adam([p], lr=0.25, betas=(0.5, 0.75))\ntwo = Adam([q], lr=0.5, eps=0.25)\n"
        "p.grad, q.grad = 3.0, -0.5\none.step()\none.step()\ntwo.step()\n"
        "p.grad, q.grad = -1.0, 2.0\ntwo.step()\none.step()"
    )
    expect_same(play(attempt, code, PLACES, p=2, q=-4))
    one, two = drawn(attempt, MADE[1], 2), drawn(attempt, "Adam({}, betas=(0.5, 0.75))", 3)
    plain = drawn(attempt, MADE[0], 2)
    pairs = [(one, two), (two, one), (plain, one), (one, plain)]
    expect_scenes(attempt, [scene for pair in pairs for scene in optimizers.two_of_them(*pair)])


def test_parameters_are_the_objects_themselves(attempt):
    """A loss computed after a step sees the new numbers."""
    code = (
        "optimizer = Adam([p, q], lr=0.125, betas=(0.5, 0.75), eps=0.25)\n"
        "for _ in range(3):\n    loss = (p * 2.0 - q) ** 2\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
    )
    expect_same(play(attempt, code, "loss.data; p.data; q.data", p=2, q=-4))


def test_many_steps_of_many_parameters(attempt):
    """Up to 150 steps of 1 to 40 parameters end where PyTorch's do."""
    for betas, eps in (((0.9, 0.999), 1e-8), ((0.75, 0.875), 0.125)):
        code = (
            "sizes = [1.0, 100.0, 1e-4, -5.0, 1e4]\nps = [Value(size) for size in sizes]\n"
            f"grads = {numbers(attempt, f'grads {betas}', 11)}\n"
            f"optimizer = Adam(ps, lr=0.05, betas={betas}, eps={eps})\n"
            "for step in range(30):\n"
            "    for k, p in enumerate(ps):\n"
            "        p.grad = grads[(3 * step + k) % 11] * sizes[k]\n"
            "    optimizer.step()\n"
        )
        expect_same(play(attempt, code, "[p.data for p in ps]"))
    of_each(attempt, optimizers.answers, made=("Adam({}, lr=0.0)", "Adam({}, 0.0, (0.75, 0.875))"))
    of_each(attempt, optimizers.answers, (1, 2, 3, 40))
    for made in MADE:
        expect_scenes(attempt, optimizers.long_walks(made, 2))
    expect_scenes(attempt, optimizers.long_walks("Adam({})", 1, ("0.5",)))


def test_example_of_the_statement(attempt):
    """The example of the statement gives what it shows."""
    expect_example(attempt)


@pytest.mark.stretch
def test_tiny_and_huge_gradients(attempt):
    """Gradients of 1e-12 and of 1e150 give the steps that PyTorch takes."""
    steps = STEP.format(1e-12, 1e150) + STEP.format(-3e-12, 2e149)
    expect_same(play(attempt, USUAL + steps, PLACES, p=2, q=-4))
    fine = "optimizer = Adam([p, q], lr=0.25, eps=1e-13)\n"
    expect_same(play(attempt, fine + steps, PLACES, p=2, q=-4))
