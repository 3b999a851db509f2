"""An interview's report as one HTML page: no network, no script, light and dark, fit to print."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from html import escape

from grader.content import catalog
from grader.interview import rubric
from grader.interview.events import FileGraded, Moment, OwnTestsScored
from grader.interview.plan import TITLES
from grader.interview.report import (
    ENDINGS,
    Report,
    advice_words,
    changes,
    score_words,
    word_for,
)
from grader.interview.scorecard import tests_words
from grader.interview.transcript import Response, short
from grader.ui.page import page, prose

WIDTH, BAR, GAP = 880.0, 26.0, 4.0
STYLE = """\
.t text{font:12px system-ui,sans-serif;fill:var(--ink)}.t .bar{fill:var(--panel);stroke:var(--rim)}
.t .code{fill:var(--rim)}.t .tick{stroke:var(--soft)}.t .soft{fill:var(--soft)}
.t .pass{fill:var(--good)}.t .fail{fill:var(--bad)}.t .hint{fill:var(--note)}
td.num{text-align:right}td.text{white-space:normal;font-family:inherit;font-size:.95rem}
.meter{background:var(--rim);height:.5rem;width:8rem;border-radius:4px;overflow:hidden}
.meter div{background:var(--soft);height:100%}
details{margin:.3rem 0}summary{cursor:pointer}
td.yes{color:var(--good)}td.no{color:var(--bad)}
ins{color:var(--good);text-decoration:none}del{color:var(--bad);text-decoration:none}
@media print{details::details-content{content-visibility:visible;block-size:auto;display:block}
details:not([open])>*{display:block}h2,summary{break-after:avoid}tr,pre{break-inside:avoid}}"""


def page_of(report: Report) -> str:
    """Return the page: verdict, scorecard, timeline, checks over time, code, answers."""
    card, plan = report.card, report.plan
    when = f"{report.started.astimezone():%Y-%m-%d %H:%M}"
    took = f"{report.took / 60:.0f} of {plan.seconds / 60:.0f} minutes"
    parts = [
        f"<style>{STYLE}</style>",
        f"<h1>{escape(plan.title)}</h1>",
        f'<p class="soft">Interview {report.id}, {when}, seed {plan.seed}; {took}; '
        f"{ENDINGS[report.reason]}.</p>",
        f'<p class="status">Verdict: {escape(card.verdict)} · score {score_words(card)} of 100</p>',
        "<h2>Scorecard</h2>",
        _scorecard(report),
        "<h2>Timeline</h2>",
        f'<div class="wide">{timeline(report)}</div>',
        *[_checks_over_time(report, kata) for kata in _katas_run(report)],
        *_tests(report),
        *_answers(report),
        "<h2>Practise next</h2>",
        "<ol>"
        + "".join(f"<li>{escape(advice_words(one))}</li>" for one in report.advice)
        + "</ol>",
        f'<p class="soft">{escape(rubric.CAVEAT)}</p>',
    ]
    return page(f"{plan.title}, {when}", "\n".join(parts))


def _scorecard(report: Report) -> str:
    moved = changes(report)
    rows = []
    for line in report.card.lines:
        value = "–" if line.value is None else f"{line.value:.0f}"
        meter = f'<div class="meter"><div style="width:{line.value or 0:.0f}%"></div></div>'
        change = f"{moved[line.name]:+.0f}" if line.name in moved else ""
        rows.append(
            f"<tr><td>{line.name}</td><td>{rubric.WEIGHTS[line.name]}</td>"
            f'<td class="num">{value}</td><td>{meter}</td><td class="num">{change}</td>'
            f'<td class="text">{escape(line.source)}</td></tr>'
        )
    since = f"since {report.before[0]}" if report.before else ""
    titles = ("", "weight", "value", "", since, "computed from")
    head = "<tr>" + "".join(f"<th>{title}</th>" for title in titles) + "</tr>"
    return f'<div class="wide"><table>{head}{"".join(rows)}</table></div>' + _rated(report)


def _rated(report: Report) -> str:
    by = "a partner" if report.plan.interviewer else "the candidate"
    given = [
        f"{r.title.lower()} {report.card.ratings[r.name]} of 4"
        for r in rubric.RATINGS
        if report.card.ratings[r.name] is not None
    ]
    words = f"{', '.join(given)}; rated by {by}" if given else "not rated"
    if report.card.clarified:
        words += (
            f"; asked about {report.card.clarified[0]} of {report.card.clarified[1]} open points"
        )
    return f'<p class="soft">Communication, not in the score: {escape(words)}.</p>'


def timeline(report: Report) -> str:
    """Return the interview as an SVG: a bar a phase, marks for runs, hints, answers and pauses."""
    whole = max(report.plan.seconds, report.took, 1.0)
    room = WIDTH - 150

    def x(seconds: float) -> float:
        return 140 + room * seconds / whole

    height = len(report.told.stays) * (BAR + GAP) + 30
    words = f"{len(report.told.stays)} parts in {report.took / 60:.0f} minutes"
    parts = [
        f'<svg class="t" xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {WIDTH:.0f} {height:.0f}"><title>{words}</title>'
    ]
    for row, stay in enumerate(report.told.stays):
        y = row * (BAR + GAP)
        kind = " code" if stay.kind == "code" else ""
        wide = max(2.0, x(stay.ended) - x(stay.began))
        name = TITLES.get(stay.kind, stay.kind) + (
            f" {short(stay.kata)}" if stay.kind == "code" else ""
        )
        parts.append(f'<text x="0" y="{y + 17:.0f}">{escape(name)}</text>')
        parts.append(
            f'<rect class="bar{kind}" x="{x(stay.began):.1f}" y="{y:.0f}" width="{wide:.1f}" '
            f'height="{BAR:.0f}" rx="3"><title>{_minutes(stay.began)} to {_minutes(stay.ended)}'
            f"</title></rect>"
        )
        parts += _marks(report, row, y, x)
    y = len(report.told.stays) * (BAR + GAP)
    for minute in _ticks(whole / 60):
        at = x(minute * 60)
        parts.append(
            f'<line class="tick" x1="{at:.1f}" x2="{at:.1f}" y1="{y:.0f}" y2="{y + 5:.0f}"/>'
        )
        parts.append(
            f'<text class="soft" x="{at:.1f}" y="{y + 20:.0f}" text-anchor="middle">{minute}</text>'
        )
    legend = "✓ run that passed, ✗ run that failed, ? hint, • answer, ‖ pause; minutes below"
    return "".join(parts) + f'</svg><p class="soft">{legend}</p>'


MARKS = {"hint": ("?", "hint"), "answer": ("•", ""), "skip": ("•", "soft"), "pause": ("‖", "soft")}


def _marks(report: Report, row: int, y: float, x: Callable[[float], float]) -> list[str]:
    """Return the marks of one phase: what happened between its beginning and the next one's."""
    found, phase = [], -1
    for moment in report.told.moments:
        at, what, kind = moment.at, moment.what, moment.kind
        phase += kind == "phase"
        if phase != row or kind not in (*MARKS, "run"):
            continue
        if isinstance(what, FileGraded):
            passed = what.status == "passed"
            symbol, tone = ("✓", "pass") if passed else ("✗", "fail")
        else:
            symbol, tone = MARKS[kind]
        found.append(
            f'<text class="{tone}" x="{x(at):.1f}" y="{y + 18:.0f}" text-anchor="middle">{symbol}'
            f"<title>{kind} at {_minutes(at)}</title></text>"
        )
    return found


