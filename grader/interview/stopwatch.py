"""Time that has passed, right through suspend, clock changes, and the end of the process.

Within a boot of the machine the clock that counts sleep and can't be set is asked. Across boots,
and where there is no such clock, the time of day is all there is; it never takes back what has
passed already.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from grader.core import store
from grader.core.store import Event


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
    """Seconds since an interview began, pauses left out."""

    def __init__(self, clock: Clock, events: Sequence[Event] = ()) -> None:
        self.clock = clock
        self.paused = False
        self.passed = 0.0  # at the last reading
        self.ticks = clock.ticks()
        if events:
            self._go_on_from(events[-1], any_paused(events))

    def _go_on_from(self, last: Event, paused: bool) -> None:
        self.passed = float(last.data["at"])
        self.paused = paused
        if paused:
            return
        if last.data["boot"] and last.data["boot"] == self.clock.boot():
            missed = self.ticks - float(last.data["ticks"])
        else:
            missed = (self.clock.now() - last.time).total_seconds()
        self.passed += max(0.0, missed)

    def read(self) -> float:
        """Return the seconds that have passed."""
        ticks = self.clock.ticks()
        if not self.paused:
            self.passed += max(0.0, ticks - self.ticks)
        self.ticks = ticks
        return self.passed

    def stamp(self) -> dict[str, float | str]:
        """Return what an event needs so that a later process can go on from it."""
        return {"at": self.read(), "ticks": self.ticks, "boot": self.clock.boot()}

    def pause(self) -> None:
        """Stop the watch."""
        self.read()
        self.paused = True

    def go_on(self) -> None:
        """Let the watch run again."""
        self.read()
        self.paused = False


def any_paused(events: Sequence[Event]) -> bool:
    """Whether the last pause among the events has not ended."""
    kinds = [event.kind for event in events if event.kind in ("pause", "continue")]
    return bool(kinds) and kinds[-1] == "pause"
