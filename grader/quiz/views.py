"""How a question looks when it is asked, and what is shown when it was answered."""

from __future__ import annotations

from grader.content.questions import TOPICS
from grader.quiz.asking import LETTERS, Asked, Judged
from grader.ui.screen import Line, Screen
from grader.ui.table import Column, table

ITEM = (Column("cyan"), Column(narrow="wrap"))


def question(screen: Screen, asked: Asked, place: str = "") -> list[Line]:
    """Return the question: where it stands, its text, its options or its code."""
    head = f"{place} · " if place else ""
    lines: list[Line] = [[(f"  {head}{TOPICS[asked.question.topic]}", "dim")], []]
    lines += screen.wrap(asked.prompt, style="bold")
    if asked.code:
        numbered = asked.kind == "bug"
        lines.append([])
        lines += _numbered(screen, asked.code) if numbered else screen.block(asked.code, 6, "cyan")
    if asked.options:
        lines += [[], *table(screen, ITEM, zip(LETTERS, asked.options, strict=True), indent=4)]
    return [*lines, []]


def _numbered(screen: Screen, code: str) -> list[Line]:
    columns = [Column("dim", width=4, right=True), Column("cyan")]
    rows = [[str(number), text] for number, text in enumerate(code.splitlines(), 1)]
    return table(screen, columns, rows)


def judged(screen: Screen, asked: Asked, found: Judged) -> list[Line]:
    """Return the judgement and the explanation; working stays as it stands."""
    style = "green" if found.score >= 1 else "red" if found.score == 0 else "yellow"
    first, *rest = found.told
    lines = [[], *screen.wrap(first, style=style)]
    for text in rest:
        working = text in asked.derived or text.startswith("    ")
        if working:
            lines.append([("    " + text, "cyan")])
        else:
            lines += screen.wrap(text)
    return [*lines, []]


def model_answer(screen: Screen, asked: Asked) -> list[Line]:
    """Return a model answer, and the points to tick."""
    lines: list[Line] = [[], [("  A model answer", "bold")], *screen.wrap(asked.question.answer)]
    lines += [[], [("  Which of these did yours have?", "bold")]]
    points = [[str(number), point] for number, point in enumerate(asked.question.points, 1)]
    return [*lines, *table(screen, ITEM, points, indent=4), []]
