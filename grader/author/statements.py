"""Mutants of whole statements: dropped, doubled, swapped, moved into a loop or out of it.

They are splices of the text: from where, to where, and what stands there instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

import libcst as cst

Splice = tuple[int, int, str]
Move = tuple[str, cst.CSTNode, list[Splice]]
Loop = cst.For | cst.While
DEFINITION = cst.FunctionDef | cst.ClassDef
IMPORT = cst.Import | cst.ImportFrom
STEP = "    "


class Statements:
    """The statements of a text, which `span` finds in its bytes."""

    def __init__(self, source: bytes, span: Callable[[cst.CSTNode], tuple[int, int]]) -> None:
        self.source = source
        self.span = span

    def moves(self, block: cst.IndentedBlock | cst.Module) -> Iterator[Move]:
        """Yield what can go wrong with the statements of a block."""
        body = [statement for statement in block.body if not is_docstring(statement)]
        for statement in body:
            yield from self.dropped(statement)
            if isinstance(statement, Loop):
                yield from self.left_early(statement)
                yield from self.moved_out(statement)
            if isinstance(statement, cst.ClassDef):
                yield from self.of_the_class(statement)
        for first, second in pairwise(body):
            if not order_is_free(first, second):
                yield self.swapped(first, second)
            if isinstance(first, Loop):
                yield self.moved_in(first, second)

    def dropped(self, statement: cst.CSTNode) -> Iterator[Move]:
        """A statement is left out, or done twice, or instead of what comes after it."""
        start, end = self.span(statement)
        yield "statement-dropped", statement, [(start, end, "pass")]
        if isinstance(small(statement), cst.AugAssign | cst.Expr):
            again = f"\n{self.indent(start)}{self.text(start, end)}"
            yield "statement-twice", statement, [(end, end, again)]
        if isinstance(statement, cst.SimpleStatementLine):
            yield "statement-last", statement, [(end, end, f"\n{self.indent(start)}return")]

    def swapped(self, first: cst.CSTNode, second: cst.CSTNode) -> Move:
        """Two statements change places."""
        one, two = self.span(first), self.span(second)
        splices = [(*one, self.text(*two)), (*two, self.text(*one))]
        return "statements-swapped", first, splices

    def moved_in(self, loop: Loop, after: cst.CSTNode) -> Move:
        """The statement after a loop becomes the last one in it."""
        (_, end), (start, last) = self.span(loop), self.span(after)
        inside = f"\n{self.indent(start)}{self.text(start, last)}".replace("\n", f"\n{STEP}")
        return "moved-into-loop", after, [(end, end, inside), (start, last, "pass")]

    def moved_out(self, loop: Loop) -> Iterator[Move]:
        """The last statement of a loop comes after the loop."""
        body = loop.body.body
        if len(body) > 1 and isinstance(body[-1], cst.BaseStatement | cst.SimpleStatementLine):
            start, end = self.span(body[-1])
            moved = f"\n{self.indent(start)}{self.text(start, end)}".replace(f"\n{STEP}", "\n")
            _, last = self.span(loop)
            yield "moved-out-of-loop", body[-1], [(start, end, "pass"), (last, last, moved)]

    def left_early(self, loop: Loop) -> Iterator[Move]:
        """A loop stops after its first round."""
        if isinstance(loop.body, cst.IndentedBlock):
            start, end = self.span(loop.body.body[-1])
            yield "loop-once", loop, [(end, end, f"\n{self.indent(start)}break")]

    def of_the_class(self, defined: cst.ClassDef) -> Iterator[Move]:
        """A field that `__init__` sets without its arguments becomes the class's."""
        for method in defined.body.body:
            if isinstance(method, cst.FunctionDef) and method.name.value == "__init__":
                start, _ = self.span(method)
                for line in method.body.body:
                    if field := own_field(line):
                        name, value = field
                        shared = f"{name} = {value}\n{self.indent(start)}"
                        splices = [(start, start, shared), (*self.span(line), "pass")]
                        yield "state-of-the-class", line, splices

    def text(self, start: int, end: int) -> str:
        return self.source[start:end].decode()

    def indent(self, start: int) -> str:
        """Return the blanks that the line begins with on which a statement stands."""
        return " " * (start - self.source.rfind(b"\n", 0, start) - 1)


def order_is_free(first: cst.CSTNode, second: cst.CSTNode) -> bool:
    """Whether two statements are plainly as good in the other order.

    One is a definition, both set fields of `self`, both add, or neither uses what the other sets.
    """
    if isinstance(first, DEFINITION) or isinstance(second, DEFINITION):
        return True
    one, two = small(first), small(second)
    if isinstance(one, IMPORT) or isinstance(two, IMPORT):
        return True
    if own_field(first) and own_field(second):
        return True
    if isinstance(one, cst.AugAssign) and isinstance(two, cst.AugAssign):
        return True
    assigns = isinstance(one, cst.Assign) and isinstance(two, cst.Assign)
    return assigns and not (set_by(first) & used_by(second) or set_by(second) & used_by(first))


def set_by(statement: cst.CSTNode) -> set[str]:
    """Return the local names that a line sets; of what it does to fields, the fields' names."""
    return names_in(statement, ast.Store)


def used_by(statement: cst.CSTNode) -> set[str]:
    """Return the names and fields that a line uses or sets."""
    return names_in(statement, ast.expr_context)


def names_in(statement: cst.CSTNode, context: type[ast.expr_context]) -> set[str]:
    """Return the names and fields that stand in a context."""
    found = list(ast.walk(ast.parse(text(statement).strip())))
    names = {n.id for n in found if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
    return names | {
        n.attr for n in found if isinstance(n, ast.Attribute) and isinstance(n.ctx, context)
    }


def small(statement: cst.CSTNode) -> cst.CSTNode | None:
    """Return what a line holds, None for what is more than a line."""
    return statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None


def own_field(line: cst.CSTNode) -> tuple[str, str] | None:
    """Return field and value of `self.field = value`, None for what is no such line."""
    assign = small(line)
    if not isinstance(assign, cst.Assign):
        return None
    target, _, name = text(assign.targets[0].target).partition(".")
    return (name, text(assign.value)) if target == "self" and name.isidentifier() else None


def text(node: cst.CSTNode) -> str:
    """Return a node as it is written."""
    return cst.Module([]).code_for_node(node)


def is_docstring(node: cst.CSTNode) -> bool:
    """Whether a statement is a text alone."""
    node = small(node) or node
    return isinstance(node, cst.Expr) and isinstance(
        node.value, cst.SimpleString | cst.ConcatenatedString
    )
