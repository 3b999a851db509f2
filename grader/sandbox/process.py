"""The candidate process as the judge has it: start, ask, wait, and end it with all it started.

The judge never executes the learner's code. It writes a request to the candidate's pipe, waits for
the numbers that come back, and kills the candidate when the verdict is done.
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
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from grader.core.model import Status, Submission, printable
from grader.core.workspace import PACKAGE, ROOT, find_home, find_practice_folder
from grader.sandbox import reaper
from grader.sandbox.failures import Ended, LearnerError
from grader.sandbox.protocol import LOAD, Verb

T = TypeVar("T")
HERE = os.path.dirname(os.path.abspath(__file__))
CORE_SECONDS = 3.6
ALL_SECONDS = 4.2
MEMORY = 1 << 30
FILE_SIZE = 64 << 20
HEAD, TAIL = 8_000, 4_000
REPLY_LIMIT = 33_000_000
POLL = 0.05


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


class CandidateProcess:
    """One candidate process, which has `seconds` of processor time and a little more."""

    def __init__(
        self,
        submission: Submission,
        seconds: float = CORE_SECONDS,
    ) -> None:
        self.capture = Capture()
        self.seconds = seconds
        self.scratch = tempfile.mkdtemp(prefix="kata-")
        self.file = os.path.join(self.scratch, f"{submission.kata.name}.py")
        self.stack = os.path.join(self.scratch, ".stack")
        Path(self.file).write_bytes(submission.solution.source)
        self.started = time.monotonic()
        self.replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.ended: Ended | None = None
        self.known = reaper.children()
        self.process = self._start()
        self.threads = [
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_output, daemon=True),
        ]
        for thread in self.threads:
            thread.start()
        self._write(self._setup(submission))
        self.send(LOAD)

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

    def _setup(self, submission: Submission) -> dict[str, Any]:
        return {
            "path": self.file,
            "name": submission.kata.name,
            "scratch": self.scratch,
            "stack_file": self.stack,
            "stack_after": self.seconds - 0.4,
            "kit": PACKAGE,
            "allowed": submission.allowed,
            "wall": Path(HERE, "wall.py").read_text("utf-8"),
            "forbidden": forbidden_places(),
            "readable": [self.scratch],
            "memory": MEMORY,
            "cpu_seconds": int(self.seconds + ALL_SECONDS - CORE_SECONDS) + 2,
            "file_size": FILE_SIZE,
        }

    def send(self, verb: Verb[Any], **arguments: Any) -> None:
        """Write a request; if the candidate is gone, the missing reply tells."""
        self._write({"verb": verb.name, **arguments})

    def _write(self, request: dict[str, Any]) -> None:
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

    def receive(self, verb: Verb[T], deadline: float, call: str) -> T:
        """Wait for the reply to one verb.

        Raises LearnerError if the learner's code raised, and Ended if there is no reply by the
        deadline; `call` says what was done, for the sentence about a call that hangs.
        """
        line = self._next_line(deadline, call)
        reply = verb.decode(line)
        if reply is None:
            raise self._end("crashed", "The file wrote over the grader's pipe.")
        if reply.raised is None:
            assert reply.done is not None
            return reply.done
        if reply.raised["memory"]:
            raise self._end("out-of-memory", _memory_sentence(call))
        if reply.raised["exit"]:
            line_ = reply.raised["line"]
            place = f" at line {line_}" if line_ else ""
            sentence = f"The file asked Python to exit{place}, so no check could finish."
            raise self._end("crashed", sentence)
        raise LearnerError(reply.raised)

    def _next_line(self, deadline: float, call: str) -> bytes:
        while True:
            patience = min(POLL, max(0.001, deadline - time.monotonic()))
            try:
                line = self.replies.get(timeout=patience)
            except queue.Empty:
                if time.monotonic() >= deadline:
                    raise self._end("timed-out", self._timeout_sentence(call)) from None
                if self.process.poll() is None or not self.replies.empty():
                    continue
                line = None
            if line is None:
                raise self._end(*self._cause_of_death())
            return line

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
        reaper.kill_descendants(self.known)
        for thread in self.threads:
            thread.join(0.2)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            _close(stream)
        shutil.rmtree(self.scratch, ignore_errors=True)


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
    places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), scratch)
    return {**environment, **places, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


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
