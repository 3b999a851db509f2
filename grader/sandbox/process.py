"""A walled process as the judge has it: start, ask, wait, and end it with all it started.

The judge never executes the learner's code. It writes a request to the candidate's pipe, waits for
the numbers that come back, and has `supervisor` kill everything when the verdict is done.
"""

from __future__ import annotations

import contextlib
import functools
import json
import marshal
import os
import queue
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from grader.core import workspace
from grader.core.model import Kata, KitError, Status, Submission, printable
from grader.core.workspace import ROOT, find_home, find_practice_folder
from grader.sandbox import supervisor
from grader.sandbox.addresses import fixed_addresses
from grader.sandbox.failures import LIMITS, Ended, LearnerError, how_it_died, show_seconds
from grader.sandbox.meter import Meter
from grader.sandbox.packages import ONE_THREAD, numpy_for
from grader.sandbox.protocol import LOAD, SETUP, Verb
from grader.sandbox.scratch import make_scratch, remove_tree, sweep_scratch
from grader.sandbox.system import SUPERVISED, signal_name

T = TypeVar("T")
SUPERVISOR = os.path.abspath(supervisor.__file__)
CORE_SECONDS = 3.6
ALL_SECONDS = 4.2
START_SECONDS = 30.0  # for Python and the wall to get ready, which is not the learner's time
BACKSTOP = 8  # times the seconds that a process may work, by the clock on the wall
MEMORY = 1 << 30
FILE_SIZE = 64 << 20
HEAD, TAIL = 8_000, 4_000
STACK_LIMIT = 64_000
REPLY_LIMIT = 33_000_000
SMALL_PIPE = 4_000  # bytes that every system's pipe holds
POLL, LAST_SECONDS = 0.05, 1.0


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