def _ticks(minutes: float) -> list[int]:
    step = next(step for step in (1, 5, 10, 30, 60) if minutes / step <= 13 or step == 60)
    return list(range(0, int(minutes) + 1, step))


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _katas_run(report: Report) -> list[str]:
    return list(dict.fromkeys(run.what.kata for run in report.told.runs))


def _checks_over_time(report: Report, kata: str) -> str:
    """Return a row a check and a column a run, then the code at each run."""
    runs = [run for run in report.told.runs if run.what.kata == kata]
    shown = runs if len(runs) <= 12 else [*runs[:2], *runs[-10:]]
    head = "".join(f"<th>{_minutes(run.at)}</th>" for run in shown)
    rows = []
    for check in catalog.read_checks(catalog.find_kata(kata)):
        cells = []
        for run in shown:
            outcome = {c.title: c.outcome for c in run.what.checks}.get(check.title, "not-run")
            mark = {"passed": '<td class="yes">✓</td>', "failed": '<td class="no">✗</td>'}
            cells.append(mark.get(outcome, "<td>·</td>"))
        star = " (stretch)" if check.level == "stretch" else ""
        rows.append(f'<tr><td class="text">{escape(check.title)}{star}</td>{"".join(cells)}</tr>')
    left_out = "" if len(shown) == len(runs) else f"<p>{len(runs) - len(shown)} runs left out.</p>"
    table = f'<div class="wide"><table><tr><th>check</th>{head}</tr>{"".join(rows)}</table></div>'
    title = f"<h2>{short(kata)}: checks over time</h2>"
    return title + table + left_out + _code_at_runs(runs, kata)


