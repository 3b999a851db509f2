"""The candidate: a child process that has the learner's file, and no answers.

It reads one JSON request a line, does what a small set of verbs allows, and replies with plain
numbers. It imports the standard library alone and runs with `-I -S`, started by `supervisor`; the
judge does all the comparing.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import operator
import os
import sys
from array import array
from types import CodeType, ModuleType
from typing import Any

from grader.sandbox import wall
from grader.sandbox.describe import (
    PROGRAM,
    Blocked,
    describe,
    describe_error,
    numbers_of,
    text_of,
    type_name,
)
from grader.sandbox.overtime import Overtime, overtime_after
from grader.sandbox.sweep import Batch, Sweep

REPLY_LIMIT = 32_000_000


class Gate(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands last in the import chain: what got here is neither built in nor standard library."""

    def __init__(self, allowed: dict[str, str]) -> None:
        self.allowed = allowed

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        packages = {module.rpartition(".")[0] for module in self.allowed}
        if name not in self.allowed and name not in packages:
            raise Blocked(f"No module named {name!r}", name=name)
        return importlib.util.spec_from_loader(name, self, is_package=name in packages)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        package = module.__name__

        def missing(name: str) -> Any:
            whole = f"{package}.{name}"
            if whole in self.allowed or name.startswith("__"):
                raise AttributeError(name)
            raise Blocked(f"No module named {whole!r}", name=whole)

        if package not in self.allowed:  # `from reference import nn` asks here first
            module.__dict__["__getattr__"] = missing
        source = self.allowed.get(package, "")
        exec(compile(source, f"<{module.__name__}>", "exec"), module.__dict__)


