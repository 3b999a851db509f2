"""Operators of mutation: each says what one small slip makes of a node.

What serves of mutmut's is taken from there; ours add the slips of somebody who writes backprop. An
operator yields edits. An edit is the node that is written anew, and its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

Edit = tuple[cst.CSTNode, str]
BARE = cst.Module([])
ARITHMETIC = ("+", "-", "*", "/", "**")
ORDER = ("<", "<=", ">", ">=", "==", "!=")
TWINS = {
    "abs": "float",
    "all": "any",
    "any": "all",
    "cos": "sin",
    "cosh": "sinh",
    "enumerate": "list",
    "exp": "log",
    "expm1": "exp",
    "extend": "append",
    "insort": "append",
    "list": "set",
    "log": "exp",
    "log1p": "log",
    "max": "min",
    "min": "max",
    "popleft": "pop",
    "prod": "sum",
    "set": "list",
    "sinh": "cosh",
    "sum": "max",
    "tanh": "sinh",
    "tuple": "set",
}


@dataclass(frozen=True)
class Site:
    """Where a node stands: the names and fields at hand, and what the file calls its methods."""

    names: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


Operator = Callable[..., Iterator[Edit]]
OPERATORS: list[tuple[tuple[type[cst.CSTNode], ...], Operator]] = []


def on(*kinds: type[cst.CSTNode]) -> Callable[[Operator], Operator]:
    """Register an operator for the nodes of some kinds."""

    def register(function: Operator) -> Operator:
        OPERATORS.append((kinds, function))
        return function

    return register


def text(node: cst.CSTNode) -> str:
    """Return a node as it is written."""
    return BARE.code_for_node(node)


def bare(node: cst.BaseExpression) -> str:
    """Return an expression without the parentheses around it."""
    return text(node.with_changes(lpar=[], rpar=[]))


@on(cst.BinaryOperation)
def other_arithmetic(node: cst.BinaryOperation, site: Site) -> Iterator[Edit]:
    """`a * b` becomes `a + b`, `a - b`, `a / b`, `a ** b`."""
    own = text(node.operator).strip()
    for sign in ARITHMETIC if own in ARITHMETIC else ():
        if sign != own:
            yield node, f"({text(node.left)} {sign} {text(node.right)})"


@on(cst.BinaryOperation, cst.BooleanOperation)
def operand_dropped(node: cst.BinaryOperation | cst.BooleanOperation, site: Site) -> Iterator[Edit]:
    """`a * b` becomes `a`, or `b`."""
    yield node, f"({text(node.left)})"
    yield node, f"({text(node.right)})"


@on(cst.BinaryOperation)
def operands_swapped(node: cst.BinaryOperation, site: Site) -> Iterator[Edit]:
    """`a - b` becomes `b - a`; sums and products of numbers would stay what they are."""
    sign = text(node.operator).strip()
    if sign not in ("+", "*"):
        yield node, f"({text(node.right)} {sign} {text(node.left)})"


@on(cst.BinaryOperation)
def sign_or_size_changed(node: cst.BinaryOperation, site: Site) -> Iterator[Edit]:
    """`a * b` becomes `-(a * b)`, `abs(a * b)`, `2 * (a * b)`, `int(a * b)`."""
    yield node, f"(-({bare(node)}))"
    yield node, f"abs({bare(node)})"
    yield node, f"(2 * ({bare(node)}))"
    yield node, f"int({bare(node)})"


@on(cst.UnaryOperation)
def sign_dropped(node: cst.UnaryOperation, site: Site) -> Iterator[Edit]:
    """`-a` becomes `a`, `not a` becomes `a`."""
    yield node, f"({text(node.expression)})"


@on(cst.Comparison)
def other_comparison(node: cst.Comparison, site: Site) -> Iterator[Edit]:
    """`a < b` becomes each other order, `a == b` becomes `a is b`, and the other way round."""
    if len(node.comparisons) != 1:
        return
    target = node.comparisons[0]
    sign = text(target.operator).strip()
    twins = {"is": ("==",), "is not": ("!=",), "==": ("is",), "!=": ("is not",)}
    orders = [order for order in ORDER if order != sign] if sign in ORDER else []
    for other in (*orders, *twins.get(sign, ())):
        yield node, f"({text(node.left)} {other} {text(target.comparator)})"


@on(cst.Call)
def class_compared(node: cst.Call, site: Site) -> Iterator[Edit]:
    """`isinstance(a, A)` becomes `type(a) is A`, `isinstance(a, float)`, `isinstance(a, int)`."""
    if text(node.func) == "isinstance" and len(node.args) == 2:
        tested, kind = (text(argument.value) for argument in node.args)
        yield node, f"(type({tested}) is {kind})"
        yield node, f"isinstance({tested}, float)"
        yield node, f"isinstance({tested}, int)"


@on(cst.Name)
def other_name(node: cst.Name, site: Site) -> Iterator[Edit]:
    """A name becomes those beside it among the function's own: `self` becomes `other`."""
    for name in beside(node.value, site.names):
        yield node, name