def _code_at_runs(runs: Sequence[Moment[FileGraded]], kata: str) -> str:
    before = catalog.stub_of(catalog.find_kata(kata))
    parts = []
    for number, run in enumerate(runs, 1):
        diff = difflib.unified_diff(
            before.splitlines(), run.what.source.splitlines(), lineterm="", n=2
        )
        body = "\n".join(_diff_line(line) for line in list(diff)[2:])
        words = f"Run {number} at {_minutes(run.at)}: {run.what.status.replace('-', ' ')}"
        message = f"<p>{prose(run.what.message)}</p>" if run.what.status != "passed" else ""
        parts.append(_folded(escape(words), f"{message}<pre>{body or 'the same text'}</pre>"))
        before = run.what.source
    if runs:
        final = escape(runs[-1].what.source)
        parts.append(
            f"<details><summary>The last text in full</summary><pre>{final}</pre></details>"
        )
    return "".join(parts)


def _diff_line(line: str) -> str:
    tag = {"+": "ins", "-": "del"}.get(line[:1])
    return f"<{tag}>{escape(line)}</{tag}>" if tag else escape(line)


def _tests(report: Report) -> list[str]:
    parts = []
    for kata, data in report.told.tests_scored.items():
        source = report.told.tests.get(kata, "")
        mutants = {m.name: m for m in catalog.read_mutants(catalog.find_kata(kata))}
        missed = "".join(
            f"<li>{escape(mutants[name].title)}</li>" for name in data.missed if name in mutants
        )
        rejected = "".join(
            f"<li>{escape(name)}: {escape(why)}</li>" for name, why in data.rejected.items()
        )
        parts += [f"<h2>{short(kata)}: your tests</h2>", f"<p>{_trial_words(data)}</p>"]
        if rejected:
            parts.append(f"<p>A right solution fails:</p><ul>{rejected}</ul>")
        if missed:
            parts.append(_folded("Wrong solutions that got through", f"<ul>{missed}</ul>"))
        if source:
            parts.append(_folded("The tests", f"<pre>{escape(source)}</pre>"))
    return parts


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>{body}</details>"


def _trial_words(data: OwnTestsScored) -> str:
    if data.fault:
        return f"Nothing could be run: {escape(data.fault)}."
    return f"{tests_words(data)} {len(data.caught)} of {data.total} wrong solutions."


def _answers(report: Report) -> list[str]:
    if not report.told.answers:
        return []
    return ["<h2>Questions</h2>", *map(_answer, report.told.answers)]


def _answer(one: Response) -> str:
    word, _ = word_for(one)
    tone = "good" if one.score == 1 else "bad" if one.score == 0 else "soft"
    question = one.asked.question
    code = f"<pre>{escape(one.asked.code)}</pre>" if one.asked.code else ""
    given = prose(one.chosen) if one.chosen else "<em>nothing</em>"
    why = [question.why, *one.asked.derived]
    told = "<br>".join(escape(text) for text in why if text)
    points = "".join(f"<li>{escape(point)}</li>" for point in question.points)
    right = f"<p>{prose(one.right)}</p>" + (f"<ul>{points}</ul>" if points else "")
    right += f"<p>{told}</p>" if told else ""
    return (
        f'<p><strong>{prose(one.asked.prompt)}</strong> <span class="{tone}">{escape(word)}</span>'
        f"</p>{code}<p>Answer: {given}</p>{_folded('Right', right)}"
    )
