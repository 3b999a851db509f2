"""Every small program: what is tried, what it should be, and that nothing wrong gets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import pytest

from grader.core.model import Verdict
from grader.sandbox.sweep import Sweep
from grader.truth import universe
from grader.truth.agreement import Floats, Tensors, insist, packed, reference, unpacked
from grader.truth.authorities import PyTorch, consult
from grader.truth.oracle import Oracle
from grader.truth.swept import Chunk, Swept
from grader.truth.templates import Template, forward
from reference.engine import Value

Judge = Callable[..., Verdict]
KINDS = tuple(universe.KINDS)
QUOTIENT = Template(2, 0, (("/", 0, 1), ("*", 2, 0), ("backward", 3)))


def programs(kind: str) -> list[str]:
    """Return the text of every program of a kind, its inputs first."""
    batches = chain.from_iterable(universe.chunks(kind))
    return [b.template.program(row).as_script() for b in batches for row in b.rows]


def test_template_writes_its_program() -> None:
    """Inputs come first, plain numbers stand in the lines, and gradients are set in one line."""
    moves = (("-", 2, 0), ("sum", 3, 1), ("relu", 4), ("grad", 0, 0.0), ("grad", 1, 0.0))
    template = Template(2, 1, (*moves, ("data", 0, 5.0), ("neg", 0), ("backward", 5)))
    made = template.program((2.0, 3, 0.5))

    assert made.as_script().splitlines() == [
        "a, b = Value(2.0), Value(3)",
        "c = 0.5 - a",
        "d = sum([c, b])",
        "e = d.relu()",
        "b.grad = a.grad = 0.0",
        "a.data = 5.0",
        "f = -a",
        "e.backward()",
    ]
    assert len(made.steps) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_no_program_stands_twice(kind: str) -> None:
    """Within one chunk every program is another, and all of them parse."""
    for batches in universe.chunks(kind):
        keys = [b.template.program(row).key for b in batches for row in b.rows]
        assert len(set(keys)) == len(keys)
    assert all(b.template.program(b.rows[0]).steps for b in chain(*universe.chunks(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_plain_and_small_programs_come_first(kind: str) -> None:
    """One line before two, and plain numbers before those that tell."""
    first, special, second = islice(universe.chunks(kind), 3)
    operations = [[len(b.template.operations) for b in part] for part in (first, second)]

    assert max(operations[0]) <= 2  # the line, and a factor above it
    assert max(operations[0]) <= min(operations[1]) <= max(operations[1]) <= 3
    assert not {0, 1, -1, 1e-9} & {
        x for b in first for row in b.rows for x in row[: b.template.inputs]
    }
    assert {0, 1, -1, 1e-9} <= {x for b in special for row in b.rows for x in row}


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
@pytest.mark.parametrize("side", [0, 1])
def test_each_side_of_an_operator_has_all_there_is(operator: str, side: int) -> None:
    """A leaf, an inner node, the same node, a number; 0, a tie, an int, tiny and large, both signs."""
    seen, numbers = set(), set()
    for batch in chain(*universe.chunks("arithmetic")):
        template = batch.template
        for name, *where in template.operations.values():
            if name == operator:
                inner = where[side] in template.operations
                leaf = where[side] < template.inputs
                seen.add("same" if where[0] == where[1] else "inner" if inner else leaf)
                if where[side] < template.inputs + template.constants:
                    numbers |= {repr(row[where[side]]) for row in batch.rows}

    assert seen == {"same", "inner", True, False}
    assert numbers >= {"3", "-2", "3.0", "-3.0", "0.5", "1e-09", "12.0", "1.0", "-1.0"}
    assert "0.0" in numbers or (operator == "/" and side == 1)


def test_powers_have_every_kind_of_exponent() -> None:
    """Whole and fractional, int and float, 1 and 2.0, negative bases under whole float exponents."""
    texts = "\n".join(programs("arithmetic"))

    for exponent in ("2", "2.0", "1", "1.0", "-1", "-2", "0.5", "1.5", "2.37", "-0.5"):
        assert f" ** {exponent}\n" in texts
    assert "a = Value(-1.0)\nb = a ** 2.0" in texts
    assert "a = Value(0.0)\nb = a **" not in texts  # a follow-up of its own


def test_functions_meet_on_one_value_and_on_opposite_ones() -> None:
    """Two functions of one value, one function of two, and relu at its kink."""
    texts = programs("activations")

    assert any("b = a.tanh()\nc = a.exp()\nd = b" in text for text in texts)
    assert any("c = a.relu()\nd = b.relu()\ne = c" in text for text in texts)
    assert "a = Value(0.0)\nb = a.relu()\nb.backward()" in texts
    assert "a = Value(-0.5)\nb = a.relu()\nb.backward()" in texts  # a bound of -1 shows there alone


def test_what_is_done_to_a_graph_besides_one_walk() -> None:
    """Preset gradients, a line aside, another root, two losses, a second walk, other numbers."""
    texts = programs("backward")
    clear = "d.grad = c.grad = b.grad = a.grad = 0.0"

    for part in (
        "c = a * b\nd = c * 5.0\na.grad = 4.0\nd.backward()",
        "c = a * b\nd = a * -3.0\ne = c * 5.0\ne.backward()",
        "c = a * b\nd = c * 5.0\nc.backward()",
        f"c = a * b\nd = c * 5.0\ne = c * -3.0\nd.backward()\n{clear}\ne.backward()",
        f"c = a * b\nd = c * 5.0\nd.backward()\n{clear}\nd.backward()",
        "a.data = 3.0\nb.data = 4.0\ne = a * b\nf = e * 5.0\nf.backward()",
    ):
        assert any(part in text for text in texts), part


@pytest.mark.parametrize("kind", KINDS)
def test_every_third_answer_is_confirmed_alone(kind: str) -> None:
    """What the reference says of a program is what all authorities say of its text."""
    found = [(b.template, row) for b in chain(*universe.chunks(kind)) for row in b.rows]
    torch = PyTorch()
    for template, row in found[:: len(found) // 60]:
        said = consult(template.program(row), torch)
        expected = [x for name in said.values() for x in (name["data"], name["reference"])]

        assert reference(template, row) == pytest.approx(expected, rel=1e-12)


def test_authorities_agree_on_a_template() -> None:
    """Differences and PyTorch say what the reference says."""
    row = (2.0, -4.0)
    expected = reference(QUOTIENT, row)
    tensors = Tensors(PyTorch())

    assert expected == pytest.approx([2.0, -1.0, -4.0, -0.25, -0.5, 2.0, -1.0, 1.0])
    assert Floats().answers(QUOTIENT, row) == pytest.approx(expected, rel=1e-6)
    assert tensors.answers(QUOTIENT, [row, (3.0, 5.0)])[0].tolist() == pytest.approx(expected)
    insist(QUOTIENT, [row], expected, tensors)


@pytest.mark.parametrize("place", range(8))
def test_a_wrong_answer_is_not_confirmed(place: int) -> None:
    """If an answer were wrong in one number, the authorities would say so."""
    wrong = reference(QUOTIENT, (2.0, -4.0))
    wrong[place] += 0.01

    with pytest.raises(AssertionError, match=r"c = a / b\\nd = c \* a.* should not give"):
        insist(QUOTIENT, [(2.0, -4.0)], wrong, Tensors(PyTorch()))


def test_what_is_left_out() -> None:
    """Poles, 0 to a power, and what has lost its digits or overflows."""

    def defined(name: str, *numbers: float) -> bool:
        slots = tuple(range(len(numbers)))
        return forward(Template(len(numbers), 0, ((name, *slots),)), numbers) is not None

    left_out = (
        *(("/", 1.0, 0.0), ("**", 0.0, 2), ("**", -2.0, 0.5), ("log", 0.0), ("log", -1.0)),
        *(
            ("tanh", 6.5),
            ("exp", 31.0),
            ("sigmoid", -15.0),
            ("sigmoid", 15.0),
            ("tanh", 1e-9),
            ("*", 1e10, 1e9),
        ),
    )
    kept = (("**", -2.0, 2.0), ("**", 1e-9, -2), ("relu", 0.0), ("tanh", -6.0), ("log", 1e-9))

    assert not [args for args in left_out if defined(*args)]
    assert all(defined(*args) for args in kept)


def test_sweep_gives_what_the_text_gives() -> None:
    """Programs run move by move have the numbers that the reference has."""
    for kind in KINDS:
        for batches in islice(universe.chunks(kind), 2):
            chunk = Chunk.of(batches)
            sweep = Sweep(Value)
            for batch in chunk.wired:
                sweep.run(batch, False)
            assert sweep.numbers == chunk.expected
            assert (sweep.done, sweep.unclear) == (chunk.size, [])


def test_sweep_notes_what_raises_and_what_is_no_number() -> None:
    """Such a program leaves its place empty, and the next one is read as usual."""

    class Odd(Value):
        def __mul__(self, other: object) -> Value:
            if self.data == 2:
                raise SystemExit(7)
            found = Odd(self.data)
            found.grad = None if self.data == 3 else 0.0  # type: ignore[assignment]
            return found

    sweep = Sweep(Odd)
    sweep.run((1, 0, [["*", 0, 0]], [2.0, 3.0, 4.0]), False)

    assert sweep.unclear == [0, 1]
    assert list(sweep.numbers) == [0.0] * 8 + [4.0, 0.0, 4.0, 0.0]


def test_sweep_tells_operands_by_identity() -> None:
    """Equal numbers are two operands; a plain number's Value has its slot, a stranger -1."""
    sweep = Sweep(Value)
    moves = [["*", 0, 1], ["+", 3, 2]]
    sweep.run((2, 1, moves, [3.0, 3.0, 7.0]), True)

    assert sweep.operands == [[[], [], [0, 1], [2, 3]]]


