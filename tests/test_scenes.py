"""Scenes: many scripts in one request, the plainest failure shown; and the statement's example."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.checks import losses, networks, optimizers
from grader.checks.failure import CheckFailed
from grader.checks.graded import GradedAttempt
from grader.checks.scripts import AT_ONCE, Scene, expect_scenes
from grader.checks.statement import examples_in, expect_example
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Verdict
from grader.sandbox.protocol import SCRIPTS
from grader.truth.oracle import Oracle

Start = Callable[[str, str], GradedAttempt]
TWO = "neuron = Neuron(1)\nneuron.w[0].data, neuron.b.data = 2.0, 1.0\n"
SMALL = Scene(TWO + "out = neuron([3.0])", "out.data")
LARGE = Scene(TWO + "out = neuron([3.0]) * 5.0\nout.backward()", "out.data; neuron.b.grad")


@pytest.fixture
def start() -> Iterator[Start]:
    """Start an attempt at a kata with a text."""
    opened: list[GradedAttempt] = []

    def begin(query: str, text: str) -> GradedAttempt:
        exercise = Exercise(catalog.find_kata(query))
        attempt = GradedAttempt(exercise.submit_text(text), Oracle(None, "k"), 0)
        opened.append(attempt)
        attempt.load()
        return attempt

    yield begin
    for attempt in opened:
        attempt.close()


def wrong_neuron(old: str, new: str) -> str:
    """Return the solution of kata08 with an edit."""
    text = catalog.solution_of(catalog.find_kata("kata08"))
    assert text.count(old) == 1
    return text.replace(old, new)


def test_right_answer_passes_every_scene(start: Start, solution: Callable[[str], str]) -> None:
    """More than one request takes are played, too."""
    attempt = start("kata08", solution("kata08"))

    expect_scenes(attempt, [LARGE, SMALL] * AT_ONCE)


def test_plainest_failure_is_shown(start: Start) -> None:
    """Given first or last, the shorter script is the counterexample."""
    attempt = start("kata08", wrong_neuron("out + w_i * x_i", "out + w_i"))
    for scenes in ([LARGE, SMALL], [SMALL, LARGE]):
        with pytest.raises(CheckFailed, match=r"out\.data should be 7\.0 and is 3\.0") as failed:
            expect_scenes(attempt, scenes)
        assert failed.value.counterexample is not None
        assert failed.value.counterexample.code == SMALL.code


def test_failure_before_an_exception_is_shown_first(start: Start) -> None:
    """What raises is shown where nothing plainer is wrong, with the line of the learner's file."""
    raising = wrong_neuron("return out.relu() if", "return out.data.relu() if")
    with pytest.raises(
        CheckFailed, match=r"raised AttributeError.*\(line \d+, in __call__\)"
    ) as at:
        expect_scenes(start("kata08", raising), [LARGE, SMALL])
    assert at.value.counterexample is not None
    assert at.value.counterexample.code == SMALL.code
    both = wrong_neuron("return out.relu() if", "x[0].grad\n        return out * 2.0 if")
    given = Scene(TWO + "x = Value(3.0)\nout = neuron([x])", "out.data")
    with pytest.raises(CheckFailed, match=r"'float' object has no attribute 'grad'"):
        expect_scenes(start("kata08", both), [given, SMALL])


def test_false_claim_of_a_scene_fails_with_its_sentence(
    start: Start, solution: Callable[[str], str]
) -> None:
    """A claim is no question to the authorities."""
    attempt = start("kata08", solution("kata08"))
    scene = Scene("n = Neuron(2)", claims={"len(n.w)": (3, "there should be three")})
    expect_scenes(attempt, [Scene("n = Neuron(3)", claims=scene.claims)])

    with pytest.raises(CheckFailed, match=r"^n = Neuron\(2\): there should be three\.$"):
        expect_scenes(attempt, [scene])


def test_another_shape_of_reply_is_refused() -> None:
    """Each script's reads are numbers, lists of them, or descriptions."""
    assert SCRIPTS.decode(b'{"done": {"reads": [[1.0, [2]], []], "raised": null}}') is not None
    for reads in (b"[[true]]", b"[1.0]", b"[[NaN]]", b"null"):
        assert SCRIPTS.decode(b'{"done": {"reads": %b, "raised": null}}' % reads) is None


