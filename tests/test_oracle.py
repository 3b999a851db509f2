"""The oracle: three authorities, tolerances, and the cache."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.core import files, workspace
from grader.truth import authorities
from grader.truth import oracle as module
from grader.truth.authorities import PyTorch, consult, slope
from grader.truth.oracle import Oracle
from grader.truth.program import program
from grader.truth.readings import consult_script
from grader.truth.script import script
from grader.truth.smooth import has_differences
from grader.truth.tolerances import close, close_to_difference


@pytest.fixture(scope="module")
def torch() -> PyTorch:
    """PyTorch, imported once."""
    return PyTorch()


@pytest.mark.parametrize(
    ("code", "inputs", "grads"),
    [
        ("c = a * b\nc.grad = 5.0\nc._backward()", {"a": 2, "b": -3}, {"a": -15, "b": 10, "c": 5}),
        ("b = a * a\nb.grad = 5.0\nb._backward()", {"a": 3}, {"a": 30}),
        ("c = a * b\na.grad = c.grad = 5.0\nc._backward()", {"a": 2, "b": 3}, {"a": 20, "b": 10}),
        ("c = a * b + b ** 2\nc.backward()", {"a": 2, "b": 3}, {"a": 3, "b": 8, "c": 1}),
        ("c = a + b\nd = c * c\nd.backward()\nd.backward()", {"a": 2, "b": 3}, {"a": 20, "c": 10}),
        ("c = a * b\nd = a * a\nc.backward()\nd.backward()", {"a": 2, "b": 3}, {"a": 7, "b": 2}),
        ("x = a\nfor _ in range(60):\n    x = x + x\nx.backward()", {"a": 3}, {"a": 2.0**60}),
        ("a.backward()", {"a": 3}, {"a": 1}),
        ("b = (a * 2).tanh() + a.exp()\nb.backward()", {"a": 0.5}, {"a": 2.4886699539281805}),
    ],
)
def test_authorities_give_the_gradients_worked_out_by_hand(
    torch: PyTorch, code: str, inputs: dict[str, float], grads: dict[str, float]
) -> None:
    """Reference, PyTorch and differences agree with numbers worked out on paper."""
    answers = consult(program(code, **inputs), torch)

    for name, grad in grads.items():
        assert answers[name]["reference"] == pytest.approx(grad, rel=1e-12)
        assert answers[name]["pytorch"] == pytest.approx(grad, rel=1e-12)
        assert answers[name]["finite_difference"] == pytest.approx(grad, rel=1e-6)


def test_chain_has_the_closed_form_that_checks_rely_on(torch: PyTorch) -> None:
    """x = a + n * b: the stretch checks on long chains compare with these numbers."""
    code = "x = a\nfor _ in range(1000):\n    x = x + b\nx.backward()"
    answers = consult(program(code, a=2, b=3), torch)

    assert (answers["a"]["reference"], answers["b"]["reference"]) == (1.0, 1_000.0)
    assert (answers["a"]["pytorch"], answers["b"]["pytorch"]) == (1.0, 1_000.0)
    assert answers["x"]["data"] == 3_002.0


def test_scale_sums_the_sizes_of_the_terms() -> None:
    """Where terms cancel, the scale is what rounding errors are measured against."""
    answers = consult(program("b = a * 1000.0 + a * -1000.0\nb.backward()", a=3), None)

    assert answers["a"]["reference"] == 0
    assert answers["a"]["scale"] == pytest.approx(2000)


def test_authorities_that_differ_are_a_fault_of_the_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong reference is not turned into a verdict."""
    monkeypatch.setattr(
        authorities, "_run_reference", lambda made: {"a": (2.0, 5.0), "b": (4.0, 1.0)}
    )

    with pytest.raises(AssertionError, match="the authorities differ on 'a'"):
        consult(program("b = a * 2\nb.backward()", a=2), None)


def test_closeness_refuses_nan_and_infinity() -> None:
    """A comparison with NaN is false either way, so it is asked the safe way round."""
    assert close(1.0, 1.0 + 1e-10)
    assert not close(1.0, 1.0 + 1e-8)
    assert not close(float("nan"), 1.0)
    assert not close(float("inf"), float("inf"))
    assert close_to_difference(1.0, 1.000001)
    assert not close_to_difference(1.0, 1.001)
    assert not close_to_difference(float("nan"), 1.0)


@pytest.mark.parametrize("x", [1e-6, 1.0, 1e6])
def test_central_difference_scales_its_step(x: float) -> None:
    """The derivative of x cubed is right at small and at large x."""
    assert slope(lambda t: t**3, x) == pytest.approx(3 * x * x, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("numbers", "kinks", "told"),
    [((2.0, 0.0), (), True), ((2.0, 1e-9), (), False), ((2.0,), (0.0,), False), ((), (2.0,), True)],
)
def test_where_differences_tell_a_gradient(
    numbers: tuple[float, ...], kinks: tuple[float, ...], told: bool
) -> None:
    """Beside 0 they do, beside what is tiny, and at the kink of a relu, they don't."""
    assert has_differences(numbers, kinks) is told


