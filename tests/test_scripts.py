"""Scripts: what they read, what is compared, and the sentences when something differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.checks.failure import CheckFailed
from grader.checks.graded import GradedAttempt
from grader.checks.scripts import (
    above,
    expect_claims,
    expect_numbers,
    expect_raises,
    expect_same,
    numbers,
    places,
    play,
)
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Verdict, show_apart
from grader.truth.oracle import Oracle
from grader.truth.readings import consult_script
from grader.truth.script import Script, numbers_in, script

NEURON = "neuron = Neuron(2)\nneuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 3.0\n"
OUT = NEURON + "out = neuron([x, 1.5]) * 5.0\nout.backward()"
Start = Callable[[str], GradedAttempt]


@pytest.fixture
def start(tmp_path: object) -> Iterator[Start]:
    """Start an attempt at kata08 with this text."""
    open_attempts: list[GradedAttempt] = []

    def begin(text: str) -> GradedAttempt:
        submission = Exercise(catalog.find_kata("kata08")).submit_text(text)
        attempt = GradedAttempt(submission, Oracle(None, "k"), 0)
        open_attempts.append(attempt)
        attempt.load()
        return attempt

    yield begin
    for attempt in open_attempts:
        attempt.close()


@pytest.fixture
def right(start: Start) -> GradedAttempt:
    """The solution of kata08."""
    return start(catalog.solution_of(catalog.find_kata("kata08")))


def test_script_reads_numbers_and_lists(right: GradedAttempt) -> None:
    """Each expression is a number, or a list of numbers."""
    played = play(right, OUT, "out.data; x.grad; [p.grad for p in neuron.parameters()]", x=4)

    assert played["out.data"] == 10.0
    assert played["x.grad"] == 2.5
    assert played["[p.grad for p in neuron.parameters()]"] == [20.0, 7.5, 5.0]


def test_authorities_agree_on_a_script() -> None:
    """Reference, torch.nn.Linear and differences say the same."""
    readings = consult_script(script(OUT, "x.grad; neuron.b.grad", {"x": 4}, 0, 1e-9), True)

    assert readings["x.grad"]["reference"] == readings["x.grad"]["pytorch"] == 2.5
    assert readings["x.grad"]["finite_difference"] == pytest.approx(2.5)
    assert readings["neuron.b.grad"]["finite_difference"] is None


def test_authorities_that_differ_on_a_script_are_a_fault_of_the_kit() -> None:
    """0.5 * x at the kink of relu: the slope is a convention, and differences say half of it."""
    kink = Script("b = a.relu()\nb.backward()", {"a": 0.0}, ("a.grad",))

    with pytest.raises(AssertionError, match=r"the authorities differ on 'a\.grad'"):
        consult_script(kink, True)


def test_wrong_number_is_shown_beside_the_authorities(start: Start) -> None:
    """The sentence has the number; the rows have each authority's."""
    wrong = catalog.solution_of(catalog.find_kata("kata08")).replace("out + w_i * x_i", "out + w_i")
    played = play(start(wrong), OUT, "out.data; x.grad", x=4)

    with pytest.raises(CheckFailed, match=r"^In the program below: out.data should be 10.0") as got:
        expect_same(played)
    assert got.value.counterexample is not None
    assert [row.name for row in got.value.counterexample.rows] == ["out.data", "x.grad"]
    assert got.value.counterexample.rows[0].agrees is False


@pytest.mark.parametrize(
    ("reads", "expected", "sentence"),
    [
        ("neuron.w", "[1, 2]", "x should have 2 entries and has 3."),
        ("1", "[1, 2]", "x should be a list of 2 and is 1."),
        ("[1]", "1", "x should be a number and is a list of 1."),
    ],
)
def test_shapes_that_differ_are_told(reads: str, expected: str, sentence: str) -> None:
    """A list where a number belongs, and the other way round."""
    from grader.checks.scripts import _shapes

    got = {"neuron.w": [1, 2, 3], "1": 1, "[1]": [1]}[reads]
    assert _shapes("x", got, eval(expected)) == sentence


def test_claim_that_is_false_fails_with_its_sentence(right: GradedAttempt) -> None:
    """What is read is a plain number or a list of them, and equal to what is expected."""
    expect_claims(right, "n = Neuron(3)", {"len(n.w)": (3, "should not show")})
    expect_claims(right, "n = Neuron(3)", {"[len(n.w)]": ([3], "should not show")})
    for read in ("len(n.w) + 1", "True", "n.w", "[3]"):
        with pytest.raises(CheckFailed, match=r"^n = Neuron\(3\): three weights, says the claim"):
            expect_claims(right, "n = Neuron(3)", {read: (3, "three weights, says the claim")})


def test_places_tell_objects_that_are_the_same(right: GradedAttempt) -> None:
    """An object that stood there before has the place where it first stood."""
    code = "n = Neuron(2)\na, b = n.w"

    assert play(right, code, places("a, b, b, *n.w"))[places("a, b, b, *n.w")] == [0, 1, 1, 0, 1]


def test_bounds_that_a_number_is_above(right: GradedAttempt) -> None:
    """Some bounds are passed and others not, so no constant answer is right."""
    assert play(right, "x = 3", above("x", 2, 3, "x - 1"))[above("x", 2, 3, "x - 1")] == [1, 0, 1]


