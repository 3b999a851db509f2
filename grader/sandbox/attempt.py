"""One attempt under judgement: the candidate process, and the verbs that drive it.

The judge never executes the learner's code. It writes a request to the candidate's pipe, waits for
the numbers that come back, and kills the candidate with all it started when the verdict is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from grader.core.model import Kata, Solution, Status, clip, printable
from grader.core.workspace import PACKAGE, ROOT, find_home, find_practice_folder
from grader.sandbox import wall

HERE = os.path.dirname(os.path.abspath(__file__))
CORE_SECONDS = 3.6
STRETCH_SECONDS = 1.5
ALL_SECONDS = 4.2
MEMORY = 1 << 30
FILE_SIZE = 64 << 20
HEAD, TAIL = 8_000, 4_000
REPLY_LIMIT = 33_000_000
POLL = 0.05


class Ended(Exception):
    """The candidate is gone, or its file could not be loaded; `status` is the verdict's."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status
        self.message = message


class NotRun(Exception):
    """The candidate was gone before this check began."""


class LearnerError(Exception):
    """The learner's code raised an exception; the fields are the candidate's description."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        line, blocked = found.get("line"), found.get("blocked")
        self.type = clip(str(found.get("error")), 80)
        self.message = clip(str(found.get("message")), 2_000)
        self.line = line if isinstance(line, int) else None
        within = found.get("program_line")
        self.program_line = within if isinstance(within, int) else None
        self.function = clip(str(found.get("function") or ""), 80)
        self.blocked = clip(blocked, 80) if isinstance(blocked, str) else None
        kinds = found.get("kinds")
        self.kinds = tuple(map(str, kinds)) if isinstance(kinds, list) else ()
        super().__init__(f"{self.type}: {self.message}" if self.message else self.type)

    def is_gap_of(self, kata: Kata) -> bool:
        """Whether a gap of the stub raised this."""
        return self.type == "NotImplementedError" and self.message.startswith(f"{kata.short}:")


class Capture:
    """What the learner's code prints: the beginning and the end are kept, the rest is counted."""

    def __init__(self) -> None:
        self.head = bytearray()
        self.tail = bytearray()
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        room = HEAD - len(self.head)
        self.head += chunk[:room]
        rest = chunk[room:] if room > 0 else chunk
        self.tail = (self.tail + rest[-TAIL:])[-TAIL:]

    def text(self) -> str:
        """Return the kept beginning, and how much was left out."""
        text = printable(self.head.decode("utf-8", "replace"))
        left_out = self.size - len(self.head)
        return f"{text}\n… {left_out:,} more bytes" if left_out else text

    def ending(self) -> str:
        return (self.head + self.tail).decode("utf-8", "replace")