@pytest.mark.parametrize("kata", [folder.name for folder in catalog.kata_folders()])
def test_every_statement_has_an_example_that_its_solution_gives(start: Start, kata: str) -> None:
    """What stands in the docstring is true, and something is asked."""
    text = catalog.solution_of(catalog.find_kata(kata))

    assert any(want for _, want in examples_in(catalog.task_of(catalog.find_kata(kata))))
    expect_example(start(kata, text))


def test_example_that_comes_out_differently_is_told(start: Start) -> None:
    """The line, what it should give, and what it gives; the program ends with that line."""
    wrong = wrong_neuron("return [*self.w, self.b]", "return [*self.w]")
    with pytest.raises(CheckFailed) as failed:
        expect_example(start("kata08", wrong))

    assert str(failed.value) == (
        "The example of the statement: `len(neuron.parameters())` should give 3 and gives 2."
    )
    assert failed.value.counterexample is not None
    assert failed.value.counterexample.code.endswith("\nlen(neuron.parameters())")


def test_example_needs_the_class_that_the_stub_brings_along(start: Start) -> None:
    """kata12's example has a Line; a learner who has removed it is judged all the same."""
    text = catalog.solution_of(catalog.find_kata("kata12"))
    train = "from reference.engine import Value\n\n\n" + text[text.index("def train") :]

    expect_example(start("kata12", train))


def test_texts_and_truths_of_an_example_are_compared(start: Start) -> None:
    """`'*'` is not `'+'`, and False is not True."""
    text = catalog.solution_of(catalog.find_kata("kata01"))
    with pytest.raises(CheckFailed, match=r"should give \(6\.0, '\*'\) and gives \(6\.0, '\+'\)"):
        expect_example(start("kata01", text.replace('"*"', '"+"')))


def test_one_is_as_good_as_true(start: Start) -> None:
    """An answer that only counts is right where the example shows True or False; 2 is not."""
    text = catalog.solution_of(catalog.find_kata("kata07"))
    counted = "\n_agree = gradients_agree\n\n\ndef gradients_agree(*args):\n    return {}\n"

    expect_example(start("kata07", text + counted.format("int(_agree(*args))")))
    for wrong in ("int(_agree(*args)) + 1", "1 - _agree(*args)"):
        with pytest.raises(CheckFailed, match=r"should give True and gives [20]\."):
            expect_example(start("kata07", text + counted.format(wrong)))


def test_no_message_has_an_address(judge: Callable[..., Verdict]) -> None:
    """Where an object lies in memory says nothing, and differs from run to run."""
    generator = "def train(model, xs, ys, *, epochs, lr):\n    yield model\n"
    verdict = judge("kata12", generator)
    raising = "def train(model, xs, ys, *, epochs, lr):\n    raise ValueError(model)\n"

    assert "losses should be a list of 1 and is <generator object train> (generator)." in (
        verdict.message
    )
    assert "raised ValueError: <Line object>" in judge("kata12", raising).message


@pytest.mark.parametrize("seed", range(11))
def test_no_seed_puts_a_sum_near_the_kink(
    start: Start, solution: Callable[[str], str], seed: int
) -> None:
    """relu's slope is a matter of rounding there; every layer has something to do for relu."""
    attempt = start("kata09", solution("kata09"))
    attempt.seed = seed
    net = networks.mlp(attempt, 2, [3, 3])

    assert len(net.weights) == 21
    sums = [
        sum(w * x for w, x in zip(net.weights[k : k + 2], net.xs, strict=True)) + net.weights[k + 2]
        for k in (0, 3, 6)
    ]
    assert min(map(abs, sums)) >= networks.CLEAR
    assert min(sums) < 0 < max(sums)


def test_seed_draws_the_scenarios(start: Start, solution: Callable[[str], str]) -> None:
    """The same seed gives the same programs, another one others, of the same shape."""
    attempt = start("kata09", solution("kata09"))
    first, same = networks.mlp(attempt, 2, [2]), networks.mlp(attempt, 2, [2])
    made = optimizers.drawn(attempt, "SGD({}, 0.5)", 3)
    attempt.seed = 1
    other = networks.mlp(attempt, 2, [2])

    assert first == same != other
    assert first.made == other.made == "MLP(2, [2])"
    assert made != optimizers.drawn(attempt, "SGD({}, 0.5)", 3)


def test_sizes_that_are_the_point_are_the_same_for_every_seed() -> None:
    """The far-out logits are written into the program, and no seed varies what is written there."""
    scenes = list(losses.far_out("bce_with_logits"))

    assert not any(scene.inputs for scene in scenes)
    assert any("[-1000.0]" in scene.code for scene in scenes)
