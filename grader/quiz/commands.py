"""The quiz: questions one by one, on lines, so that it works on a pipe as on a terminal.

An answer is kept before it is judged aloud, so that stopping at any time loses none.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from grader.content.questions import KINDS, TOPICS, Question, all_questions
from grader.core import schedule
from grader.core.model import KitError
from grader.core.schedule import END_OF_TIME
from grader.core.store import Store, open_store
from grader.quiz import asking, views
from grader.quiz.asking import Asked, Judged, Unreadable
from grader.ui.screen import Screen

SAMPLES = 50  # tries to sample numbers that were not asked before
Read = Callable[[str], str]  # shows a prompt and returns a line; EOFError at the end


def read_line(prompt: str) -> str:
    """Return a line of the learner's; on a pipe the prompt stands on a line of its own."""
    if sys.stdin is None:
        raise EOFError
    if sys.stdin.isatty():
        return input(prompt)
    if prompt:
        print(prompt, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def run(options: argparse.Namespace) -> int:
    """Ask what is due, then what is new."""
    if options.count < 1:
        raise KitError(f"{options.count} questions can't be asked.", "--count takes 1 or more.")
    pool = _pool(options.topic, options.kind)
    screen = Screen(options.plain)
    with contextlib.closing(open_store()) as store:
        if store.note:
            screen.write(screen.wrap(store.note, style="dim"))
        seed = len(store.answers()) if options.seed is None else options.seed
        chosen = choose(store, pool, options.count, seed, options.ahead)
        if not chosen:
            screen.write(screen.wrap(nothing_due(store, pool)))
            return 0
        anew = options.seed is None  # else the seed alone decides
        asked = [sample_again(store, q, seed) if anew else asking.sample(q, seed) for q in chosen]
        return ask_all(screen, store, asked, read_line)


def sample_again(store: Store, question: Question, seed: int) -> Asked:
    """Sample a question, with numbers that were not asked before while there are any."""
    first = asking.sample(question, seed)
    if question.kind != "numeric":
        return first
    seeds = [answer.seed for answer in store.answers() if answer.question == question.id]
    before = [asking.sample(question, known).prompt for known in seeds]
    samples = (asking.sample(question, seed + turn) for turn in range(SAMPLES))
    return next((asked for asked in samples if asked.prompt not in before), first)


def _pool(topic: str | None, kind: str | None) -> list[Question]:
    if topic is not None and topic not in TOPICS:
        raise KitError(f"There is no topic {topic!r}.", f"The topics are {', '.join(TOPICS)}.")
    if kind is not None and kind not in KINDS:
        raise KitError(f"There is no kind {kind!r}.", f"The kinds are {', '.join(KINDS)}.")
    return [q for q in all_questions() if topic in (None, q.topic) and kind in (None, q.kind)]


def choose(
    store: Store, pool: Sequence[Question], count: int, seed: int, ahead: bool = False
) -> list[Question]:
    """Return what to ask: the longest due first, then new ones, a topic after the other.

    `ahead` adds what is not due yet, the earliest first.
    """
    by_key = {question.key: question for question in pool}
    known = store.cards_due(END_OF_TIME)
    today = schedule.end_of_day(store.clock())
    due = [by_key[key] for key, time in known if key in by_key and time <= today]
    later = [by_key[key] for key, time in known if key in by_key and time > today]
    seen = {key for key, _ in known}
    new = spread([question for question in pool if question.key not in seen], seed)
    return [*due, *new, *(later if ahead else [])][:count]


def due_questions(store: Store) -> list[str]:
    """Return the keys of the questions that are due today, the longest due first."""
    known = {question.key for question in all_questions()}
    due = store.cards_due(schedule.end_of_day(store.clock()))
    return [key for key, _ in due if key in known]


def spread(questions: Sequence[Question], seed: int) -> list[Question]:
    """Return questions in an order chosen by the seed, in which the topics take turns."""
    rng = random.Random(f"spread/{seed}")
    topics: dict[str, list[Question]] = {}
    for question in rng.sample(list(questions), len(questions)):
        topics.setdefault(question.topic, []).append(question)
    rounds = [(turn, q) for group in topics.values() for turn, q in enumerate(group)]
    return [question for _, question in sorted(rounds, key=lambda pair: pair[0])]


def nothing_due(store: Store, pool: Sequence[Question]) -> str:
    """Say that nothing is due, and when the next question comes."""
    keys = {question.key for question in pool}
    times = [time for key, time in store.cards_due(END_OF_TIME) if key in keys]
    days = max(1, -(-(min(times) - store.clock()) // timedelta(days=1)))
    when = "tomorrow" if days == 1 else f"in {days} days"
    return (
        f"Nothing is due: all {len(pool)} questions were answered, and the next comes back {when}. "
        "'python -m grader quiz --ahead' asks before that."
    )


def ask_all(screen: Screen, store: Store, asked: Sequence[Asked], read: Read) -> int:
    """Ask one after the other; Ctrl-C or the end of the input stops, and nothing is lost."""
    scores: list[tuple[Asked, float]] = []
    before, stopped = len(store.answers()), False
    try:
        for number, one in enumerate(asked, 1):
            screen.write(views.question(screen, one, f"{number} of {len(asked)}"))
            found = ask(screen, store, one, read)
            scores.append((one, found.score))
            screen.write(views.judged(screen, one, found))
    except (KeyboardInterrupt, EOFError):
        stopped = len(scores) < len(asked)
    words = summary(scores, stopped)
    if len(store.answers()) - before > len(scores):
        words += " The last answer is kept without a score."
    screen.write([[], *screen.wrap(words)])
    return 0


def ask(screen: Screen, store: Store, asked: Asked, read: Read) -> Judged:
    """Ask one question until the answer is readable; keep it, and schedule the question."""
    if asked.kind == "open":
        found = _ask_open(screen, store, asked, read)
    else:
        prompt = f"{asked.takes()} (Enter: don't know): "
        given, found = _readable(screen, read, prompt, asked, partial(asking.judge, run=False))
        store.record_answer(asked.question.id, asked.seed, given, found.score)
    schedule.review_question(store, asked.question.key, found.score)
    return replace(found, told=(*found.told, *asking.demonstration(asked)))


def _ask_open(screen: Screen, store: Store, asked: Asked, read: Read) -> Judged:
    lines: list[str] = []
    prompt = f"{asked.takes()}: "
    try:
        while line := read(prompt if not lines else "").strip():
            lines.append(line)
    except EOFError:  # the end of the input ends an answer too
        if not lines:
            raise
    id = store.record_answer(asked.question.id, asked.seed, "\n".join(lines), None)
    screen.write(views.model_answer(screen, asked))
    _, found = _readable(
        screen, read, "their numbers, 'all', or nothing: ", asked, asking.judge_points
    )
    store.score_answer(id, found.score)
    return found


def _readable(
    screen: Screen, read: Read, prompt: str, asked: Asked, judge: Callable[[Asked, str], Judged]
) -> tuple[str, Judged]:
    while True:
        given = read(prompt)
        try:
            return given, judge(asked, given)
        except Unreadable as error:
            screen.write(screen.wrap(str(error)))


def summary(scores: Sequence[tuple[Asked, float]], stopped: bool) -> str:
    """Say how many were right, which topics were not, and that all is kept."""
    right = sum(score >= 1 for _, score in scores)
    missed = Counter(TOPICS[asked.question.topic] for asked, score in scores if score < 1)
    partly = sum(0 < score < 1 for _, score in scores)
    told = f"{right} of {len(scores)} right" if scores else "Nothing was answered"
    told += f", {partly} in part." if partly else "."
    if missed:
        told += f" To look at again: {', '.join(missed)}."
    return f"{told} Stopped; what was answered is kept." if stopped and scores else told
