"""The candidate: a child process that has the learner's file, and no answers.

It reads one JSON request a line, does what a small set of verbs allows, and replies with plain
numbers. It imports the standard library alone, and NumPy for a kata of arrays. It runs with
`-I -S`, started by `supervisor`; the judge does all the comparing.
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
import marshal
import operator
import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

from grader.sandbox import arrays, wall
from grader.sandbox.describe import (
    PROGRAM,
    Blocked,
    describe,
    describe_error,
    number_of,
    numbers_of,
    text_of,
    type_name,
)
from grader.sandbox.nodes import Graph, Node, fields_of, nodes_of, places_of
from grader.sandbox.overtime import Overtime, overtime_after
from grader.sandbox.repeated import REPEATED
from grader.sandbox.sweep import Batch, Sweep

REPLY_LIMIT = 32_000_000
WATCHED = 5_000  # nodes of a graph that are looked at for changes


class Gate(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands last in the import chain: what got here is neither built in nor standard library.

    What is allowed comes as code: its text is nowhere in this process.
    """

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
            return
        code = marshal.loads(bytes.fromhex(self.allowed[package]))  # noqa: S302 (the judge's own)
        exec(code, module.__dict__)


class Candidate:
    """The learner's module, and the verbs the judge may ask of it."""

    def __init__(self, path: str, name: str, allowed: dict[str, str]) -> None:
        self.path = path
        self.name = name
        self.allowed = allowed
        self.module = ModuleType(name)
        self.given: dict[str, Any] = {}  # what scripts may name besides the file's own
        self.leaf: Callable[[Any], Any] = number_of
        self.kept: Any = None
        if numpy := sys.modules.get(arrays.PACKAGE):
            self.given, self.leaf = {"np": numpy}, arrays.array_or_number

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
        and which nodes were changed; of a large graph some are looked at.
        """
        function = self.module.__dict__["topological_order"]
        nodes = nodes_of(data, operations, left, right)
        places = {node: place for place, node in enumerate(nodes)}
        watched = nodes[:WATCHED]
        before = fields_of(watched)
        orders = []
        for _ in range(times):
            result = function(nodes[root])
            if not isinstance(result, list):
                return {"orders": [], "changed": [], "not_a_list": type_name(result)}
            orders.append([places.get(n, -1) if type(n) is Node else -1 for n in result])
        self.kept = nodes  # a large graph takes a while to free: the reply need not wait for it
        after = fields_of(watched)
        if all(all(map(operator.is_, now, then)) for now, then in zip(after, before, strict=True)):
            return {"orders": orders, "changed": [], "not_a_list": None}
        whole = enumerate(zip(watched, *before, strict=True))
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
        self,
        data: list[float],
        labels: list[str],
        operands: list[list[int]],
        container: str,
        root: int,
    ) -> dict[str, Any]:
        """Return what two calls on one graph listed."""
        function = self.module.__dict__["topological_order"]
        hold = {"tuple": tuple, "list": list, "set": set}[container]
        nodes = [Node(number, label) for number, label in zip(data, labels, strict=True)]
        for node, places in zip(nodes, operands, strict=True):
            node._prev = hold(nodes[place] for place in places)
        before = [(node.data, node.grad, node._prev, [*node._prev]) for node in nodes]
        first = function(nodes[root])
        if not isinstance(first, list):
            return {"order": [], "again": [], "changed": False, "kind": type_name(first)}
        order = places_of(first, nodes)
        first.clear()
        again = places_of(function(nodes[root]), nodes)
        changed = not all(
            node.holds(*fields[:3]) and [*map(id, node._prev)] == [*map(id, fields[3])]
            for node, fields in zip(nodes, before, strict=True)
        )
        return {"order": order, "again": again, "changed": changed, "kind": "list"}

    def script(
        self, code: str, inputs: dict[str, float], reads: list[str], names: list[str]
    ) -> dict[str, Any]:
        """Run lines of Python over the learner's classes, then read expressions."""
        defined = self.module.__dict__
        classes = {name: defined[name] for name in names if name in defined}
        namespace: dict[str, Any] = {"Value": self.value_class(), **self.given, **classes}
        namespace.update({name: namespace["Value"](number) for name, number in inputs.items()})
        exec(compiled(code, "exec"), namespace)
        below = code.count("\n") + 1  # an error in a read is one of a line below the code
        texts = ["\n" * (below + place) + read for place, read in enumerate(reads)]
        found = [
            numbers_of(eval(compiled(text, "eval"), namespace), leaf=self.leaf) for text in texts
        ]
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

    def replay(self, sequences: list[list[dict[str, Any]]], seconds: float) -> dict[str, Any]:
        """Answer the last request of each sequence after its others, as if none had been before.

        A process forked for each has the file as it was imported, in a thousandth of a second.
        """
        return {"replies": [self.afresh(sequence, seconds) for sequence in sequences]}

    def afresh(self, sequence: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
        """Answer a sequence in a fork, or here where there is none: the judge sends one then."""
        if not hasattr(os, "fork"):
            return [self.timed(request, seconds) for request in sequence][-1]
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                reply = [self.timed(request, seconds) for request in sequence][-1]
                with os.fdopen(writer, "wb") as file:
                    file.write(json.dumps(reply).encode())
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            text = file.read()
        os.waitpid(child, 0)
        found: dict[str, Any] = json.loads(text) if text else {"died": True}
        return found

    def timed(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Answer one request within so much processor time."""
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
    REPEATED.begin()
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

    def __init__(self, buffering: int = -1) -> None:
        self.requests, self.replies = os.fdopen(os.dup(0), "rb", buffering), os.dup(1)
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
    pipe = Pipe()
    setup = pipe.receive()
    assert setup
    serve(pipe, setup)


def serve(pipe: Pipe, setup: dict[str, Any]) -> None:
    """Go behind the wall, load the file, and answer until there are no more requests."""
    gc.set_threshold(1_000_000, 50, 100)  # large graphs live to the end: rarely look for garbage
    REPEATED.install()
    builtins.__dict__.update({name: _quitter(name) for name in ("exit", "quit")})
    sys.meta_path.append(Gate(setup["allowed"]))
    if setup["numpy"]:
        arrays.install(setup["numpy"])
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