def test_a_difference_that_rounding_hides_is_not_told() -> None:
    """A step in `b` is lost in a sum of two thousand million; it is not beside a gradient as large."""
    code = "c = a * 1000000000.0\nd = b + c\nd.backward()"
    answers = consult(program(code, a=2.0, b=12.0), None)

    assert answers["b"]["finite_difference"] is None
    assert answers["a"]["finite_difference"] == pytest.approx(1e9, rel=1e-6)


def test_cache_answers_without_torch_or_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked once is answered from the file."""
    made = program("c = a * b\nc.backward()", a=2, b=3)
    first = Oracle(str(tmp_path), "k")
    first.answer(made)
    first.ask_torch()
    first.save()
    monkeypatch.setattr(module, "consult", lambda *_: pytest.fail("asked again"))
    second = Oracle(str(tmp_path), "k")

    assert second.answer(made)["a"]["pytorch"] == 3.0
    assert second.unasked() == []


def test_fresh_ignores_the_cache(tmp_path: Path) -> None:
    """A fresh oracle has no answers, whatever is in the file."""
    made = program("c = a * b\nc.backward()", a=2, b=3)
    first = Oracle(str(tmp_path), "k")
    first.answer(made)
    first.ask_torch()
    first.save()
    fresh = Oracle(str(tmp_path), "k", fresh=True)

    assert fresh.answer(made)["a"]["pytorch"] is None
    assert fresh.unasked() == [made]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"fingerprint": 1}', '{"fingerprint": 1, "torch": 2, "answers": 3}']
)
def test_damaged_cache_is_ignored(tmp_path: Path, text: str) -> None:
    """A file that is no cache costs a question, not a verdict."""
    path = tmp_path / "cache" / "k.json"
    path.parent.mkdir()
    path.write_text(text)
    oracle = Oracle(str(tmp_path), "k")
    oracle.answer(program("c = a * b\nc.backward()", a=2, b=3))
    oracle.save()

    assert json.loads(path.read_text())["answers"]


def test_cache_of_another_torch_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers belong to the version of PyTorch that gave them."""
    made = program("c = a * b\nc.backward()", a=2, b=3)
    first = Oracle(str(tmp_path), "k")
    first.answer(made)
    first.save()
    monkeypatch.setattr(module, "installed_torch", lambda: "9.9")

    assert Oracle(str(tmp_path), "k").answers == {}


def test_without_torch_the_others_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle says which authority is missing."""
    monkeypatch.setattr(module, "installed_torch", lambda: None)
    oracle = Oracle(None, "k")
    answers = oracle.answer(program("c = a * b\nc.backward()", a=2, b=3))

    assert not oracle.ask_torch()
    assert oracle.missing == "PyTorch is not installed"
    assert answers["a"]["reference"] == 3.0
    assert answers["a"]["pytorch"] is None


def test_torch_that_can_not_be_imported_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is named, with its reason."""

    def broken() -> PyTorch:
        raise ImportError("libtorch.so: no such file")

    monkeypatch.setattr(module, "PyTorch", broken)
    oracle = Oracle(None, "k")
    oracle.answer(program("c = a * b\nc.backward()", a=2, b=3))

    assert not oracle.ask_torch()
    assert oracle.missing == "PyTorch could not be imported (libtorch.so: no such file)"


