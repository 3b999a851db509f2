"""How a question looks when it is asked, and what is shown when it was answered."""

from __future__ import annotations

from grader.content.questions import TOPICS
from grader.quiz.asking import LETTERS, Asked, Judged
from grader.ui.screen import Line, Screen


def question(screen: Screen, asked: Asked, place: str = "") -> list[Line]:
    """Return the question: where it stands, its text, its options or its code."""
    head = f"{place} · " if place else ""
    lines: list[Line] = [[(f"  {head}{TOPICS[asked.question.topic]}", "dim")], []]
    lines += screen.wrap(asked.prompt, style="bold")
    if asked.code:
        numbered = asked.kind == "bug"
        lines.append([])
        for number, text in enumerate(asked.code.splitlines(), 1):
            lines.append([(f"  {number:>4}  " if numbered else "      ", "dim"), (text, "cyan")])
    if asked.options:
        lines.append([])
        for letter, option in zip(LETTERS, asked.options, strict=True):
            first, *rest = screen.wrap(option, 7)
            lines.append([(f"    {letter}  ", "cyan"), (first[0][0].lstrip(), "")])
            lines += rest
    return [*lines, []]


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
    for number, point in enumerate(asked.question.points, 1):
        first, *rest = screen.wrap(point, 7)
        lines += [[(f"    {number}  ", "cyan"), (first[0][0].lstrip(), "")], *rest]
    return [*lines, []]
