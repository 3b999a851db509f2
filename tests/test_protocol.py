"""The private pipe: a reply of another shape than ours is refused as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from grader.core.model import Verdict
from grader.sandbox.protocol import LOAD, RUN, SCRIPT, SORT, Verb

Judge = Callable[..., Verdict]


@pytest.mark.parametrize("node", [True, "0", 0.5, None, [0], {}])
def test_a_node_is_an_integer(node: object) -> None:
    """What only equals an index, or holds one, is none."""
    reply = {"orders": [[0, node]], "changed": [], "not_a_list": None}
    for field, content in (("orders", [[0, node]]), ("changed", [node])):
        line = json.dumps({"done": reply | {"orders": [[0]]} | {field: content}}).encode()
        assert SORT.decode(line) is None

    right = SORT.decode(json.dumps({"done": reply | {"orders": [[0, 1]]}}).encode())
    assert right is not None
    assert right.done is not None
    assert (right.done["orders"], right.done["changed"]) == ([[0, 1]], [])


@pytest.mark.parametrize(
    ("verb", "line"),
    [
        (SORT, b"{}"),
        (SORT, b'{"done": null}'),
        (SORT, b'{"done": {"orders": []}}'),
        (SORT, b'{"done": {"orders": [[1e3]], "changed": [], "not_a_list": null}}'),
        (LOAD, b'{"done": {"syntax": "no"}}'),
        (RUN, b'{"done": {"trace": {"a": 1}}}'),
        (SCRIPT, b'{"done": {"reads": [true]}}'),
        (SCRIPT, b'{"done": {"reads": [NaN]}}'),
        (SCRIPT, b'{"done": {"reads": [[[[[1.0]]]]]}}'),
        (LOAD, b'{"raised": {"error": "x"}}'),
        (LOAD, b"[" * 100_000),
        (LOAD, b"\xff"),
        (LOAD, b""),
    ],
)
def test_another_shape_is_no_reply(verb: Verb[object], line: bytes) -> None:
    """Half of it, another type, too deep, no text at all: none is taken for an answer."""
    assert verb.decode(line) is None


def test_a_forged_order_is_told_and_not_believed(judge: Judge) -> None:
    """A file that writes replies itself has crashed."""
    forged = '{"done": {"orders": [[true]], "changed": [], "not_a_list": null}}'
    text = (
        "import os, stat\n"
        "def topological_order(root):\n"
        "    for fd in range(4, 20):\n"
        "        try:\n"
        f"            stat.S_ISFIFO(os.fstat(fd).st_mode) and os.write(fd, b'{forged}' + bytes([10]))\n"
        "        except OSError: pass\n"
        "    return [root]\n"
    )
    verdict = judge("kata03", text)

    assert (verdict.status, verdict.message) == (
        "crashed",
        "The file wrote over the grader's pipe.",
    )
