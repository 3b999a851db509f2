"""A verdict as one HTML page: no network, no script, light and dark, fit to print."""

from __future__ import annotations

from html import escape

from grader.content import catalog
from grader.core.model import CheckResult, Counterexample, Kata, Verdict, printable, show_number
from grader.truth.program import Assign, Program, ProgramError, flatten
from reference.picture import Box, Picture, svg

MARKS = {"passed": ("✓", "passed"), "failed": ("✗", "failed"), "not-run": ("·", "not run")}
STYLE = """\
:root{color-scheme:light dark;--ink:#1f2328;--soft:#656d76;--ground:#fff;--panel:#f6f8fa;
--rim:#d0d7de;--good:#1a7f37;--bad:#cf222e;--note:#9a6700}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#8d96a0;--ground:#0d1117;
--panel:#161b22;--rim:#30363d;--good:#3fb950;--bad:#ff7b72;--note:#d29922}}
body{font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--ink);
background:var(--ground);max-width:60rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .6rem}
pre,code,td,th{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86rem}
pre{background:var(--panel);border:1px solid var(--rim);border-radius:6px;padding:.8rem 1rem;
overflow-x:auto}
.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}
.status{font-weight:600;margin:.3rem 0 1rem}
ul{list-style:none;padding:0;margin:0}li{padding:.12rem 0 .12rem 1.8rem;text-indent:-1.8rem}
li span:first-child{display:inline-block;width:1.8rem;text-indent:0}
table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.25rem .8rem .25rem 0;text-align:left;
border-bottom:1px solid var(--rim);white-space:nowrap}th{font-weight:600;color:var(--soft)}
tr.wrong td{color:var(--bad)}tr.first td{font-weight:700}
.known{border-left:4px solid var(--note);background:var(--panel);padding:.7rem 1rem;
border-radius:0 6px 6px 0}
.wide{overflow-x:auto}
@media print{body{margin:0;max-width:none}pre{white-space:pre-wrap}}"""


def verdict_page(kata: Kata, found: Verdict) -> str:
    """Return the page: task, verdict, smallest program, graph, diagnosis."""
    title = f"{kata.short} · {kata.title}"
    tone = "good" if found.passed else "bad"
    mark = "✓" if found.passed else "✗"
    words = f"{mark} {found.status.replace('-', ' ')} in {found.seconds:.2f} s"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="status {tone}">{escape(words)}</p>',
        f"<p>{prose(found.message)}</p>",
        *_failure(kata, found),
        *_diagnosis(found),
        "<h2>Checks</h2>",
        "<ul>" + "".join(map(_check, found.checks)) + "</ul>",
        "<h2>Task</h2>",
        f"<pre>{escape(catalog.task_of(kata))}</pre>",
    ]
    return page(title, "\n".join(parts))


def page(title: str, body: str) -> str:
    """Return a whole page around a body."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def prose(text: str) -> str:
    """Return text as HTML, its line breaks kept."""
    return escape(printable(text)).replace("\n", "<br>")


def _check(check: CheckResult) -> str:
    symbol, word = MARKS[check.outcome]
    stretch = check.source.level == "stretch"
    tone = "soft" if stretch and check.outcome != "passed" else ""
    tone = tone or {"passed": "good", "failed": "bad"}.get(check.outcome, "soft")
    note = ' <span class="soft">(stretch)</span>' if stretch else ""
    title = escape(check.source.title)
    return f'<li><span class="{tone}" aria-label="{word}">{symbol}</span>{title}{note}</li>'


def _failure(kata: Kata, found: Verdict) -> list[str]:
    first = found.first_failure()
    example = first.counterexample if first else None
    if first is None or example is None:
        return []
    script = Program(example.code, example.inputs).as_script()
    parts = ["<h2>The smallest program that shows it</h2>", f"<pre>{escape(script)}</pre>"]
    if found.message != first.message:
        parts.insert(1, f"<p>{prose(first.message)}</p>")
    if example.rows:
        parts.append(f'<div class="wide">{_table(example)}</div>')
    if picture := picture_of(example):
        parts += ["<h2>Its graph</h2>", f'<div class="wide">{svg(picture)}</div>']
    return parts


def _table(example: Counterexample) -> str:
    head = "".join(
        f"<th>{name}</th>"
        for name in ("", "operation", "yours", "expected", "PyTorch", "differences", "")
    )
    rows = []
    for row in example.rows:
        kind = "" if row.agrees else ' class="wrong first"' if row.first else ' class="wrong"'
        numbers = (row.got, row.expected, row.pytorch, row.finite_difference)
        cells = [row.name, row.operation, *("–" if x is None else show_number(x) for x in numbers)]
        cells.append("" if row.agrees else "✗ wrong first" if row.first else "✗ wrong")
        rows.append(f"<tr{kind}>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


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


def _diagnosis(found: Verdict) -> list[str]:
    known = found.diagnosis
    if not known:
        return []
    same, whole = known.agreement, known.agreement
    return [
        "<h2>Known mistake</h2>",
        f'<div class="known"><strong>{escape(known.title)}</strong><br>'
        f'{escape(known.explanation)}<br><span class="soft">It gives the numbers of this attempt '
        f"on {same} of {whole} programs.</span></div>",
    ]