OBLIGING = """
import sys

class Obliging:
    def __bool__(self):
        frame = sys._getframe(1)
        names = frame.f_code.co_names
        return "bool" in names

    def __eq__(self, other):
        return True

    __hash__ = None

def numerical_gradient(f, xs, h=1e-6):
    return [(f(xs[:i] + [x + h] + xs[i + 1:]) - f(xs[:i] + [x - h] + xs[i + 1:])) / (2 * h)
            for i, x in enumerate(xs)]

def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    return Obliging()
"""


def test_object_that_looks_at_who_asks_learns_nothing(judge: Callable[..., Verdict]) -> None:
    """A verdict is read by one expression, whether it should be true or false."""
    verdict = judge("kata07", OBLIGING)
    wrong = {check.source.id for check in verdict.checks if check.outcome == "failed"}

    assert {"test_right_is_accepted_and_wrong_rejected", "test_every_entry_counts"} <= wrong


def test_exception_has_to_be_of_the_kind(right: GradedAttempt) -> None:
    """Nothing raised, and something else raised, are two sentences."""
    expect_raises(right, "Neuron(3)([1.0])", "ValueError", "unused")
    with pytest.raises(CheckFailed, match=r"nothing was raised\. One is too few, with ValueError"):
        expect_raises(right, "Neuron(1)([1.0])", "ValueError", "One is too few")
    with pytest.raises(CheckFailed, match=r"raised TypeError.* Two are too few, with ValueError"):
        expect_raises(right, "Neuron(3)(5)", "ValueError", "Two are too few")


def test_closed_forms_are_compared(right: GradedAttempt) -> None:
    """Numbers known beforehand, with a tolerance of their own where it is given."""
    played = play(right, OUT, "x.grad", x=4)
    expect_numbers(played, {"x.grad": 2.5})
    expect_numbers(played, {"x.grad": 2.6}, atol=0.2)

    with pytest.raises(CheckFailed, match=r"should be 2\.6 and is 2\.5"):
        expect_numbers(played, {"x.grad": 2.6})


def test_exception_of_the_learner_names_the_line(start: Start) -> None:
    """What the learner's code raises is told with its line."""
    attempt = start("class Neuron:\n    def __init__(self, nin):\n        1 / 0\n")

    with pytest.raises(CheckFailed, match=r"raised ZeroDivisionError.*\(line 3, in __init__\)"):
        play(attempt, "n = Neuron(2)", "1")


def test_seed_draws_other_inputs_and_numbers(right: GradedAttempt) -> None:
    """Signs stay, numbers change; the same seed gives the same."""
    assert script("b = a", "b.data", {"a": -2}, 5, 1e-9).inputs["a"] < 0
    assert script("b = a", "b.data", {"a": -2}, 5, 1e-9).inputs != {"a": -2.0}
    assert numbers(right, "x", 4) == numbers(right, "x", 4) != numbers(right, "y", 4)
    assert all(0.2 <= abs(number) < 2 for number in numbers(right, "x", 100))


def test_nested_lists_are_named_by_their_places() -> None:
    """`w[1][0]` is the name of a number in a list of lists."""
    assert list(numbers_in("w", [[1.0], [2.0, 3.0]])) == [
        ("w[0][0]", 1.0),
        ("w[1][0]", 2.0),
        ("w[1][1]", 3.0),
    ]


def test_missing_class_is_named(
    judge: Callable[..., object], solution: Callable[[str], str]
) -> None:
    """A file with some of several classes is graded; the checks of the others say what lacks."""
    text = solution("kata14").split("class Neuron:")[0]
    verdict = judge("kata14", text)
    outcomes = {check.source.id: check for check in verdict.checks}  # type: ignore[attr-defined]

    assert outcomes["test_activations"].outcome == "passed"
    assert outcomes["test_neuron"].message == (
        "The file does not define 'Neuron', which kata14 asks for. kata08 trains this."
    )


def test_numbers_that_differ_are_shown_with_the_digits_it_takes(start: Start) -> None:
    """Six digits are enough until they are equal."""
    text = catalog.solution_of(catalog.find_kata("kata08"))
    wrong = text.replace("out + w_i * x_i", "out + w_i * x_i * 1.00000001")
    played = play(start(wrong), OUT, "out.data", x=4)

    assert show_apart(2.0, 3.0) == ("2.0", "3.0")
    assert show_apart(1.0, 1.0) == ("1.0", "1.0")
    with pytest.raises(CheckFailed, match=r"out\.data should be 10\.0 and is 9\.99999995\."):
        expect_same(played)


def test_kata_is_named_only_where_nothing_before_it_is_wrong(
    judge: Callable[..., Verdict], solution: Callable[[str], str]
) -> None:
    """What a wrong product does to neurons and to training is not for their katas to mend."""
    wrong = solution("kata14").replace("(other.data, self.data)", "(self.data, other.data)")
    by_id = {check.source.id: check for check in judge("kata14", wrong).checks}

    assert by_id["test_gradients_of_sums_and_products"].message.endswith(" kata02 trains this.")
    assert by_id["test_neuron"].outcome == "failed"
    for name in ("test_neuron", "test_mlp", "test_second_program_of_the_article"):
        assert "trains this" not in by_id[name].message
    late = solution("kata14").replace("random.uniform(-1, 1)", "random.random()")
    named = {check.source.id: check.message for check in judge("kata14", late).checks}
    assert named["test_parameters_of_a_neuron"].endswith(" kata08 trains this.")
