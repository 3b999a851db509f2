"""A program: a few lines of Python over named numbers, run by any engine.

    c = a * b
    c.grad = 5.0
    c._backward()

The text is parsed with `ast` against a whitelist, so what an engine executes is exactly what a
learner reads and can paste. A program has assignments of expressions, `x.grad = number`,
`x.data = number` of an input, `x._backward()`, `x.backward()`, and `for _ in range(n):` around
assignments.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import math
import operator
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

from grader.core.model import as_script

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
TOO_DEEP = "the expression is nested too deeply; give parts of it names"
METHODS = ("relu", "tanh", "exp", "log", "sigmoid")
LOOP_LIMIT = 1_000_000
DEPTH_LIMIT = 100  # of an expression; what walks it recurses several times a level

Methods = Mapping[str, Callable[[Any], Any]]


class ProgramError(ValueError):
    """The text is not a program; `line` and `column` (from 1 and from 0) say where."""

    def __init__(self, problem: str, line: int = 1, column: int = 0) -> None:
        super().__init__(f"line {line}, column {column + 1}: {problem}")
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Assign:
    """`name = expression`; `x += y` is read as `x = x + y`."""

    name: str
    expression: ast.expr

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """Return the names the expression uses, each once."""
        found = [node.id for node in ast.walk(self.expression) if isinstance(node, ast.Name)]
        return tuple(name for name in dict.fromkeys(found) if name != "sum")

    def evaluate(self, names: Mapping[str, Any], methods: Methods | None = None) -> Any:
        """Return the expression's value; `names` holds numbers of any type with the operators.

        `methods` says how to call `relu` and its like; without it they are the number's own.
        """
        if methods is None:
            return eval(self._as_methods, dict(names))
        return eval(self._as_functions, {**methods, **names})

    @cached_property
    def _as_methods(self) -> CodeType:
        return _compile(self.expression)

    @cached_property
    def _as_functions(self) -> CodeType:
        if not any(isinstance(node, ast.Call) for node in ast.walk(self.expression)):
            return self._as_methods
        return _compile(_CallsAsFunctions().visit(copy.deepcopy(self.expression)))


class _CallsAsFunctions(ast.NodeTransformer):
    """Turns `x.relu()` into `relu(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute):
            return node
        return ast.Call(ast.Name(node.func.attr, ast.Load()), [node.func.value], [])


def _compile(expression: ast.expr) -> CodeType:
    whole = ast.fix_missing_locations(ast.Expression(expression))
    return compile(whole, "<program>", "eval")


@dataclass(frozen=True)
class Seed:
    """`name.grad = number`, or several names at once: `a.grad = c.grad = number`."""

    names: tuple[str, ...]
    grad: float


@dataclass(frozen=True)
class Data:
    """`name.data = number`: an input gets another number, for what is built next."""

    name: str
    number: float


@dataclass(frozen=True)
class Local:
    """`name._backward()`: one node hands its share to its operands."""

    name: str


@dataclass(frozen=True)
class Backward:
    """`name.backward()`: the whole reverse pass."""

    name: str


@dataclass(frozen=True)
class Loop:
    """`for _ in range(count):` around assignments."""

    count: int
    body: tuple[Assign, ...]


Step = Assign | Seed | Data | Local | Backward | Loop


@dataclass(frozen=True)
class Program:
    """Lines of code over named inputs; the same text runs under every engine."""

    code: str
    inputs: Mapping[str, float]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return the parsed lines, or raise ProgramError at the first that is not allowed."""
        return tuple(_parse(self.code, set(self.inputs)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every name of the program, inputs first, in the order they appear."""
        assigned = [step.name for step in flatten(self.steps) if isinstance(step, Assign)]
        return tuple(dict.fromkeys([*self.inputs, *assigned]))

    @property
    def result(self) -> str:
        """Return the name that is assigned last."""
        return [step.name for step in flatten(self.steps) if isinstance(step, Assign)][-1]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Return for each name that is only another name of a value, the value's first name."""
        found: dict[str, str] = {}
        for step in self.steps:
            if isinstance(step, Assign):
                found.pop(step.name, None)
                if isinstance(step.expression, ast.Name):
                    source = step.expression.id
                    found[step.name] = found.get(source, source)
        return found

    @cached_property
    def size(self) -> int:
        """Return how many values the program makes, inputs included."""
        made = [
            step.count * len(step.body) if isinstance(step, Loop) else isinstance(step, Assign)
            for step in self.steps
        ]
        return len(self.inputs) + sum(made)

    @property
    def key(self) -> str:
        """Return what tells this program from every other: its text and its inputs, exactly."""
        return self.code + "\n#" + ",".join(f"{name}={x!r}" for name, x in self.inputs.items())

    def describe_inputs(self) -> str:
        """Return `a = 2.0, b = 3.0`."""
        return ", ".join(f"{name} = {number!r}" for name, number in self.inputs.items())

    def as_script(self) -> str:
        """Return the program as Python that stands alone once `Value` is imported."""
        return as_script(self.code, self.inputs)


def program(code: str, **inputs: float) -> Program:
    """Return the checked program with this code and these inputs."""
    made = Program(code.strip("\n"), {name: float(number) for name, number in inputs.items()})
    _ = made.steps
    return made


def flatten(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps, a loop's body once."""
    for step in steps:
        yield from step.body if isinstance(step, Loop) else (step,)


def names_in(step: Step) -> tuple[str, ...]:
    """Return the names that a step reads or changes the gradient of."""
    match step:
        case Assign():
            return step.operands
        case Seed(names=names):
            return names
        case Data(name=name) | Local(name=name) | Backward(name=name):
            return (name,)
    return ()


def _parse(code: str, known: set[str]) -> Iterator[Step]:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise ProgramError(error.msg, error.lineno or 1, (error.offset or 1) - 1) from None
    except (RecursionError, MemoryError):
        raise ProgramError(TOO_DEEP) from None
    inputs = set(known)
    for statement in tree.body:
        _check_size(statement)
        step = _parse_statement(statement, known)
        if isinstance(step, Assign):
            inputs.discard(step.name)
        if isinstance(step, Data) and step.name not in inputs:
            raise ProgramError("only an input's data can be set", *_place(statement))
        yield step


def _check_size(statement: ast.stmt) -> None:
    """Raise ProgramError for what is too deep to walk, and for an integer that no float holds."""
    level: list[ast.AST] = [statement]
    for _ in range(DEPTH_LIMIT):
        for node in level:
            if isinstance(node, ast.Constant) and _is_too_large(node.value):
                raise ProgramError("this number is too large for a float", *_place(node))
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise ProgramError(TOO_DEEP, *_place(statement))


def _is_too_large(number: object) -> bool:
    return isinstance(number, int) and abs(number) > sys.float_info.max


def _parse_statement(statement: ast.stmt, known: set[str]) -> Step:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            _check_expression(value, known)
            known.add(name)
            return Assign(name, value)
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            whole = ast.BinOp(ast.Name(name, ast.Load()), op, value)
            _check_expression(ast.copy_location(ast.fix_missing_locations(whole), target), known)
            return Assign(name, whole)
        case ast.Assign(targets=targets, value=value) if all(map(_is_grad, targets)):
            names = tuple(ast.unparse(target).partition(".")[0] for target in targets)
            for name in names:
                _check_name(statement, name, known)
            return Seed(names, _number(value))
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="data")], value=value):
            _check_name(statement, name, known)
            return Data(name, _number(value))
        case ast.Expr(
            ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=verb), args=[], keywords=[])
        ) if verb in ("backward", "_backward"):
            _check_name(statement, name, known)
            return Backward(name) if verb == "backward" else Local(name)
        case ast.For(
            target=ast.Name(),
            iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(count))]),
            body=body,
            orelse=[],
        ) if 0 < count <= LOOP_LIMIT:
            return Loop(count, tuple(_parse_in_loop(inner, known) for inner in body))
    raise ProgramError("this statement is not part of a program", *_place(statement))


def _parse_in_loop(statement: ast.stmt, known: set[str]) -> Assign:
    step = _parse_statement(statement, known)
    if not isinstance(step, Assign):
        raise ProgramError("only assignments can stand in a loop", *_place(statement))
    return step


def _check_expression(node: ast.expr, known: set[str]) -> None:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number) if math.isfinite(number):
            return None
        case ast.Name(id=name):
            return _check_name(node, name, known)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _check_expression(operand, known)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            _check_expression(left, known)
            _check_expression(right, known)
            return _check_power(node) if isinstance(op, ast.Pow) else None
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[], keywords=[]) if (
            name in METHODS
        ):
            return _check_expression(value, known)
        case ast.Call(func=ast.Name(id="sum"), args=[ast.List(elts=parts)], keywords=[]) if parts:
            for part in parts:
                _check_expression(part, known)
            return None
    raise ProgramError(f"{ast.unparse(node)!r} is not part of a program", *_place(node))


def _check_power(node: ast.expr) -> None:
    """Raise ProgramError for a power of numbers that no float holds, before Python computes it."""
    if any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node)):
        return
    with contextlib.suppress(ZeroDivisionError):  # whoever runs the program will say so
        try:
            _in_floats(node)
        except OverflowError:
            problem = f"{ast.unparse(node)!r} is too large for a float"
            raise ProgramError(problem, *_place(node)) from None


def _in_floats(node: ast.expr) -> Any:
    """Return what an expression of numbers alone is, computed in floats."""
    match node:
        case ast.UnaryOp(operand=operand):
            return -_in_floats(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return ARITHMETIC[type(op)](_in_floats(left), _in_floats(right))
        case ast.Constant(value=int() | float() as number):
            return float(number)
    raise TypeError(node)


def _is_grad(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name)
    )


def _check_name(node: ast.AST, name: str, known: set[str]) -> None:
    if name not in known:
        raise ProgramError(f"the name {name!r} has no value yet", *_place(node))


def _number(node: ast.expr) -> float:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ProgramError(f"{ast.unparse(node)!r} is not a number", *_place(node))
    return float(value)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)) without overflow on either side."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


FLOAT_METHODS: Methods = {
    "relu": lambda x: x if x > 0 else 0.0,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sigmoid": sigmoid,
}


def vary(original: Program, seed: int) -> Program:
    """Return the program with other inputs, the same for the same seed.

    Signs stay, equal inputs stay equal and unequal ones unequal, and zeros stay zero, because a
    check may have chosen its numbers for that. Seed 0 is the program as it was written.
    """
    sizes = sorted({abs(number) for number in original.inputs.values()} - {0.0})
    if seed == 0 or not sizes:
        return original
    draw = random.Random(f"{seed} {original.key}")
    fresh = dict(zip(sizes, draw.sample(VARIED, len(sizes)), strict=True))
    fresh[0.0] = 0.0
    inputs = {name: math.copysign(fresh[abs(x)], x) for name, x in original.inputs.items()}
    return Program(original.code, inputs)


VARIED = tuple(k / 4 for k in range(6, 24) if k % 4)
