"""Signatures: what two candidates have in common when they behave alike, whatever their style."""

from __future__ import annotations

from array import array

from grader.grading.signature import alike, signature

RUN = {"verb": "run", "code": "", "inputs": {}, "fields": []}


def seen(**fields: object) -> object:
    """Return the signature of a program with one value."""
    return signature(RUN, {"trace": {"a": fields}})


def test_style_leaves_no_trace_in_a_signature() -> None:
    """int or float, order of operands, and rounding make no difference; the number does."""
    assert alike(seen(data=2), seen(data=2.0))
    assert alike(seen(data=0.1 + 0.2), seen(data=0.3))
    assert alike(seen(_prev=["a", "b"]), seen(_prev=["b", "a", "a"]))
    assert alike(
        seen(grad={"odd": "<X at 0x1>", "type": "X"}), seen(grad={"odd": "x", "type": "X"})
    )
    assert not alike(seen(data=2.0), seen(data=2.1))
    assert not alike(seen(grad={"odd": "nan", "type": "float"}), seen(grad=1.0))
    assert not alike(seen(data=1.0), seen(grad=1.0))


def test_any_right_order_has_one_signature() -> None:
    """Two right orders are alike; a wrong one is itself."""
    ask = {"verb": "sort", "code": "", "inputs": {}}
    graph = [[], [], [0, 1], None]

    def order(*nodes: int) -> object:
        return signature(ask, {"orders": [list(nodes)], "changed": []}, graph)

    assert order(0, 1, 2) == order(1, 0, 2)
    assert order(2, 1, 0) != order(0, 1, 2)
    assert order(2, 1, 0) != order(2, 0, 1)
    assert order(0, 1, 2, 3) != order(0, 1, 2)
    assert order(0, 0, 1, 2) != order(0, 1, 2)


def one_of(kind: str) -> dict[str, str]:
    """Return the reply of a program that raised."""
    return {"error": kind, "message": ""}


def test_exceptions_are_alike_by_their_kind() -> None:
    """The names in its text are those of a style; the type and the rest of the text are not."""
    one = signature(RUN, {"error": "TypeError", "message": "f.<locals>.g() takes 0 arguments"})

    assert alike(one, signature(RUN, {"error": "TypeError", "message": "h() takes 0 arguments"}))
    assert not alike(one, signature(RUN, {"error": "TypeError", "message": "h() takes 1 argument"}))
    assert not alike(
        one, signature(RUN, {**one_of("ValueError"), "message": "h() takes 0 arguments"})
    )


def test_every_verb_has_a_signature_of_its_own() -> None:
    """Numbers, texts, odd values, and whatever a broken candidate sends instead."""
    script, show = {"verb": "script"}, {"verb": "show", "inputs": [2.5, 3.0]}

    assert signature(RUN, {"timed_out": True}) == ["timed out"]
    assert signature(script, {"reads": [1, [2.0, {"odd": "None", "type": "NoneType"}]]}) == [
        1.0,
        [2.0, "None"],
    ]
    assert signature(show, {"texts": ["Value(2.5)", "Value(data=4)"]}) == [True, False]
    assert signature({"verb": "sort"}, {"not_a_list": "dict"}) == ["not a list", "dict"]
    assert signature(RUN, {"trace": {"a": 1, "b": {"data": True, "_op": "+"}}}) == {
        "a": "odd",
        "b": {"data": "True", "_op": "+"},
    }
    assert signature(RUN, {"oh": 1, "ah": 2}) == "['ah', 'oh']"


def test_order_that_is_no_list_of_numbers_is_odd() -> None:
    """A forged order is one signature, and no exception."""
    ask = {"verb": "sort"}

    assert signature(ask, {"orders": [3, ["a"], [0]], "changed": [1]}, [[]]) == [
        ["odd", "odd", "right"],
        [1.0],
    ]


def test_signatures_of_other_shapes_are_not_alike() -> None:
    """Lists of other lengths and dicts of other names differ; rounding alone does not."""
    assert alike([1.0, [2.0]], [1.0 + 1e-10, [2.0]])
    assert alike(0.0, 1e-13)
    assert not alike(1.0, 1.0 + 1e-8)
    assert not alike(0.0, 1e-11)
    assert not alike([1.0], [1.0, 2.0])
    assert not alike([1.0, 2.0], [1.0, 3.0])
    assert not alike({"a": 1.0}, {"b": 1.0})
    assert not alike({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 3.0})


def test_what_tells_two_signatures_apart() -> None:
    """The kind of an exception, an operand, the text or the type of an odd value, a small error."""
    nan, none = {"odd": "nan", "type": "float"}, {"odd": "None", "type": "NoneType"}

    assert signature(RUN, {"error": "TypeError"}) == ["raised", "TypeError", ""]
    assert signature({"verb": "show", "inputs": [1.0, 2.0]}, {"texts": ["1"]}) == [True]
    assert seen(_prev=["a"]) != seen(_prev=["b"])
    assert seen(_prev=["b", "a", "b"]) == {"a": {"_prev": ["a", "b"]}}
    assert (seen(grad=nan), seen(grad=none)) == ({"a": {"grad": "nan"}}, {"a": {"grad": "None"}})
    assert seen(grad={"odd": "x", "type": "X"}) == {"a": {"grad": "X"}}
    assert not alike(1.0, 1.0 + 5e-9)
    assert alike(1e6, 1e6 + 5e-4)
    assert not alike([1.0], 1.0)
    assert not alike(1.0, {"a": 1.0})


def test_programs_of_a_sweep_are_compared_one_by_one() -> None:
    """Each has its own numbers; one that raised, and all after one that hangs, have none."""
    template = [1, 1, [["*", 0, 1], ["backward", 2]]]
    ask = {"verb": "sweep", "batches": [[*template, [2.0, 3.0, 4.0, 5.0]]], "with_operands": False}
    numbers = array("d", [2.0, 3.0, 6.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    reply = {"numbers": numbers.tobytes().hex(), "unclear": [1], "operands": [], "stopped": None}

    assert signature(ask, reply) == [[2.0, 3.0, 6.0, 1.0], ["raised"]]
    assert signature(ask, {**reply, "stopped": 1}) == [[2.0, 3.0, 6.0, 1.0], ["timed out"]]


def test_scripts_are_alike_by_all_that_was_read_until_one_raised() -> None:
    """Numbers of each script, and the kind of the exception after them."""
    ask = {"verb": "scripts", "scripts": [], "names": []}
    raised = {"error": "TypeError", "message": "x"}
    one = signature(ask, {"reads": [[1, 2.0], [3.0]], "raised": raised})

    assert alike(one, signature(ask, {"reads": [[1.0, 2], [3]], "raised": raised}))
    assert not alike(one, signature(ask, {"reads": [[1.0, 2]], "raised": raised}))
    assert not alike(one, signature(ask, {"reads": [[1.0, 2], [3]], "raised": None}))