def test_pytorch_that_differs_on_a_program_is_a_fault_of_the_kit(
    torch: PyTorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that PyTorch denies is no verdict, though reference and differences agree."""
    monkeypatch.setattr(torch, "totals", lambda tape, root: {0: 2.0 + 1e-8, 1: 1.0})

    with pytest.raises(AssertionError, match="the authorities differ on 'a'"):
        consult(program("b = a * 2\nb.backward()", a=2), torch)


@pytest.mark.parametrize("wrong", ["2.0 + 1e-8", "float('nan')", "[2.0]", "[]"])
def test_pytorch_that_differs_on_a_script_is_a_fault_of_the_kit(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Another number, NaN, or a list where a number belongs: none is passed over."""
    twins = pytest.importorskip("grader.truth.twins")
    monkeypatch.setattr(twins.Value, "grad", property(lambda self: eval(wrong)))

    with pytest.raises(AssertionError, match=r"the authorities differ on 'a\.grad'"):
        consult_script(script("b = a * 2\nb.backward()", "a.grad", {"a": 2}, 0, 1e-9), True)


@pytest.mark.parametrize("read", ["a.grad", "b.data"])
def test_reference_that_differs_on_a_script_is_a_fault_of_the_kit(
    monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    """What PyTorch or differences deny is no verdict, whichever of them is asked."""
    from reference.engine import Value

    monkeypatch.setattr(Value, "__mul__", lambda self, k: (self + self) + 0.001)
    monkeypatch.setattr(Value, "backward", lambda self: None)
    made = script("b = a * 2\nb.backward()", read, {"a": 2}, 0, 1e-9)

    with pytest.raises(AssertionError, match=f"the authorities differ on '{read}'"):
        consult_script(made, read == "b.data")


@pytest.mark.parametrize(
    "changed",
    ["reference/engine.py", "reference/losses.py", "solution.py", "authorities.py", "twins.py"],
)
def test_changed_source_empties_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Answers rest on the reference, on the kata's solution and on what consults them."""
    made = program("c = a * b\nc.backward()", a=2, b=3)
    for name in ("reference/engine.py", "reference/losses.py", "solution.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("before")
    for name in ("authorities", "program", "script", "twins"):
        (tmp_path / f"{name}.py").write_text("before")
    monkeypatch.setattr(workspace, "ROOT", tmp_path)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "oracle.py"))
    first = Oracle(str(tmp_path), "k", solution=tmp_path / "solution.py")
    first.answer(made)
    first.save()
    kept = Oracle(str(tmp_path), "k", solution=tmp_path / "solution.py").answers
    (tmp_path / changed).write_text("another")

    assert kept
    assert Oracle(str(tmp_path), "k", solution=tmp_path / "solution.py").answers == {}


def test_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all is written the old file stands; then the new one takes its place at once."""
    path = tmp_path / "k.json"
    path.write_text("old")
    seen: list[tuple[str, str]] = []
    replace = os.replace

    def watched(new: str, old: Path) -> None:
        seen.append((Path(new).read_text(), Path(old).read_text()))
        replace(new, old)

    monkeypatch.setattr(os, "replace", watched)
    files.write_atomically(path, "new")

    assert seen == [("new", "old")]
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_oracle_writes_its_cache_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that is killed while it saves leaves no half of a cache."""
    written: list[Path] = []
    monkeypatch.setattr(module, "write_atomically", lambda path, text: written.append(path))
    oracle = Oracle(str(tmp_path), "k")
    oracle.answer(program("c = a * b", a=2, b=3))
    oracle.save()

    assert written == [tmp_path / "cache" / "k.json"]


def test_pytorch_beside_the_checks_answers_as_it_does_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process beside answers is kept, and small programs count as confirmed."""
    product = program("c = a * b\nc.backward()", a=2, b=3)
    here, beside = Oracle(None, "here"), Oracle(str(tmp_path), "beside")
    with beside.prepared():
        for oracle in (here, beside):
            oracle.answer(product)
            next(iter(oracle.small("forward")))
        assert beside.beside
        assert not beside.small("forward").confirmed
        assert here.ask_torch()
        monkeypatch.setattr(module, "PyTorch", lambda: pytest.fail("PyTorch was imported here"))
        assert beside.ask_torch()

    assert beside.beside is None
    assert beside.answers == here.answers
    assert beside.small("forward").confirmed


def test_a_process_beside_that_dies_is_done_without() -> None:
    """PyTorch is then imported here."""
    oracle = Oracle(None, "dies")
    with oracle.prepared():
        assert oracle.beside
        oracle.beside.process.kill()
        made = program("c = a * b\nc.backward()", a=2, b=3)
        oracle.answer(made)

        assert oracle.ask_torch()
    assert oracle.answers[made.key]["a"]["pytorch"] == 3.0


def test_pytorch_that_was_let_go_is_asked_here() -> None:
    """The process ends at once, and what has to be asked after all is answered all the same."""
    oracle = Oracle(None, "let-go")
    with oracle.prepared():
        assert oracle.beside
        process = oracle.beside.process
        oracle.leave_torch()

        assert process.returncode is not None
        made = program("c = a * b\nc.backward()", a=2, b=3)
        oracle.answer(made)
        assert oracle.ask_torch()
    assert oracle.answers[made.key]["a"]["pytorch"] == 3.0


def test_a_fault_found_beside_the_checks_is_told_here() -> None:
    """A wrong answer among the small programs is a fault of the kit, and confirmed nowhere."""
    oracle = Oracle(None, "wrong")
    with oracle.prepared():
        next(iter(oracle.small("forward"))).expected[-2] += 1.0

        with pytest.raises(AssertionError, match=r"the small program .* should not give"):
            oracle.ask_torch()
    assert not oracle.small("forward").confirmed


def test_nothing_is_prepared_where_answers_are_known(tmp_path: Path) -> None:
    """A repeat verdict starts no process."""
    first = Oracle(str(tmp_path), "known")
    first.answer(program("c = a * b", a=2, b=3))
    first.save()
    again = Oracle(str(tmp_path), "known")
    with again.prepared():
        assert again.beside is None
