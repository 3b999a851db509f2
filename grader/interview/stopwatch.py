"""Time that has passed, right through suspend, clock changes, and the end of the process.

Within a boot of the machine the clock that counts sleep and can't be set is asked. Across boots,
and where there is no such clock, the time of day is all there is; it never takes back what has
passed already.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from grader.core import store
from grader.interview.events import InterviewContinued, InterviewPaused, Moment, Stamp


class Clock(Protocol):
    """Where time comes from; the suite has one of its own."""

    def now(self) -> datetime:
        """Return the time of day."""
        ...

    def ticks(self) -> float:
        """Return seconds since some moment of this boot, sleep included."""
        ...

    def boot(self) -> str:
        """Return a name of this boot: ticks of another one can't be compared."""
        ...


class MachineClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        return store.now()

    def ticks(self) -> float:
        """Return the clock that counts suspended time, where there is one."""
        if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        if hasattr(time, "CLOCK_MONOTONIC"):  # on macOS it goes on through sleep
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        return time.monotonic()

    def boot(self) -> str:
        """Return Linux's number of the boot, or nothing, which equals no other boot."""
        with contextlib.suppress(OSError):
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return ""


class Stopwatch:
    """Seconds since an interview began, pauses left out.

    The full-screen view reads it for the countdown while another thread stamps events. A reading
    moves two numbers that belong together, so one thread at a time may do it: an older reading of
    the clock, put over a newer one, would count the time between them twice.
    """

    def __init__(self, clock: Clock, moments: Sequence[Moment[Any]] = ()) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.paused = False
        self.passed = 0.0  # at the last reading
        self.ticks = clock.ticks()
        if moments:
            self._go_on_from(moments[-1], any_paused(moments))

    def _go_on_from(self, last: Moment[Any], paused: bool) -> None:
        self.passed = last.at
        self.paused = paused
        if paused:
            return
        if last.stamp.boot and last.stamp.boot == self.clock.boot():
            missed = self.ticks - last.stamp.ticks
        else:
            missed = (self.clock.now() - last.time).total_seconds()
        self.passed += max(0.0, missed)

    def read(self) -> float:
        """Return the seconds that have passed."""
        with self.lock:
            ticks = self.clock.ticks()
            if not self.paused:
                self.passed += max(0.0, ticks - self.ticks)
            self.ticks = ticks
            return self.passed

    def stamp(self) -> Stamp:
        """Return what an event needs so that a later process can go on from it."""
        with self.lock:
            return Stamp(self.read(), self.ticks, self.clock.boot())

    def pause(self) -> None:
        """Stop the watch."""
        with self.lock:
            self.read()
            self.paused = True

    def go_on(self) -> None:
        """Let the watch run again."""
        with self.lock:
            self.read()
            self.paused = False


def any_paused(moments: Sequence[Moment[Any]]) -> bool:
    """Whether the last pause has not ended."""
    turns = [m.what for m in moments if isinstance(m.what, InterviewPaused | InterviewContinued)]
    return bool(turns) and isinstance(turns[-1], InterviewPaused)
