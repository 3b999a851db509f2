"""The line-up: every mutant as an edit of single methods, and the engines it is tried on.

One mistake is made in many styles. A mutant's edit is therefore tried on several right engines: the
kata's own solution, and one in which every operator has a rule of its own; and with the operands of
a node in any order. A kata that is the union of others tries their mutants on the union of theirs.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import Kata, Mutant

Patch = tuple[str, str, str]  # a class or "", a method or function, and its new text

RULES = """
class Value:
    def __neg__(self):
        out = Value(-self.data, (self,), "neg")

        def _backward():
            self.grad += -out.grad

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += out.grad
            other.grad += -out.grad

        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, (self, other), "/")

        def _backward():
            self.grad += 1 / other.data * out.grad
            other.grad += -self.data / (other.data * other.data) * out.grad

        out._backward = _backward
        return out

    def __rsub__(self, other):
        return Value(other) - self

    def __rtruediv__(self, other):
        return Value(other) / self

    def __radd__(self, other):
        return Value(other) + self

    def __rmul__(self, other):
        return Value(other) * self
"""
# `_flips` decides whether a node's operands are kept in reverse: a suspect tries several.
ORDERED = (
    (
        "self._prev = tuple(_children)",
        "self._prev = tuple(_children)[::-1] if _flips(_children) else tuple(_children)",
    ),
    (
        "        self._prev = _prev\n        self._slopes = _slopes\n",
        "        step = -1 if _flips(_prev) else 1\n"
        "        self._prev, self._slopes = _prev[::step], _slopes[::step]\n",
    ),
)


class Told(TypedDict):
    """A suspect as its process is told of it."""

    engines: list[str]
    patches: list[Patch]
    ordered: bool  # the engines keep operands in an order to choose
    title: str
    explanation: str


class LineUp(TypedDict):
    """The texts of the engines by name, and the suspects by name."""

    engines: dict[str, str]
    suspects: dict[str, Told]


@dataclass(frozen=True)
class Span:
    """Where the text of a method or function stands, up to what comes after it."""

    holder: str
    name: str
    begin: int
    end: int


def spans_of(text: str) -> list[Span]:
    """Return every method and every function with its place."""
    lines = [0, *itertools.accumulate(map(len, text.splitlines(keepends=True)))]

    def within(holder: str, nodes: list[ast.stmt], end: int) -> Iterator[Span]:
        begins = [lines[_first_line(node) - 1] for node in nodes]
        for node, begin, after in zip(nodes, begins, [*begins[1:], end], strict=True):
            if isinstance(node, ast.FunctionDef):
                yield Span(holder, node.name, begin, after)
            elif isinstance(node, ast.ClassDef):
                yield from within(node.name, node.body, after)

    return list(within("", ast.parse(text).body, len(text)))


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def patches_of(text: str, spans: list[Span], mutant: Mutant) -> list[Patch]:
    """Return the methods that a mutant changes, as it has them; none if it changes other parts."""
    begin = text.index(mutant.find)
    end = begin + len(mutant.find)
    if "__eq__" in mutant.replace:  # a class that is executed with it has no hash
        return []
    for span in spans:
        if span.begin <= begin and end <= span.end:
            own = text[span.begin : begin] + mutant.replace + text[end : span.end]
            return [(span.holder, span.name, own)]
    whole = text.replace(mutant.find, mutant.replace)
    after = spans_of(whole)
    if [(s.holder, s.name) for s in after] != [(s.holder, s.name) for s in spans]:
        return []
    return [
        (new.holder, new.name, whole[new.begin : new.end])
        for new, old in zip(after, spans, strict=True)
        if whole[new.begin : new.end] != text[old.begin : old.end]
    ]


def ordered(text: str) -> str:
    """Return a text whose nodes keep their operands in the order that is being tried."""
    for find, replace in ORDERED:
        text = text.replace(find, replace)
    return text


def with_methods(text: str, other: str) -> str:
    """Return a text in which the methods have the bodies that they have in another text."""
    whole = {(span.holder, span.name): span for span in spans_of(text)}
    for span in reversed(spans_of(other)):
        if place := whole.get((span.holder, span.name)):
            own = other[span.begin : span.end].rstrip() + "\n\n"
            text = text[: place.begin] + own + text[place.end :]
            whole = {(span.holder, span.name): span for span in spans_of(text)}
    return text


def engines_of(name: str, text: str) -> dict[str, str]:
    """Return an engine, and a second one if its operators can have rules of their own."""
    if "def backward" not in text:
        return {name: text}
    found = {name: ordered(text)}
    if ORDERED[0][0] in text and "def __sub__" in text:
        found[f"{name}, own rules"] = ordered(with_methods(text, RULES))
    return found


def told(mutant: Mutant, engines: dict[str, str], patches: list[Patch]) -> Told:
    """Return a mutant as the process of the suspects is told of it."""
    return {
        "engines": [*engines] if patches else [mutant.name],
        "patches": [(holder, name, ordered(text)) for holder, name, text in patches],
        "ordered": bool(patches) and "_flips" in next(iter(engines.values())),
        "title": mutant.title,
        "explanation": mutant.explanation,
    }


def own_line_up(exercise: Exercise) -> LineUp:
    """Return the mutants of a kata."""
    text, spans = exercise.solution, spans_of(exercise.solution)
    engines = engines_of("solution", text)
    found: LineUp = {"engines": dict(engines), "suspects": {}}
    for mutant in exercise.mutants:
        if mutant.find in text:  # else `dev check` tells its author
            patches = patches_of(text, spans, mutant)
            found["suspects"][mutant.name] = told(mutant, engines, patches)
            if not patches:
                found["engines"][mutant.name] = exercise.mutated(mutant)
    return found


def parts_of(kata: Kata) -> list[Exercise]:
    """Return the katas that this one is the union of; none for a kata that is no union."""
    whole = {*kata.names}
    if not {"Value", "MLP"} <= whole:
        return []
    return [Exercise(k) for k in catalog.all_katas() if k.name < kata.name and whole & set(k.entry)]


def earlier_line_up(parts: list[Exercise]) -> LineUp:
    """Return the mutants of these katas, moved into their union."""
    union = union_of(parts)
    engines = engines_of("union", union)
    whole = _dumped(union)
    found: LineUp = {"engines": engines, "suspects": {}}
    for exercise in parts:
        text, spans, own = (
            exercise.solution,
            spans_of(exercise.solution),
            _dumped(exercise.solution),
        )
        for mutant in exercise.mutants:
            patches = patches_of(text, spans, mutant) if mutant.find in text else []
            # It moves only where the union has the solution's own: elsewhere it would do less.
            if patches and all(own.get(p[:2]) == whole.get(p[:2], "") for p in patches):
                name = f"{exercise.kata.short} {mutant.name}"
                found["suspects"][name] = told(mutant, engines, patches)
    return found


def union_of(exercises: list[Exercise]) -> str:
    """Return each class as the last of these katas has it, with the fullest text of each method."""
    classes: dict[str, ast.ClassDef] = {}
    fullest: dict[tuple[str, str], ast.FunctionDef] = {}
    for exercise in exercises:
        for node in ast.parse(exercise.solution).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
                for part in node.body:
                    if isinstance(part, ast.FunctionDef):
                        key = (node.name, part.name)
                        fullest[key] = max(part, fullest.get(key, part), key=_size)
    for node in classes.values():
        node.body = [
            fullest.get((node.name, getattr(part, "name", "")), part) for part in node.body
        ]
    imports = [ast.Import([ast.alias("math")]), ast.Import([ast.alias("random")])]
    module = ast.Module([*imports, *classes.values()], [])
    return ast.unparse(ast.fix_missing_locations(module))


def _size(method: ast.FunctionDef) -> int:
    return len(_code(method))


def _code(method: ast.FunctionDef) -> str:
    documented = ast.get_docstring(method) is not None
    return "".join(map(ast.dump, method.body[documented:]))


def _dumped(text: str) -> dict[tuple[str, str], str]:
    """Return the code of every method, docstrings aside."""
    return {
        (node.name, part.name): _code(part)
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }
