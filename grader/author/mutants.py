"""The mutants of a text: every edit of every operator, each different text once."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from types import CodeType

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from grader.author.operators import OPERATORS, Edit, Site, text
from grader.author.statements import Splice, Statements, is_docstring


@dataclass(frozen=True)
class Mutation:
    """One small edit of a base text: what it is called, where it stands, what it makes."""

    operator: str
    line: int
    column: int
    number: int
    function: str
    before: str
    after: str
    source: str

    @property
    def id(self) -> str:
        """The name that stays the same as long as the base text does."""
        return f"{self.line}:{self.column} {self.operator} {self.number}"


def mutations_of(source: str) -> list[Mutation]:
    """Return the mutants of a text, in the order of the text; no two are the same program."""
    walk = Walk(source)
    seen, found, counts = {essence(source)}, [], dict[tuple[str, int, int], int]()
    for operator, function, place, changed in walk.changes():
        print_ = essence(changed)
        if print_ and print_ not in seen:
            seen.add(print_)
            at = (operator, place.line, place.column)
            counts[at] = counts.get(at, 0) + 1
            before, after = changed_lines(source, changed)
            found.append(Mutation(*at, counts[at], function, before, after, changed))
    return sorted(found, key=lambda mutation: (mutation.line, mutation.column))


def functions_of(source: str) -> dict[str, str]:
    """Return what each function and each method of a text does, by its name."""
    found: dict[str, str] = {}

    def note(within: ast.AST, prefix: str) -> None:
        for node in ast.iter_child_nodes(within):
            if isinstance(node, ast.FunctionDef):
                found[prefix + node.name] = ast.dump(node)
            elif isinstance(node, ast.ClassDef):
                note(node, f"{prefix}{node.name}.")

    note(ast.parse(source), "")
    return found


def essence(source: str) -> str:
    """Return what two texts of one program have in common, "" for what is no program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `1()` and `x is 1` are mutants like any other
            code = compile(source, "mutant.py", "exec", dont_inherit=True)
    except SyntaxError:
        return ""
    return sha256("\n".join(_orders_of(code)).encode()).hexdigest()


def _orders_of(code: CodeType) -> Iterator[str]:
    """Yield what a code object does, and not where it stands."""
    yield repr((code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars))
    yield repr((code.co_argcount, code.co_flags, code.co_exceptiontable, code.co_name))
    for constant in code.co_consts:
        yield from _orders_of(constant) if isinstance(constant, CodeType) else [repr(constant)]


def changed_lines(source: str, changed: str) -> tuple[str, str]:
    """Return the lines that differ, before and after, without what stands around them."""
    old, new = source.splitlines(), changed.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return _joined(old), _joined(new)


def _joined(lines: list[str]) -> str:
    return "\n".join(line.strip() for line in lines)


class Walk(cst.CSTVisitor):
    """A walk over a text that collects every change, and knows where it is."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.bytes = source.encode()
        wrapper = MetadataWrapper(cst.parse_module(source))
        self.module = wrapper.module
        self.spans = wrapper.resolve(ByteSpanPositionProvider)
        self.places = wrapper.resolve(PositionProvider)
        self.functions: list[str] = []
        self.names: list[tuple[set[str], set[str]]] = []
        self.fields = tuple(sorted(fields_of(self.module)))
        self.found: list[tuple[str, str, cst.CSTNode, str]] = []

    def changes(self) -> list[tuple[str, str, cst.metadata.CodePosition, str]]:
        """Return each change: operator, function, place, the whole text."""
        self.module.visit(self)
        return [
            (operator, function, self.places[node].start, changed)
            for operator, function, node, changed in self.found
        ]

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Collect the changes of one node, and go on below it unless nothing there is run."""
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom) or is_docstring(node):
            return False
        for operator, edits in self._edits(node):
            for target, new in edits:
                start, end = self._span(target)
                self._add(operator, node, [(start, end, new)])
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.functions.append(node.name.value)
            self.names.append(
                names_of(node) if isinstance(node, cst.FunctionDef) else (set(), set())
            )
        if isinstance(node, cst.IndentedBlock | cst.Module):
            for move in Statements(self.bytes, self._span).moves(node):
                self._add(*move)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leave a function or a class."""
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.functions.pop()
            self.names.pop()

    def _edits(self, node: cst.CSTNode) -> Iterator[tuple[str, Iterable[Edit]]]:
        outer = [parameters for parameters, _ in self.names]
        names = tuple(sorted(set().union(*outer, *(stored for _, stored in self.names[-1:]))))
        site = Site(names, self.fields)
        for kinds, operator in OPERATORS:
            if isinstance(node, kinds):
                yield operator.__name__.replace("_", "-"), operator(node, site)
        for kind, theirs in mutation_operators:
            if isinstance(node, kind):
                name = f"mutmut-{theirs.__name__.removeprefix('operator_').replace('_', '-')}"
                yield name, ((node, text(new)) for new in theirs(node))

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return from where to where a node stands, its own parentheses included."""
        span: CodeSpan = self.spans[node]
        start, end = span.start, span.start + span.length
        if isinstance(node, cst.BaseExpression):
            start -= sum(len(text(one).encode()) for one in node.lpar)
            end += sum(len(text(one).encode()) for one in node.rpar)
        return start, end

    def _add(self, operator: str, node: cst.CSTNode, splices: list[Splice]) -> None:
        changed = self.bytes
        for start, end, new in sorted(splices, reverse=True):
            changed = changed[:start] + new.encode() + changed[end:]
        self.found.append((operator, ".".join(self.functions), node, changed.decode()))


def names_of(defined: cst.FunctionDef | cst.ClassDef) -> tuple[set[str], set[str]]:
    """Return the parameters and the local names of a function; a class has none."""
    if isinstance(defined, cst.ClassDef):
        return set(), set()
    (tree,) = ast.parse(text(defined.with_changes(decorators=[])).strip()).body
    assert isinstance(tree, ast.FunctionDef)
    parameters = {node.arg for node in ast.walk(tree.args) if isinstance(node, ast.arg)}
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return parameters, stored


def fields_of(module: cst.Module) -> set[str]:
    """Return the fields that a file sets on anything."""
    return {
        node.attr
        for node in ast.walk(ast.parse(module.code))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
