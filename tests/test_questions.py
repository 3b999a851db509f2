"""The bank of questions: enough of each, well formed, and every answer proved by computing."""

from __future__ import annotations

import importlib.util
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog
from grader.content.questions import (
    TOPICS,
    Question,
    all_questions,
    find_question,
    open_points,
    questions_of,
)
from grader.core.model import KitError
from grader.quiz.asking import judge, mended_code, run_scripts, sample
from grader.quiz.derivation import of_program
from grader.truth.program import Program
from grader.truth.tolerances import near
from reference.engine import Value

QUESTIONS = all_questions()
SEEDS = range(12)


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(q, id=q.id) for q in QUESTIONS if q.kind == kind]


def torch_or_none() -> Any:
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    return torch


def prove(question: Question, **names: Any) -> None:
    """Run the question's own proof."""
    scope = {"Value": Value, "math": math, "torch": torch_or_none(), **names}
    exec(question.check, scope)


def test_there_are_enough_questions() -> None:
    """At least a hundred, of each of thirteen topics at least six, and of each kind many."""
    topics = Counter(question.topic for question in QUESTIONS)
    kinds = Counter(question.kind for question in QUESTIONS)

    assert len(QUESTIONS) >= 100
    assert set(topics) == set(TOPICS)
    assert len(TOPICS) == 13
    assert min(topics.values()) >= 6
    assert min(kinds.values()) >= 15


@pytest.mark.parametrize("kata", [kata.name for kata in catalog.all_katas()])
def test_every_kata_has_follow_ups_and_open_points(kata: str) -> None:
    """An interview can ask about each: an open question, two choices, and what the task leaves open."""
    kinds = Counter(question.kind for question in questions_of(kata))

    assert kinds["open"] >= 1
    assert kinds["choice"] >= 2
    assert len(open_points(kata)) >= 3


@pytest.mark.parametrize("question", of_kind("choice"))
def test_choice_has_one_right_of_four_and_a_reason_for_each(question: Question) -> None:
    """Four different options; each wrong one has an explanation of its own."""
    options = [question.answer, *(wrong.option for wrong in question.wrong)]
    asked = sample(question, 3)

    prove(question)

    assert len({*options}) == len(options) == 4
    assert len({wrong.why for wrong in question.wrong}) == 3
    for letter, option in zip("abcd", asked.options, strict=True):
        judged = judge(asked, letter)
        assert judged.score == (option == question.answer)
        reason = {w.option: f"No: {w.why}" for w in question.wrong}.get(option, "Right.")
        assert judged.told[0] == reason


def test_the_right_option_is_not_given_away() -> None:
    """It stands at every place about equally often, and is the longest in at most half of them."""
    choices = [question for question in QUESTIONS if question.kind == "choice"]
    places = Counter(
        asked.options.index(asked.right)
        for question in choices
        for asked in (sample(question, seed) for seed in range(4))
    )
    longest = sum(len(q.answer) > max(len(wrong.option) for wrong in q.wrong) for q in choices)

    assert min(places.values()) > 0.7 * len(choices)
    assert longest <= 0.4 * len(choices)


@pytest.mark.parametrize("question", of_kind("numeric"))
def test_numbers_are_right_for_every_draw(question: Question) -> None:
    """The answer agrees with an independent computation, and answers itself."""
    for seed in SEEDS:
        asked = sample(question, seed)
        if question.lines:
            assert question.check
            prove(question, answer=asked.right, **asked.values)
        assert judge(asked, repr(asked.right)).score == 1.0
        assert judge(asked, repr(asked.right + 0.02 * abs(asked.right) + 0.01)).score == 0.0
        assert judge(asked, "").score == 0.0
        assert "{" not in asked.prompt


@pytest.mark.parametrize("question", [p for p in of_kind("numeric") if not p.values[0].lines])
def test_gradients_agree_with_central_differences_and_pytorch(question: Question) -> None:
    """The engine's number for each drawn program is the one of two other authorities."""
    torch = torch_or_none()
    for seed in SEEDS:
        asked = sample(question, seed)
        code = asked.code or question.program.replace("; ", "\n")
        name = next(n for n in asked.values if f"{n}.grad" in asked.prompt)

        def value(at: float, code: str = code, asked: Any = asked, name: str = name) -> float:
            made = Program(code, {**asked.values, name: at})
            scope: dict[str, Any] = {n: Value(x) for n, x in made.inputs.items()}
            exec(code, scope)
            return float(scope[made.result].data)

        x, h = asked.values[name], 1e-5
        assert (value(x + h) - value(x - h)) / (2 * h) == pytest.approx(asked.right, rel=1e-6)
        if torch:
            scope = {
                n: torch.tensor(v, dtype=torch.float64, requires_grad=True)
                for n, v in asked.values.items()
            }
            exec(code, scope)
            scope[Program(code, asked.values).result].backward()
            assert near(scope[name].grad.item(), asked.right, 1e-12)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(q, id=q.id, marks=pytest.mark.slow if "torch" in q.code else ())
        for q in QUESTIONS
        if q.kind == "bug"
    ],
)
def test_bugs_show_and_are_mended(question: Question) -> None:
    """The script prints what the proof says, and the mended one the right thing."""
    if "torch" in question.code and torch_or_none() is None:
        pytest.skip("needs PyTorch")
    wrong, right = run_scripts(question.code.strip("\n"), mended_code(question))

    prove(question, wrong=wrong, right=right)

    assert question.check
    assert wrong != right


@pytest.mark.parametrize("question", of_kind("open"))
def test_open_questions_have_points_to_tick(question: Question) -> None:
    """Four points or more, a model answer that is worth reading."""
    assert len(question.points) >= 4
    assert len(question.answer.split()) >= 50


def test_derivation_is_the_engines() -> None:
    """Forward line by line, then each gradient as a sum of local derivative times upstream."""
    right, told = of_program(Program("c = a * b + b ** 2", {"a": 2.0, "b": -3.0}), "b.grad")

    assert right == -4.0
    assert told == [
        "b**2 = 9.0",
        "a * b = -6.0",
        "c = (a * b) + (b**2) = 3.0",
        "c.grad = 1",
        "(a * b).grad = 1 * 1 = 1.0",
        "(b**2).grad = 1 * 1 = 1.0",
        "b.grad = 2 * 1 + (-6) * 1 = -4.0",
    ]


def test_drawn_questions_differ_from_seed_to_seed() -> None:
    """A seed draws one question for ever; many seeds give many."""
    question = find_question("drawn-graph")

    texts = [(sample(question, seed).prompt, sample(question, seed).code) for seed in range(50)]

    assert len(set(texts)) >= 48
    assert texts[7] == (sample(question, 7).prompt, sample(question, 7).code)


def test_two_questions_of_one_name_are_refused(tmp_path: Path) -> None:
    """Cards are kept by name."""
    one = '[[question]]\nid = "x"\nkind = "open"\ntopic = "losses"\nprompt = "?"\nanswer = ""\npoints = ["p"]\n'
    (tmp_path / "questions.toml").write_text(one * 2, "utf-8")

    with pytest.raises(KitError, match="Two questions are called 'x'"):
        all_questions(tmp_path)