def test_answers_are_kept_and_confirmed_once(tmp_path: Path) -> None:
    """A second oracle reads them; answers of other sources, or a damaged file, are not taken."""
    first = Oracle(str(tmp_path), "kata02-0")
    chunks = list(first.small("forward"))
    assert not first.small("forward").confirmed
    assert first.ask_torch()
    first.save()
    kept = tmp_path / "cache" / "forward.json"
    again = Oracle(str(tmp_path), "kata02-1").small("forward")

    assert again.confirmed
    assert again.whole
    assert [chunk.expected for chunk in again] == [chunk.expected for chunk in chunks]
    assert Oracle(str(tmp_path), "kata02-1", fresh=True).small("forward").chunks == []
    other = Swept("forward", kept, "another fingerprint")
    other.load()
    assert other.chunks == []
    kept.write_text("{")
    damaged = Oracle(str(tmp_path), "kata02-1").small("forward")
    assert len(list(damaged)) == len(chunks)


def test_a_chunk_is_answered_when_it_is_needed() -> None:
    """An attempt that is wrong in one line costs no answers to two."""
    swept = Swept("arithmetic", None, "")
    next(iter(swept))

    assert len(swept.chunks) == 1
    assert not swept.whole


def test_numbers_travel_exactly() -> None:
    """Hexadecimal gives back each float to the bit."""
    numbers = [0.1, -0.0, 1e-300, float("inf")]

    assert list(unpacked(packed(numbers))) == numbers