class Candidate:
    """The learner's module, and the verbs the judge may ask of it."""

    def __init__(self, path: str, name: str, allowed: dict[str, str]) -> None:
        self.path = path
        self.name = name
        self.allowed = allowed
        self.module = ModuleType(name)
        self.kept: Any = None

    def load(self) -> dict[str, Any]:
        """Execute the file as an import would."""
        with open(self.path, "rb") as file:
            source = file.read()
        return self.execute(source)

    def execute(self, source: bytes) -> dict[str, Any]:
        """Execute a text as the learner's module."""
        code = self.compile(source)
        if isinstance(code, dict):
            return {"syntax": code}
        module = self.module
        module.__file__ = self.path
        module.__spec__ = importlib.machinery.ModuleSpec(self.name, None, origin=self.path)
        module.__dict__["__builtins__"] = builtins
        sys.modules[self.name] = module
        exec(code, module.__dict__)
        return {"syntax": None}

    def compile(self, source: bytes) -> CodeType | dict[str, Any]:
        """Return the code, or say where the syntax is wrong."""
        try:
            insist_on_encoding(source)
            return compile(source, self.path, "exec", dont_inherit=True)
        except SyntaxError as error:
            return {
                "message": text_of(error.msg),
                "line": error.lineno,
                "column": error.offset,
                "text": error.text and text_of(error.text),
            }
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            message = text_of(str(error)) or "too deeply nested"
            return {"message": message, "line": None, "column": None, "text": None}

    def entry(self, names: list[str]) -> dict[str, Any]:
        """Say which of the names the file does not define."""
        return {"missing": [name for name in names if not has_path(self.module, name)]}

    def run(self, code: str, inputs: dict[str, float], fields: list[str]) -> dict[str, Any]:
        """Run a program on the learner's Value and return its named values."""
        value_class = self.module.__dict__["Value"]
        names: dict[str, Any] = {name: value_class(number) for name, number in inputs.items()}
        exec(compiled(code, "exec"), names)
        del names["__builtins__"]
        self.kept = names  # a large graph takes a while to free: the reply need not wait for it
        by_id: dict[int, str] = {}
        for name, value in names.items():
            by_id.setdefault(id(value), name)
        return {
            "trace": {
                name: describe(value, value_class, fields, by_id)
                for name, value in names.items()
                if name != "_"
            }
        }

    def sweep(self, batches: list[Batch], with_operands: bool, seconds: float) -> dict[str, Any]:
        """Run many small programs, up to the one at which the time is over."""
        found = Sweep(self.module.__dict__["Value"])
        stopped = False
        try:
            with overtime_after(seconds):
                for batch in batches:
                    found.run(batch, with_operands)
        except Overtime:
            stopped = True
        return {
            "numbers": found.numbers.tobytes().hex(),
            "unclear": found.unclear,
            "operands": found.operands,
            "stopped": found.done if stopped else None,
        }

    def sort(
        self, data: str, operations: str, left: str, right: str, root: int, times: int
    ) -> dict[str, Any]:
        """Call `topological_order` on one of these nodes; every call gets the same graph.

        Returns, for each call, the places of the nodes it listed (-1: not a node of this graph),
        and which nodes were changed.
        """
        function = self.module.__dict__["topological_order"]
        nodes = nodes_of(data, operations, left, right)
        places = {node: place for place, node in enumerate(nodes)}
        before = fields_of(nodes)
        orders = []
        for _ in range(times):
            result = function(nodes[root])
            if not isinstance(result, list):
                return {"orders": [], "changed": [], "not_a_list": type_name(result)}
            orders.append([places.get(n, -1) if type(n) is Node else -1 for n in result])
        self.kept = nodes  # a large graph takes a while to free: the reply need not wait for it
        after = fields_of(nodes)
        if all(all(map(operator.is_, now, then)) for now, then in zip(after, before, strict=True)):
            return {"orders": orders, "changed": [], "not_a_list": None}
        whole = enumerate(zip(nodes, *before, strict=True))
        changed = [index for index, (node, *fields) in whole if not node.holds(*fields)]
        return {"orders": orders, "changed": changed, "not_a_list": None}

    def orders(self, graphs: list[Graph], keep_going: bool) -> dict[str, Any]:
        """Call `topological_order` twice on each of many small graphs.

        The list of the first call is emptied before the second: it is the caller's own.
        """
        found: list[dict[str, Any]] = []
        for graph in graphs:
            try:
                found.append(self.order(*graph))
            except Overtime:
                raise
            except BaseException:
                if not keep_going:
                    raise
                found.append({"order": [], "again": [], "changed": False, "kind": "raised"})
        return {"found": found}

    def order(
        self, data: list[float], labels: list[str], operands: list[list[int]], container: str
    ) -> dict[str, Any]:
        """Return what two calls on one graph listed."""
        function = self.module.__dict__["topological_order"]
        hold = {"tuple": tuple, "list": list, "set": set}[container]
        nodes: list[Node] = []
        for number, label, places in zip(data, labels, operands, strict=True):
            nodes.append(Node(number, label))
            nodes[-1]._prev = hold(nodes[place] for place in places)
        before = [(node.data, node.grad, node._prev, [*node._prev]) for node in nodes]
        first = function(nodes[-1])
        if not isinstance(first, list):
            return {"order": [], "again": [], "changed": False, "kind": type_name(first)}
        order = places_of(first, nodes)
        first.clear()
        again = places_of(function(nodes[-1]), nodes)
        changed = not all(
            all(map(operator.is_, (node.data, node.grad, node._prev), fields[:3]))
            and [*map(id, node._prev)] == [*map(id, fields[3])]
            for node, fields in zip(nodes, before, strict=True)
        )
        return {"order": order, "again": again, "changed": changed, "kind": "list"}

    def script(
        self, code: str, inputs: dict[str, float], reads: list[str], names: list[str]
    ) -> dict[str, Any]:
        """Run lines of Python over the learner's classes, then read expressions."""
        defined = self.module.__dict__
        classes = {name: defined[name] for name in names if name in defined}
        namespace: dict[str, Any] = {"Value": self.value_class(), **classes}
        namespace.update({name: namespace["Value"](number) for name, number in inputs.items()})
        exec(compiled(code, "exec"), namespace)
        found = [numbers_of(eval(compiled(read, "eval"), namespace)) for read in reads]
        self.kept = namespace
        return {"reads": found}

    def scripts(self, scripts: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
        """Run scripts one after another, up to the first that raises."""
        found: list[Any] = []
        for one in scripts:
            if "error" in (reply := answer(self, {"verb": "script", "names": names, **one})):
                return {"reads": found, "raised": reply}
            found.append(reply["reads"])
        return {"reads": found, "raised": None}

    def value_class(self) -> Any:
        """Return the Value of the learner's file, or else the one the kata may import."""
        own = self.module.__dict__.get("Value")
        if own is None and "reference.engine" in self.allowed:
            own = importlib.import_module("reference.engine").Value
        return own

    def show(self, inputs: list[float]) -> dict[str, Any]:
        """Return `repr` of a Value of each number."""
        value_class = self.module.__dict__["Value"]
        return {"texts": [text_of(repr(value_class(number))) for number in inputs]}

    def battery(self, requests: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
        """Answer many requests at once, up to the first that takes too long."""
        replies: list[dict[str, Any]] = []
        for request in requests:
            replies.append(self.timed(request, seconds))
            if "timed_out" in replies[-1]:
                break
        return {"replies": replies}

    def timed(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Answer one request within so much processor time, always with the same random numbers."""
        if "random" in sys.modules:
            sys.modules["random"].seed(0)
        try:
            with overtime_after(seconds):
                return answer(self, dict(request))
        except Overtime:
            return {"timed_out": True}


def insist_on_encoding(source: bytes) -> None:
    """Raise SyntaxError for bytes that are not UTF-8 in a file that declares nothing else.

    `compile` lets them through in comments; Python, when it runs a file, does not.
    """
    try:
        source.decode()
    except UnicodeDecodeError as error:
        import tokenize  # rarely needed, and every verdict would wait for it

        first_lines = source.decode("ascii", "replace").encode("ascii", "replace")
        if tokenize.detect_encoding(io.BytesIO(first_lines).readline)[0] == "utf-8":
            line = source.count(b"\n", 0, error.start) + 1
            byte = f"\\x{source[error.start]:02x}"
            problem = f"Non-UTF-8 code starting with '{byte}', but no encoding declared"
            raise SyntaxError(problem, (None, line, None, None)) from None


@functools.cache
def compiled(text: str, mode: str) -> CodeType:
    """Return a program's code; a battery asks for the same ones of every suspect."""
    code: CodeType = compile(text, PROGRAM, mode, dont_inherit=True)
    return code


Graph = tuple[list[float], list[str], list[list[int]], str]


class Node:
    """A node to sort: the attributes every kata's Value has, and room for a learner's own.

    Nothing about it says when it came about: its place in the graph is known to the judge alone.
    """

    __slots__ = ("__dict__", "_op", "_prev", "data", "grad")

    def __init__(self, data: float, op: str) -> None:
        self.data = data
        self.grad = 0.0
        self._op = op
        self._prev: Any = ()

    def _backward(self) -> None:
        """A node to sort has nothing to hand on."""

    def holds(self, data: float, grad: float, prev: tuple[Node, ...]) -> bool:
        """Whether the fields are what they were; equal numbers may have been written again."""
        if self.data is data and self.grad is grad and self._prev is prev:
            return True
        same = type(self.data) is float and type(self.grad) is float
        kept = type(self._prev) is tuple and len(self._prev) == len(prev)
        return (
            same
            and (self.data, self.grad) == (data, grad)
            and kept
            and all(now is then for now, then in zip(self._prev, prev, strict=True))
        )

    def __repr__(self) -> str:
        return f"Value(data={self.data})"


def places_of(listed: Any, nodes: list[Node]) -> list[int]:
    """Return where the listed objects stand among the nodes, -1 for what is none of them."""
    places = {id(node): place for place, node in enumerate(nodes)}
    return [places.get(id(node), -1) for node in listed]


def nodes_of(data: str, operations: str, left: str, right: str) -> list[Node]:
    """Return the nodes of a graph; `left` and `right` say where a node's operands stand.

    The judge has shuffled them, so neither addresses nor the garbage collector's lists tell an
    operand from its user. Numbers come as hexadecimal columns: JSON's take four times as long.
    """
    numbers = array("d", bytes.fromhex(data))
    nodes = [Node(x, op.strip()) for x, op in zip(numbers, operations, strict=True)]
    columns = (array("i", bytes.fromhex(column)) for column in (left, right))
    for node, first, second in zip(nodes, *columns, strict=True):
        if first >= 0:
            node._prev = (nodes[first], nodes[second])
    return nodes


def fields_of(nodes: list[Node]) -> tuple[list[Any], list[Any], list[Any]]:
    """Return what sorting must not change, a list for each field."""
    return (
        [node.data for node in nodes],
        [node.grad for node in nodes],
        [node._prev for node in nodes],
    )


def has_path(module: ModuleType, path: str) -> bool:
    holder: Any = module
    for part in path.split("."):
        if not hasattr(holder, part):
            return False
        holder = getattr(holder, part)
    return True


def answer(candidate: Candidate, request: dict[str, Any]) -> dict[str, Any]:
    """Do what a request asks; an exception of the learner's code is an answer as well."""
    verb = request.pop("verb")
    try:
        found: dict[str, Any] = getattr(candidate, verb)(**request)
    except Overtime:
        raise
    except BaseException as error:
        found = describe_error(error, candidate.path)
        error.__traceback__ = None
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    return found


class Pipe:
    """The private pipe, moved off the standard streams, which then belong to the learner.

    The judge starts this process with its requests on 0, its replies on 1 and a capture on 2. What
    the learner's file may patch is kept here before it runs.
    """

    def __init__(self) -> None:
        self.requests, self.replies = os.fdopen(os.dup(0), "rb"), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self.loads, self.dumps, self.write = json.loads, json.dumps, os.write

    def receive(self) -> dict[str, Any] | None:
        """Return the next request, None when there is none any more."""
        line = self.requests.readline()
        request: dict[str, Any] | None = self.loads(line) if line else None
        return request

    def send(self, reply: dict[str, Any]) -> None:
        """Write a reply in its envelope."""
        line = self.dumps({"raised" if "error" in reply else "done": reply}).encode() + b"\n"
        if len(line) > REPLY_LIMIT:
            self.send(describe_error(MemoryError("the reply is too large"), ""))
            return
        view = memoryview(line)
        while view:
            view = view[self.write(self.replies, view) :]


def main() -> None:
    """Prepare the process as the first request says, then answer the others."""
    gc.set_threshold(1_000_000, 50, 100)  # large graphs live to the end: rarely look for garbage
    pipe = Pipe()
    setup = pipe.receive()
    assert setup
    builtins.__dict__.update({name: _quitter(name) for name in ("exit", "quit")})
    sys.meta_path.append(Gate(setup["allowed"]))
    sys.argv[:] = [setup["path"]]
    raised = wall.confine(setup)
    candidate = Candidate(setup["path"], setup["name"], setup["allowed"])
    pipe.send({"wall": raised, "pid": os.getpid()})
    while request := pipe.receive():
        pipe.send(answer(candidate, request))
    os._exit(0)


def _quitter(name: str) -> Any:
    def leave(code: Any = None) -> None:
        raise SystemExit(code)

    leave.__name__ = name
    return leave