class Candidate:
    """One candidate process, which has `seconds` of processor time and a little more."""

    def __init__(
        self,
        kata: Kata,
        solution: Solution,
        allowed: dict[str, str],
        seconds: float = CORE_SECONDS,
    ) -> None:
        self.capture = Capture()
        self.seconds = seconds
        self.scratch = tempfile.mkdtemp(prefix="kata-")
        self.file = os.path.join(self.scratch, f"{kata.name}.py")
        self.stack = os.path.join(self.scratch, ".stack")
        Path(self.file).write_bytes(solution.source)
        self.started = time.monotonic()
        self.replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.ended: Ended | None = None
        self.known = wall.children()
        self.process = self._start()
        self.threads = [
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_output, daemon=True),
        ]
        for thread in self.threads:
            thread.start()
        self.send(self._setup(kata, allowed))
        self.send({"verb": "load"})

    def _start(self) -> subprocess.Popen[bytes]:
        script = os.path.join(HERE, "candidate.py")
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.scratch,
            env=_environment(self.scratch),
            start_new_session=True,
        )

    def _setup(self, kata: Kata, allowed: dict[str, str]) -> dict[str, Any]:
        return {
            "path": self.file,
            "name": kata.name,
            "scratch": self.scratch,
            "stack_file": self.stack,
            "stack_after": self.seconds - 0.4,
            "kit": PACKAGE,
            "allowed": allowed,
            "wall": Path(HERE, "wall.py").read_text("utf-8"),
            "forbidden": forbidden_places(),
            "readable": [self.scratch],
            "memory": MEMORY,
            "cpu_seconds": int(self.seconds + ALL_SECONDS - CORE_SECONDS) + 2,
            "file_size": FILE_SIZE,
        }

    def send(self, request: dict[str, Any]) -> None:
        """Write a request; if the candidate is gone, the missing reply tells."""
        line = json.dumps(request).encode() + b"\n"
        assert self.process.stdin is not None
        # A stopped process never drains its pipe, and a write would wait for it without end.
        watchdog = threading.Timer(self.seconds, self.kill) if len(line) > 4_000 else None
        if watchdog:
            watchdog.daemon = True
            watchdog.start()
        with contextlib.suppress(OSError):  # it died: the missing reply tells
            self.process.stdin.write(line)
            self.process.stdin.flush()
        if watchdog:
            watchdog.cancel()

    def receive(self, verb: str, deadline: float, call: str) -> dict[str, Any]:
        """Wait for the reply to one verb; raise Ended when there is none by the deadline."""
        while True:
            try:
                patience = min(POLL, max(0.001, deadline - time.monotonic()))
                line = self.replies.get(timeout=patience)
            except queue.Empty:
                if time.monotonic() >= deadline:
                    raise self._end("timed-out", self._timeout_sentence(call)) from None
                if self.process.poll() is not None and self.replies.empty():
                    line = None
                else:
                    continue
            if line is None:
                raise self._end(*self._cause_of_death())
            reply = _decode(line)
            if reply is None or not _well_formed(verb, reply):
                raise self._end("crashed", "The file wrote over the grader's pipe.")
            if reply.get("memory"):
                raise self._end("out-of-memory", _memory_sentence(call))
            if reply.get("exit"):
                place = f" at line {reply['line']}" if reply.get("line") else ""
                raise self._end(
                    "crashed", f"The file asked Python to exit{place}, so no check could finish."
                )
            return reply

    def _end(self, status: Status, message: str) -> Ended:
        self.ended = Ended(status, message)
        self.kill()
        return self.ended

    def _timeout_sentence(self, call: str) -> str:
        seconds = max(1, round(time.monotonic() - self.started))
        place = self._hung_at()
        return f"{call} was still running after {seconds} seconds{place}. Does every loop end?"

    def _hung_at(self) -> str:
        try:
            lines = Path(self.stack).read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        for line in lines:
            if self.file in line:
                _, _, rest = line.rpartition('", line ')
                number, _, function = rest.partition(" in ")
                return f", at line {number} in {printable(function)[:80]}"
        return ""

    def _cause_of_death(self) -> tuple[Status, str]:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode
        self.threads[1].join(0.2)
        if "MemoryError" in self.capture.ending() or "out of memory" in self.capture.ending():
            return "out-of-memory", _memory_sentence("The file")
        if code is not None and code < 0:
            if -code == getattr(signal, "SIGXCPU", None):
                return "timed-out", self._timeout_sentence("The file")
            return "crashed", f"The file's process died: {_signal_name(-code)}."
        return "crashed", f"The file ended its own process with exit code {code}."

    def _read_replies(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while line := stream.readline(REPLY_LIMIT):
                self.replies.put(line)
        self.replies.put(None)

    def _read_output(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(stream.fileno(), 1 << 16):
                self.capture.feed(chunk)

    def kill(self) -> None:
        """End the candidate and its process group."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """Kill, wait, and remove the scratch folder; nothing survives."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        wall.kill_descendants(self.known)
        for thread in self.threads:
            thread.join(0.2)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            _close(stream)
        shutil.rmtree(self.scratch, ignore_errors=True)


class Attempt:
    """What a check sees of the learner's file: verbs that return plain numbers.

    A candidate that dies in a core check stays dead. One that dies in a stretch check is started
    anew for the next, because a stretch check never blocks.
    """

    def __init__(
        self,
        kata: Kata,
        solution: Solution,
        oracle: Any,
        seed: int,
        allowed: dict[str, str],
        seconds: float = CORE_SECONDS,
    ) -> None:
        self.seconds = seconds
        self.kata = kata
        self.solution = solution
        self.oracle = oracle
        self.seed = seed
        self.allowed = allowed
        self.wrong = False
        self.started = time.monotonic()
        self.outputs: list[Capture] = []
        self.candidate = self._new_candidate()
        wall.become_subreaper()
        self.core_ended: Ended | None = None
        self.stretch_deadline: float | None = None

    def _new_candidate(self) -> Candidate:
        candidate = Candidate(self.kata, self.solution, self.allowed, self.seconds)
        self.outputs.append(candidate.capture)
        return candidate

    @property
    def deadline(self) -> float:
        return self.stretch_deadline or self.started + self.seconds

    def load(self) -> None:
        """Wait until the file is executed; raise Ended with the verdict's status if it fails."""
        self.candidate.receive("setup", self.deadline, "The kit")
        reply = self.candidate.receive("load", self.deadline, f"Importing {self.kata.short}")
        if ended := self._load_fault(reply):
            self.candidate.ended = ended
            raise ended
        reply = self.ask("entry", f"Importing {self.kata.short}", names=list(self.kata.entry))
        self._refuse(reply["missing"])

    def _refuse(self, missing: list[str]) -> None:
        """Raise Ended if there is nothing to check, or a class lacks a method.

        A file with some of several functions or classes is checked: the others fail one by one.
        """
        whole = [name for name in self.kata.entry if "." not in name]
        if set(whole) - set(missing) and not any("." in name for name in missing):
            return
        self.candidate.ended = Ended("failed", missing_sentence(self.kata, missing[0]))
        raise self.candidate.ended

    def _load_fault(self, reply: dict[str, Any]) -> Ended | None:
        if "syntax" in reply:
            return Ended("syntax-error", _syntax_sentence(reply))
        if "error" not in reply:
            return None
        error = LearnerError(reply)
        if error.blocked is not None:
            return Ended("import-blocked", blocked_sentence(self.kata, error))
        place = f" (line {error.line})" if error.line else ""
        if error.is_gap_of(self.kata):
            return Ended("stub", f"The gap is still there{place}: put your code in its place.")
        return Ended("crashed", f"Importing the file raised {error}{place}.")

    def enter_stretch(self) -> None:
        """Give the next stretch check its own time, and a live candidate."""
        now = time.monotonic()
        room = self.started + ALL_SECONDS - now
        if room < 0.2:
            raise NotRun
        self.stretch_deadline = now + min(STRETCH_SECONDS, room)
        if self.core_ended:
            raise NotRun
        if self.candidate.ended:
            self.candidate.close()
            self.candidate = self._new_candidate()
            self.load()

    def begin(self, verb: str, **arguments: Any) -> None:
        """Send a request, or raise NotRun if the candidate is gone."""
        if self.candidate.ended:
            raise NotRun
        self.candidate.send({"verb": verb, **arguments})

    def finish(self, verb: str, call: str) -> dict[str, Any]:
        """Return the reply; raise LearnerError if the learner's code raised, Ended if it is gone.

        `call` says what was done, for the sentence about a call that hangs.
        """
        try:
            reply = self.candidate.receive(verb, self.deadline, call)
        except Ended as ended:
            if self.stretch_deadline is None:
                self.core_ended = ended
            raise
        if "error" in reply:
            raise LearnerError(reply)
        return reply

    def ask(self, verb: str, call: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and return its reply."""
        self.begin(verb, **arguments)
        return self.finish(verb, call)

    def printed(self) -> str:
        """Return what the learner's code printed, cut at a sensible length."""
        return self.outputs[0].text()

    def close(self) -> None:
        """End the candidate; the attempt can't be used after this."""
        self.candidate.close()


@contextlib.contextmanager
def attempt_at(
    kata: Kata,
    solution: Solution,
    oracle: Any,
    seed: int,
    allowed: dict[str, str],
    seconds: float = CORE_SECONDS,
) -> Iterator[Attempt]:
    """Start a candidate, and leave nothing of it behind."""
    attempt = Attempt(kata, solution, oracle, seed, allowed, seconds)
    try:
        yield attempt
    finally:
        attempt.close()


def forbidden_places() -> list[str]:
    """Return every folder in which an answer lies."""
    ours = ("grader", "reference", "hints", "tests", "katas", ".git")
    places = [os.path.join(ROOT, folder) for folder in ours]
    if practice := find_practice_folder():
        places.append(os.path.join(practice, "katas"))
    if home := find_home():
        places.append(home)
    return sorted({os.path.realpath(place) for place in places if os.path.exists(place)})


def missing_sentence(kata: Kata, name: str) -> str:
    """Say which name the file lacks."""
    return f"The file does not define {name!r}, which {kata.short} asks for."


def blocked_sentence(kata: Kata, error: LearnerError) -> str:
    """Say why an import is not allowed, and what to do."""
    name = str(error.blocked)
    top = name.partition(".")[0]
    place = f"line {error.line}: " if error.line else ""
    if top == "reference":
        reason = (
            f"it holds the answer to {spoiled_by(name)}, so {kata.short} may not import it. "
            "Write the missing part in this file."
        )
    elif top.startswith("kata"):
        reason = f"{kata.short} is graded on its own file. Copy what you need into it."
    elif top == "grader":
        reason = "the grader is out of reach of the file it grades."
    else:
        reason = f"{kata.short} is solved with the standard library alone."
    return f"{place}{name!r} can't be imported: {reason}"


def spoiled_by(module: str) -> str:
    """Return the katas whose answer a module of the reference holds."""
    return {
        "reference.engine": "kata01 to kata06",
        "reference.gradcheck": "kata07",
        "reference.nn": "kata08 and kata09",
        "reference.losses": "kata10",
        "reference.optim": "kata11 and kata13",
    }.get(module, "several katas")


def _environment(scratch: str) -> dict[str, str]:
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZ")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), scratch)
    return {**environment, **places, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


def _decode(line: bytes) -> dict[str, Any] | None:
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def _well_formed(verb: str, reply: dict[str, Any]) -> bool:
    """Whether a reply has the shape that its verb's replies have; a forged one may not."""
    match verb, reply:
        case _, {"error": str(), "message": str()}:
            return verb != "setup"
        case ("setup", {"wall": str()}) | ("load", {"ok": True} | {"syntax": str()}):
            return True
        case "entry", {"missing": [*names]}:
            return all(isinstance(name, str) for name in names)
        case "run", {"trace": dict(trace)}:
            return all(isinstance(fields, dict) for fields in trace.values())
        case "sort", {"not_a_list": str()}:
            return True
        case "sort", {"orders": [*orders], "changed": [*changed]}:
            whole = [changed, *orders]
            return all(isinstance(part, list) and set(map(type, part)) <= {int} for part in whole)
        case "script", {"reads": [*contents]}:
            return all(map(_is_content, contents))
        case "battery", {"replies": [*replies]}:
            return all(isinstance(reply, dict) for reply in replies)
        case "show", {"texts": [str(), *_]}:
            return True
    return False


def _is_content(content: Any) -> bool:
    """Whether this is a number, the description of something else, or a list of these."""
    if isinstance(content, list):
        return all(map(_is_content, content))
    if isinstance(content, dict):
        return isinstance(content.get("odd"), str) and isinstance(content.get("type"), str)
    return isinstance(content, int | float) and not isinstance(content, bool)


def _syntax_sentence(reply: Mapping[str, Any]) -> str:
    line, column, text = reply.get("line"), reply.get("column"), reply.get("text")
    sentence = f"line {line}: {reply['syntax']}" if line else f"{reply['syntax']}"
    if not isinstance(text, str) or not isinstance(column, int):
        return sentence
    shown = text.rstrip("\n").expandtabs(1)
    left = max(0, min(column - 1, len(shown)) - 60)
    caret = " " * (min(column - 1, len(shown)) - left) + "^"
    return f"{sentence}\n    {clip(shown[left : left + 100], 100)}\n    {caret}"


def _memory_sentence(call: str) -> str:
    return (
        f"{call} asked for more than {MEMORY >> 20:,} MB of memory. Does a list grow without end?"
    )


def _signal_name(number: int) -> str:
    known: Sequence[tuple[str, str]] = (
        ("SIGSEGV", "a segmentation fault, often a recursion that never ends"),
        ("SIGKILL", "it was killed"),
        ("SIGABRT", "it aborted"),
    )
    for name, words in known:
        if getattr(signal, name, None) == number:
            return f"{words} ({name})"
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _close(stream: IO[bytes] | None) -> None:
    if stream:
        with contextlib.suppress(OSError, ValueError):
            stream.close()
