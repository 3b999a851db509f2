"""How a walk through a program looks: a step as lines, all of it as a page with a slider."""

from __future__ import annotations

import re

from grader.core.model import show_number
from grader.tour.walk import Walk
from grader.ui import page
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table
from reference.picture import svg


def step_lines(screen: Screen, walk: Walk, number: int) -> list[Line]:
    """Return a step: its head, what happens, and all nodes as they stand after it."""
    moment, marks = walk.moments[number], walk.marks(number)
    lines: list[Line] = [[("  " + walk.title(number), "bold")], []]
    lines += [line for told in moment.told for line in screen.wrap(told, 4, "cyan")]
    rows: list[list[Cell]] = [[[(title, "dim")] for title in ("   node", "data", "grad")]]
    for index, name in enumerate(walk.names()):
        mark = marks.get(index, "")
        sign = {"sender": "->", "receiver": "+="}.get(mark, "  ")
        data, grad = (_cell(cells[index]) for cells in (moment.data, moment.grads))
        style = "bold" if mark else ""
        rows.append([[(f"{sign} ", "yellow"), (name, style)], [(data, style)], [(grad, style)]])
    columns = [Column(), Column(width=10), Column()]  # so that numbers rarely move between steps
    return [*lines, [], *table(screen, columns, rows, indent=3)]


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