@on(cst.Attribute)
def other_field(node: cst.Attribute, site: Site) -> Iterator[Edit]:
    """`self.data` becomes `self.grad`, the fields of the file that stand beside it."""
    for field in beside(node.attr.value, site.fields):
        yield node.attr, field


def beside(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names before and after one of them, the last before the first."""
    if name not in names:
        return ()
    place = names.index(name)
    return names[place - 1], names[(place + 1) % len(names)]


@on(cst.Attribute)
def field_of_the_class(node: cst.Attribute, site: Site) -> Iterator[Edit]:
    """`self.grad` becomes `type(self).grad`, which all instances share."""
    if node.attr.value in site.fields and text(node.value) == "self":
        yield node.value, "type(self)"


@on(cst.Integer, cst.Float)
def other_number(node: cst.Integer | cst.Float, site: Site) -> Iterator[Edit]:
    """`n` becomes `n + 1`, `n - 1`, `-n`, `2 * n`, `n / 2`, 0 and 1."""
    number = node.evaluated_value
    others = {number + 1, number - 1, -number, 2 * number, number / 2, 0, 1}
    for other in sorted(others - {number}):
        yield node, f"({other!r})" if other < 0 else repr(other)


@on(cst.AugAssign)
def other_assignment(node: cst.AugAssign, site: Site) -> Iterator[Edit]:
    """`a += b` becomes `a = b`, `a -= b`, `a *= b`, `a = -b`, `a += abs(b)`, `a += 2 * b`."""
    target, value = text(node.target), text(node.value)
    more = () if isinstance(node.value, cst.BaseNumber) else ("= -", "+= abs", "+= 2 *", "+= int")
    for sign in ("=", "-=", "*=", "/=", "+= -", *more):
        yield node, f"{target} {sign}({value})"


@on(cst.Assign)
def accumulated(node: cst.Assign, site: Site) -> Iterator[Edit]:
    """`a = b` becomes `a += b`, `a -= b`, `a = -b`."""
    if len(node.targets) == 1 and not isinstance(node.targets[0].target, cst.Tuple):
        target, value = text(node.targets[0].target), text(node.value)
        for sign in (
            ("+= ", "-= ") if isinstance(node.value, cst.BaseNumber) else ("+= ", "-= ", "= -")
        ):
            yield node, f"{target} {sign}({value})"


@on(cst.If, cst.While)
def condition_changed(node: cst.If | cst.While, site: Site) -> Iterator[Edit]:
    """`if a` becomes `if not (a)`, which swaps the branches, `if True`, `if False`."""
    for condition in (f"not ({text(node.test)})", "True", "False"):
        yield node.test, condition


@on(cst.IfExp)
def branch_of_expression(node: cst.IfExp, site: Site) -> Iterator[Edit]:
    """`a if c else b` becomes `b if c else a`, `a`, `b`."""
    body, test, orelse = text(node.body), text(node.test), text(node.orelse)
    yield node, f"({orelse} if {test} else {body})"
    yield node, f"({body})"
    yield node, f"({orelse})"


@on(cst.For, cst.CompFor)
def loop_over_others(node: cst.For | cst.CompFor, site: Site) -> Iterator[Edit]:
    """`for x in xs` is reversed, skips the first, the last, all, or meets each once."""
    items = text(node.iter)
    for walk in (f"list({items})[::-1]", f"list({items})[1:]", f"list({items})[:-1]", "()"):
        yield node.iter, walk
    yield node.iter, f"list({items})[:1]"
    yield node.iter, f"dict.fromkeys({items})"


@on(cst.CompFor)
def filter_changed(node: cst.CompFor, site: Site) -> Iterator[Edit]:
    """`[x for x in xs if c]` loses its filter, or has the opposite one."""
    for condition in node.ifs:
        yield condition.test, "True"
        yield condition.test, f"not ({text(condition.test)})"


@on(cst.Call)
def call_unwrapped(node: cst.Call, site: Site) -> Iterator[Edit]:
    """`list(a)` becomes `a`, `reversed(a)` becomes `a`, `a.copy()` becomes `a`."""
    if node.args and not node.args[0].star and not node.args[0].keyword:
        yield node, f"({text(node.args[0].value)})"
    if isinstance(node.func, cst.Attribute):
        yield node, text(node.func.value)


@on(cst.Call)
def arguments_swapped(node: cst.Call, site: Site) -> Iterator[Edit]:
    """`f(a, b)` becomes `f(b, a)`."""
    values = [text(a.value) for a in node.args if not a.star and not a.keyword]
    if len(values) == len(node.args) == 2:
        yield node, f"{text(node.func)}({values[1]}, {values[0]})"


@on(cst.Call)
def other_function(node: cst.Call, site: Site) -> Iterator[Edit]:
    """`max(...)` becomes `min(...)`, `math.exp(...)` becomes `math.log(...)`."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(name, cst.Name) and name.value in TWINS:
        yield name, TWINS[name.value]


@on(cst.Call)
def other_end(node: cst.Call, site: Site) -> Iterator[Edit]:
    """`xs.pop()` becomes `xs.pop(0)`, `xs.append(a)` becomes `xs.insert(0, a)`, n is off by one."""
    function = text(node.func)
    if function.endswith((".pop", ".popleft")) and not node.args:
        yield node, f"{function.removesuffix('left')}(0)"
    if function.endswith(".append"):
        yield node, f"{function.removesuffix('append')}insert(0, {text(node.args[0].value)})"
    if function in ("len", "range"):
        yield node, f"({text(node)} + 1)" if function == "len" else f"{text(node)}[1:]"
        yield node, f"({text(node)} - 1)" if function == "len" else f"{text(node)}[:-1]"


@on(cst.Subscript)
def subscript_moved(node: cst.Subscript, site: Site) -> Iterator[Edit]:
    """`xs[i]` becomes `xs[i - 1]`, `xs[i + 1]`; `xs[::-1]` becomes `xs`."""
    index = node.slice[0].slice
    if isinstance(index, cst.Index):
        yield index.value, f"({text(index.value)}) - 1"
        yield index.value, f"({text(index.value)}) + 1"
    yield node, text(node.value)


@on(cst.Tuple, cst.List, cst.Set)
def element_dropped(node: cst.Tuple | cst.List | cst.Set, site: Site) -> Iterator[Edit]:
    """`(a, b)` becomes `(a,)`, `(b,)`, and is reversed; a list becomes a tuple."""
    elements = [
        text(element.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for element in node.elements
    ]
    for place in range(len(elements)):
        yield node, _like(node, elements[:place] + elements[place + 1 :])
    yield node, _like(node, elements[::-1])


def _like(node: cst.CSTNode, elements: list[str]) -> str:
    inside = "".join(f"{element}, " for element in elements)
    if isinstance(node, cst.List):
        return f"[{inside}]"
    return f"{{{inside}}}" if isinstance(node, cst.Set) and elements else f"({inside})"


@on(cst.Param)
def default_changed(node: cst.Param, site: Site) -> Iterator[Edit]:
    """`x=()` becomes `x=[]`, which all calls share, and `x=None`."""
    if node.default:
        for default in ("[]", "None"):
            yield node.default, default


@on(cst.Return)
def other_result(node: cst.Return, site: Site) -> Iterator[Edit]:
    """`return a` becomes `return None`, `return self`, `return -a`."""
    if node.value:
        yield node.value, "None"
        yield node.value, f"-({text(node.value)})"
        if "self" in site.names:
            yield node.value, "self"


@on(cst.Decorator)
def decorator_dropped(node: cst.Decorator, site: Site) -> Iterator[Edit]:
    """A decorator is left out."""
    yield node, ""


@on(cst.ClassDef)
def base_dropped(node: cst.ClassDef, site: Site) -> Iterator[Edit]:
    """`class A(B)` loses its base."""
    for base in node.bases:
        yield base, ""


@on(cst.StarredElement, cst.Arg)
def star_dropped(node: cst.StarredElement | cst.Arg, site: Site) -> Iterator[Edit]:
    """`f(*a)` becomes `f(a)`, `[*a]` becomes `[a]`."""
    if isinstance(node, cst.StarredElement) or node.star == "*":
        yield node, text(node.value)
