"""How a walk through a program looks: a step as lines, all of it as a page with a slider."""

from __future__ import annotations

import re

from grader.core.model import show_number
from grader.tour.walk import Walk
from grader.ui import page
from grader.ui.screen import Line, Screen
from reference.picture import svg


def step_lines(screen: Screen, walk: Walk, number: int) -> list[Line]:
    """Return a step: its head, what happens, and all nodes as they stand after it."""
    moment, marks = walk.moments[number], walk.marks(number)
    lines: list[Line] = [[("  " + walk.title(number), "bold")], []]
    lines += [line for told in moment.told for line in screen.wrap(told, 4, "cyan")]
    names = ["node", *walk.names()]
    wide = max(map(len, names))
    lines += [[], [(f"      {'node'.ljust(wide)}  {'data':<12}grad", "dim")]]
    for index, name in enumerate(names[1:]):
        mark = marks.get(index, "")
        sign = {"sender": "->", "receiver": "+="}.get(mark, "  ")
        data, grad = (_cell(cells[index]) for cells in (moment.data, moment.grads))
        style = "bold" if mark else ""
        lines.append([(f"   {sign} ", "yellow"), (f"{name.ljust(wide)}  {data:<12}{grad}", style)])
    return lines


def _cell(number: float | None) -> str:
    return "." if number is None else show_number(number)


def page_of(walk: Walk) -> str:
    """Return a page with every step, its picture and, where scripts run, a slider."""
    steps = [
        {
            "title": walk.title(number),
            "told": moment.told,
            "picture": page.drawing(unique_marks(svg(walk.picture(number)), number)),
        }
        for number, moment in enumerate(walk.moments)
    ]
    return page.fill("walk.html", program=walk.program, steps=steps)


def unique_marks(drawn: str, number: int) -> str:
    """Return a picture whose arrow heads have names of their own on a page with many pictures."""
    for name in ("tip", "flow-tip"):
        drawn = re.sub(rf'id="{name}"', f'id="{name}{number}"', drawn)
        drawn = drawn.replace(f"url(#{name})", f"url(#{name}{number})")
        drawn = drawn.replace(f"#{name} path", f"#{name}{number} path")
    return drawn
