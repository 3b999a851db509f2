"""The reading of the reference: its quotations, its examples, and the names it says are PyTorch's."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

from tests.reading import PAGE, filled, quotations

TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(>>>.*?)^```$", TEXT, re.M | re.S)


def test_quotations_are_the_code() -> None:
    """Each block is what the file has; 'python -m tests.reading' fills them in."""
    assert len(quotations(TEXT)) >= 15
    assert filled(TEXT) == TEXT


def run(examples: list[str]) -> doctest.TestResults:
    """Run examples as one session; a message may go on where the page cuts it."""
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    test = doctest.DocTestParser().get_doctest("\n".join(examples), {}, "README", str(PAGE), 0)
    return doctest.DocTestRunner(optionflags=flags).run(test)


def test_examples_print_what_they_say() -> None:
    """In one session, from top to bottom, PyTorch's among them where it is installed."""
    pytest.importorskip("torch")

    found = run(EXAMPLES)

    assert found.attempted > 60
    assert found.failed == 0


def test_a_wrong_example_would_be_seen() -> None:
    """The runner of this test can fail."""
    assert run([">>> 1 + 1\n3\n"]).failed == 1


def test_messages_of_pytorch_are_quoted_rightly() -> None:
    """Beyond its type, which doctest compares: the words."""
    torch = pytest.importorskip("torch")
    for words, provoke in (
        (
            "one of the variables needed for gradient computation has been modified by an inplace operation",
            "x = torch.ones(1, requires_grad=True); y = x.exp(); y.add_(1); y.backward()",
        ),
        (
            "Trying to backward through the graph a second time",
            "x = torch.ones(1, requires_grad=True); y = x * x; y.backward(); y.backward()",
        ),
    ):
        assert f"RuntimeError: {words}\n" in TEXT
        with pytest.raises(RuntimeError, match=re.escape(words)):
            exec(provoke, {"torch": torch})


def test_names_of_pytorch_exist() -> None:
    """Modules, attributes, and headers that come with the wheel, with the words in them."""
    torch = pytest.importorskip("torch")
    root = Path(torch.__file__).parent
    for name in set(re.findall(r"`(torch(?:\.\w+)+)`", TEXT)):
        parts = name.split(".")
        found = torch
        for index, part in enumerate(parts[1:], 2):
            if not hasattr(found, part):
                found = importlib.import_module(".".join(parts[:index]))
            else:
                found = getattr(found, part)
    for path in set(re.findall(r"`(torch/[\w/]+\.py)`", TEXT)):
        assert (root.parent / path).is_file(), path
    headers = set(re.findall(r"`(torch/csrc/[\w/]+\.h)`", TEXT))
    assert len(headers) >= 7
    for path in headers:
        assert (root / "include" / path).is_file(), path


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("node.h", ["next_edges", "virtual variable_list apply", "release_variables"]),
        ("variable.h", ["struct TORCH_API AutogradMeta", "grad_fn_"]),
        ("saved_variable.h", ["class TORCH_API SavedVariable", "saved_version_"]),
        ("generated/Functions.h", ["MulBackward0", "PowBackward0", "AddBackward0"]),
        ("functions/accumulate_grad.h", ["AccumulateGrad", "accumulateGrad"]),
        ("input_buffer.h", ["InputBuffer"]),
        ("engine.h", ["compute_dependencies", "evaluate_function", "ReadyQueue"]),
    ],
)
def test_headers_say_what_the_map_says(header: str, words: list[str]) -> None:
    """The names of the map stand in the headers it names."""
    torch = pytest.importorskip("torch")
    path = Path(torch.__file__).parent / "include" / "torch" / "csrc" / "autograd" / header
    if not path.is_file():
        pytest.skip("this wheel has no headers")
    text = path.read_text("utf-8")

    assert [word for word in words if word not in text] == []


def test_links_lead_somewhere() -> None:
    """Every anchor is a heading."""
    headings = [
        re.sub(r"[^\w\- ]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    ]

    assert [link for link in re.findall(r"\(#([\w-]+)\)", TEXT) if link not in headings] == []
