"""A verdict as one HTML page: task, smallest program, graph, diagnosis, checks."""

from __future__ import annotations

from grader.content import catalog
from grader.core.model import Counterexample, Kata, Verdict, show_number
from grader.truth.program import Assign, Program, ProgramError, flatten
from grader.ui import page
from grader.ui.verdict import imports_for
from reference.picture import Box, Picture, svg


def page_of(kata: Kata, found: Verdict) -> str:
    """Return the page of a verdict."""
    first = found.first_failure()
    example = first.counterexample if first else None
    picture = picture_of(example) if example else None
    script = example.script if example else ""
    return page.fill(
        "verdict.html",
        kata=kata,
        task=catalog.task_of(kata),
        found=found,
        seconds=f"{found.seconds:.2f}",
        first=first,
        example=example,
        imports="".join(f"{line}\n" for line in imports_for(kata, script).splitlines()),
        script=script,
        picture=page.drawing(svg(picture)) if picture else None,
    )


def picture_of(example: Counterexample) -> Picture | None:
    """Return the graph of a counterexample that has gradients of a program, or None."""
    rows = {row.name.removesuffix(".grad"): row for row in example.rows if row.data is not None}
    try:
        steps = list(flatten(Program(example.code, example.inputs).steps))
    except ProgramError:
        return None
    if not rows or len(rows) != len(example.rows):
        return None
    place = {name: index for index, name in enumerate(rows)}
    picture = Picture()
    for name, row in rows.items():
        mark = "" if row.agrees else "first" if row.first else "wrong"
        lines = [f"data {show_number(row.data)}", f"grad {show_number(row.got)}"]
        lines += [f"should be {show_number(row.expected)}"] if mark else []
        picture.boxes.append(Box(name, row.operation, lines, mark))
    for step in steps:
        if isinstance(step, Assign) and step.name in place:
            user = place[step.name]
            picture.edges += [(place[x], user) for x in step.operands if x in place]
    picture.blamed = {edge for edge in picture.edges if picture.boxes[edge[0]].mark == "first"}
    return picture
