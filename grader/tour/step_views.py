"""How a walk through a program looks: a step as lines, all of it as a page with a slider."""

from __future__ import annotations

import re
from html import escape

from grader.core.model import show_number
from grader.tour.walk import Walk
from grader.ui import page
from grader.ui.screen import Line, Screen
from grader.ui.table import Cell, Column, table
from reference.picture import svg

STYLE = """\
.step{margin:1.2rem 0;break-inside:avoid}.step p{margin:.2rem 0}
.step p.told{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9rem}
#bar{position:sticky;top:0;background:var(--ground);padding:.6rem 0}
#bar input{width:100%}
@media screen{.one .step{display:none}.one .step.now{display:block}}"""
# Without the script every step stands below the other; with it, one at a time.
SCRIPT = """\
const steps=[...document.querySelectorAll('.step')];
const bar=document.createElement('div');bar.id='bar';
bar.innerHTML='<input type="range" min="0" max="'+(steps.length-1)+'" value="0" '+
'aria-label="step"><span class="soft">Drag, or use the arrow keys.</span>';
document.querySelector('#steps').before(bar);
document.body.classList.add('one');
const slider=bar.querySelector('input');
function show(){steps.forEach((s,i)=>s.classList.toggle('now',i===+slider.value));
slider.setAttribute('aria-valuetext',steps[slider.value].querySelector('h2').textContent)}
slider.addEventListener('input',show);slider.focus();show();"""


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
    inputs = ", ".join(f"{name} = {show_number(x)}" for name, x in walk.program.inputs.items())
    sections = []
    for number, moment in enumerate(walk.moments):
        told = "".join(f'<p class="told">{escape(line)}</p>' for line in moment.told)
        drawn = unique_marks(svg(walk.picture(number)), number)
        sections.append(
            f'<section class="step"><h2>{escape(walk.title(number))}</h2>{told}'
            f'<div class="wide">{drawn}</div></section>'
        )
    code = escape(walk.program.code)
    body = (
        f"<style>{STYLE}</style><h1>Step by step</h1><pre>{code}</pre><p>{escape(inputs)}</p>"
        f'<div id="steps">{"".join(sections)}</div><script>{SCRIPT}</script>'
    )
    return page.page("Step by step", body)


def unique_marks(drawn: str, number: int) -> str:
    """Return a picture whose arrow heads have names of their own on a page with many pictures."""
    for name in ("tip", "flow-tip"):
        drawn = re.sub(rf'id="{name}"', f'id="{name}{number}"', drawn)
        drawn = drawn.replace(f"url(#{name})", f"url(#{name}{number})")
        drawn = drawn.replace(f"#{name} path", f"#{name}{number} path")
    return drawn