@pytest.mark.parametrize(
    ("kata", "find", "replace", "program"),
    [
        (
            "kata02",
            "self.grad += other.data",
            "self.grad += (other.data or 1.0)",
            "b = a * a\nb.grad = 7.0\nb._backward()",
        ),
        (
            "kata05",
            "return self + -other",
            "return self + -other if self.data != getattr(other, 'data', other) else Value(0.0)",
            "c = a - b\nc.backward()",
        ),
    ],
)
def test_smallest_program_is_shown(
    judge: Judge,
    solution: Callable[[str], str],
    kata: str,
    find: str,
    replace: str,
    program: str,
) -> None:
    """The first program in order of size is the counterexample."""
    text = solution(kata)
    assert find in text
    failed = judge(kata, text.replace(find, replace)).first_failure()

    assert failed
    assert failed.counterexample
    assert failed.counterexample.code == program


def test_what_is_kept_between_programs_is_told(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """A file that is right for one program and wrong after others does not pass."""
    text = solution("kata02").replace(
        "self.grad += other.data * out.grad",
        "Value.made = getattr(Value, 'made', 0) + 1\n"
        "            self.grad += other.data * out.grad * (1 if Value.made != 300 else 2)",
    )
    verdict = judge("kata02", text)
    failed = verdict.first_failure()

    assert failed
    assert failed.source.id == "test_every_small_program"
    assert "something is kept in a class" in failed.message


def test_verdict_says_how_many_were_tried(judge: Judge, solution: Callable[[str], str]) -> None:
    """A pass says what it rests on."""
    verdict = judge("kata02", solution("kata02"))
    count = len(programs("local"))

    assert f"{count:,} small programs" in " ".join(verdict.notes)


def test_operands_that_can_be_looked_at_once_are_lost(
    judge: Judge, solution: Callable[[str], str]
) -> None:
    """A generator or an iterator as `_prev` is empty when the next kata walks it."""
    text = solution("kata01").replace(
        "self._prev = tuple(_children)", "self._prev = iter(_children)"
    )
    found = {check.source.id: check for check in judge("kata01", text).checks}

    assert "_prev is used up by one look" in found["test_operands_are_recorded"].message
    assert found["test_every_small_program"].outcome == "failed"

    class Once:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0
            self._prev: Iterator[Once] = iter(())

        def __mul__(self, other: Once) -> Once:
            return Once(self.data * other.data)

    sweep = Sweep(Once)
    sweep.run((1, 0, [["*", 0, 0]], [2.0]), True)
    assert sweep.operands == [[[-1], [-1]]]