class WalledProcess:
    """A module of the kit in a process of its own, behind the wall.

    It is charged for the time in which it has a request to answer, less the time in which it was
    ready and the machine did something else.
    """

    def __init__(self, module: str, seconds: float) -> None:
        self.seconds = seconds
        self.capture = Capture()
        self.replies: queue.SimpleQueue[tuple[float, bytes | None]] = queue.SimpleQueue()
        self.ended: Ended | None = None
        self.meter = Meter(0)
        self.spent = self.lost = 0.0
        self.asked = self.sent = 0  # requests that wait for a reply, and all of them
        self.unread = 0  # bytes that the process may not have read yet
        self.is_ready = False  # the wall stands, and what it does now is its own time
        self.killing = threading.Lock()
        self.since = self.waited = 0.0
        sweep_scratch()
        self.scratch = make_scratch()
        self.stack = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        self.control = self.report = -1
        try:
            self.process = self._start(module)
        except OSError as error:
            self._clear()
            raise KitError(
                f"No process can be started to run the file in: {error.strerror}.",
                "Close other programs, then try again.",
            ) from None
        self.threads = [
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_output, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing of it behind."""
        self.close()

    def _start(self, module: str) -> subprocess.Popen[bytes]:
        # As -I, but for PYTHONHASHSEED: no other such name is in the environment we give it.
        python = [sys.executable, "-P", "-s", "-S", "-X", "utf8"]
        command = [*python, SUPERVISOR, module, self.scratch]
        theirs: tuple[int, ...] = ()
        if SUPERVISED:
            reader, self.control = os.pipe()
            self.report, writer = os.pipe()
            theirs = (reader, writer)
            command += map(str, (*theirs, self.stack.fileno()))
        try:
            with fixed_addresses():
                return subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=self.scratch,
                    env=_environment(self.scratch),
                    start_new_session=True,
                    pass_fds=(*theirs, self.stack.fileno()) if theirs else (),
                )
        finally:
            for handle in theirs:
                os.close(handle)

    def confinement(self, kata: Kata) -> dict[str, Any]:
        """Return what the wall is made from: where it may write, what it may not read, how much."""
        return {
            **numpy_for(kata),
            "scratch": self.scratch,
            "forbidden": forbidden_places(),
            "readable": [self.scratch],
            "memory": MEMORY,
            "cpu_seconds": int(self.seconds + ALL_SECONDS - CORE_SECONDS) + 2,
            "file_size": FILE_SIZE,
        }

    def charge_from_now(self, pid: int) -> None:
        """Forget what getting ready took: the time of the process itself begins."""
        self.meter, self.is_ready = Meter(pid), True
        self.spent = self.lost = 0.0
        self.waited = self.meter.waited()

    def write(self, request: Mapping[str, Any] | None) -> None:
        """Write a request; if the process is gone, the missing reply tells."""
        if not self.asked:
            self.since, self.waited, self.unread = time.monotonic(), self.meter.waited(), 0
        self.asked += 1
        self.sent += 1
        line = msgspec.json.encode(request) + b"\n"
        self.unread += len(line)
        assert self.process.stdin is not None
        # A stopped process never drains its pipe, and a write would wait for it without end.
        seconds = self.seconds if self.is_ready else START_SECONDS
        watchdog = threading.Timer(seconds, self.kill) if self.unread > SMALL_PIPE else None
        if watchdog:
            watchdog.daemon = True
            watchdog.start()
        with contextlib.suppress(OSError):  # it died: the missing reply tells
            self.process.stdin.write(line)
            self.process.stdin.flush()
        if watchdog:
            watchdog.cancel()

    def read(self, seconds: float, call: str) -> bytes:
        """Return the next reply; raise Ended when it is gone, or has worked for so many seconds."""
        until = self.spent + seconds
        backstop = time.monotonic() + max(BACKSTOP * seconds, POLL)
        while True:
            try:
                arrived, line = self.replies.get(timeout=POLL)
            except queue.Empty:
                spent = self.spent + self._charge(time.monotonic())
                if spent >= until or time.monotonic() >= backstop:
                    raise self.end("timed-out", self._timeout_sentence(call, spent)) from None
                if self.process.poll() is None:
                    continue
                arrived, line = self._last_reply()
            if line is None:
                raise self.end(*self._cause_of_death())
            self._settle(arrived)
            return line

    def _last_reply(self) -> tuple[float, bytes | None]:
        """Return what a process that has ended said before, which may still be on its way."""
        with contextlib.suppress(queue.Empty):
            return self.replies.get(timeout=LAST_SECONDS)
        return time.monotonic(), None

    def _charge(self, now: float) -> float:
        """Return what the requests under way have cost so far."""
        return max(0.0, now - self.since - (self.meter.waited() - self.waited))

    def _settle(self, arrived: float) -> None:
        waited = self.meter.waited()
        self.spent += self._charge(arrived)
        self.lost += waited - self.waited
        self.asked -= 1
        self.since, self.waited = arrived, waited

    def end(self, status: Status, message: str) -> Ended:
        """Kill it, and return how it ended."""
        self.ended = Ended(status, message)
        if self.asked:
            self._settle(time.monotonic())
        self.kill()
        return self.ended

    def _timeout_sentence(self, call: str, spent: float) -> str:
        seconds = show_seconds(spent)
        used = self.meter.processor()
        place = self._hung_at()
        if used is None or used > spent / 2:
            return f"{call} was still running after {seconds}{place}. Does every loop end?"
        return f"{call} was still waiting after {seconds}{place}. Does it sleep, or read input?"

    def _hung_at(self) -> str:
        """Return the line of the learner's file that is being executed, if it can be told."""
        return ""

    def stack_text(self) -> str:
        """Ask the process for its stack; what it writes is no more than a text to be read."""
        with contextlib.suppress(OSError):
            os.write(self.control, b"s")
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                text = os.pread(self.stack.fileno(), STACK_LIMIT, 0)
                if text.endswith(b"\n"):
                    return text.decode("utf-8", "replace")
                time.sleep(0.005)
        return ""

    def _cause_of_death(self) -> tuple[Status, str]:
        how = self._ending()
        self.threads[1].join(0.2)
        if "MemoryError" in self.capture.ending() or "out of memory" in self.capture.ending():
            return "out-of-memory", memory_sentence("The file")
        match how:
            case {"limit": "memory"}:
                whole = "The file with all it started"
                return "out-of-memory", memory_sentence(whole, supervisor.MOST_MEMORY)
            case {"limit": str(limit)}:
                return "crashed", LIMITS.get(limit, "The file asked for too much.")
            case {"signal": int(number)} if signal_name(number) == "SIGXCPU":
                return "timed-out", self._timeout_sentence("The file", self.seconds)
            case {"signal": int(number)}:
                return "crashed", f"The file's process died: {how_it_died(signal_name(number))}."
            case {"code": int(code)}:
                return "crashed", f"The file ended its own process with exit code {code}."
        if self.control < 0:  # it was killed because it did not read what it was asked
            return "timed-out", self._timeout_sentence("The file", self.seconds)
        if self.process.poll() is None:
            return "crashed", "The file closed the grader's pipe."
        return "crashed", "The file's process is gone: something outside has killed it."

    def _ending(self) -> dict[str, Any]:
        """Return how the process ended, as the supervisor reports it."""
        if SUPERVISED:
            ready, _, _ = select.select([self.report], [], [], 3)
            with contextlib.suppress(OSError, ValueError):
                found: dict[str, Any] = json.loads(os.read(self.report, 4_096)) if ready else {}
                return found
            return {}  # the supervisor itself was killed
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        return {"code": self.process.returncode}

    def _read_replies(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        read = 0
        with contextlib.suppress(OSError, ValueError):
            while line := stream.readline(REPLY_LIMIT):
                read += 1
                # What nobody asked for is not kept, or the judge would pay for it in memory.
                self.replies.put((time.monotonic(), line if read <= self.sent else b""))
                if read > self.sent:
                    return
        self.replies.put((time.monotonic(), None))

    def _read_output(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(stream.fileno(), 1 << 16):
                self.capture.feed(chunk)

    def kill(self) -> None:
        """Have the process and all that descends from it killed."""
        if not SUPERVISED:
            with contextlib.suppress(OSError):
                self.process.kill()
            return
        with self.killing:
            if self.control >= 0:
                os.close(self.control)
                self.control = -1

    def close(self) -> None:
        """Kill, wait, and remove the scratch folder; nothing survives."""
        self.kill()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for thread in self.threads:
            thread.join(0.2)
        for stream in filter(None, (self.process.stdin, self.process.stdout, self.process.stderr)):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        self._clear()

    def _clear(self) -> None:
        for handle in (self.control, self.report):
            if handle >= 0:
                os.close(handle)
        self.control = self.report = -1
        self.stack.close()
        remove_tree(self.scratch)


class CandidateProcess(WalledProcess):
    """A process that has the learner's file."""

    def __init__(
        self,
        submission: Submission,
        seconds: float = CORE_SECONDS,
        module: str = "grader.sandbox.candidate",
        **more: int,
    ) -> None:
        super().__init__(module, seconds)
        self.name = submission.module or submission.kata.name
        self.file = os.path.join(self.scratch, f"{self.name}.py")
        self.take(submission, **more)

    def take(self, submission: Submission, **more: int) -> None:
        """Give it a file to load."""
        try:
            Path(self.file).write_bytes(submission.solution.source)
        except OSError as error:
            self.close()
            raise KitError(
                f"The file can't be copied to {self.scratch!r}: {error.strerror}.",
                "Make room there, or set TMPDIR to another folder.",
            ) from None
        own = {"path": self.file, "name": self.name, "allowed": code_of(submission.allowed)}
        self.write({**self.confinement(submission.kata), **own, **more})
        self.send(LOAD)

    def send(self, verb: Verb[Any], **arguments: Any) -> None:
        """Write a request; if the candidate is gone, the missing reply tells."""
        self.write({"verb": verb.name, **arguments})

    def await_wall(self) -> list[str]:
        """Wait until the wall stands, and return what it is made of; the learner's time begins."""
        found = self.receive(SETUP, START_SECONDS, "The kit")
        self.charge_from_now(found["pid"])
        return found["wall"]

    def receive(self, verb: Verb[T], seconds: float, call: str) -> T:
        """Wait for the reply to one verb, while the candidate works for so many seconds at most.

        Raises LearnerError if the learner's code raised, and Ended if there is no reply; `call`
        says what was done, for the sentence about a call that hangs.
        """
        reply = verb.decode(self.read(seconds, call))
        if reply is None:
            raise self.end("crashed", "The file wrote over the grader's pipe.")
        if reply.done is not None:
            return reply.done
        assert reply.raised is not None
        if reply.raised["memory"]:
            raise self.end("out-of-memory", memory_sentence(call))
        if reply.raised["exit"]:
            line = reply.raised["line"]
            place = f" at line {line}" if line else ""
            sentence = f"The file asked Python to exit{place}, so no check could finish."
            raise self.end("crashed", sentence)
        raise LearnerError(reply.raised)

    def _hung_at(self) -> str:
        for line in self.stack_text().splitlines():
            if self.file in line:
                _, _, rest = line.rpartition('", line ')
                number, _, function = rest.partition(" in ")
                return f", at line {number} in {printable(function)[:80]}"
        return ""


def memory_sentence(call: str, limit: int = MEMORY) -> str:
    return f"{call} asked for more than {limit >> 20:,} MB of memory. Does a list grow without end?"


def code_of(modules: Mapping[str, str]) -> dict[str, str]:
    """Return modules as byte code alone, which no file or text that Python knows of leads from."""
    return {name: _code_of(name, text) for name, text in modules.items()}


@functools.cache
def _code_of(name: str, text: str) -> str:
    return marshal.dumps(compile(text, f"<{name}>", "exec", dont_inherit=True)).hex()


def forbidden_places() -> list[str]:
    """Return every folder in which an answer lies."""
    ours = ("grader", "reference", "hints", "tests", "katas", ".git")
    places = [os.path.join(ROOT, folder) for folder in ours]
    if practice := find_practice_folder():
        places.append(os.path.join(practice, "katas"))
    if home := find_home():
        places.append(home)
    return sorted({os.path.realpath(place) for place in places if os.path.exists(place)})


def _environment(scratch: str) -> dict[str, str]:
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZ")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    home = find_home() if workspace.from_clone() else None
    if home:  # the supervisor takes it out again
        environment["KATA_BYTECODE"] = os.path.join(home, "cache", "bytecode")
    places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), scratch)
    fixed = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "PYTHONHASHSEED": "0"}
    return {**environment, **places, **fixed, **ONE_THREAD}
