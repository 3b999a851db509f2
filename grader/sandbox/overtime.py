"""A limit to the processor time of one request, with or without a timer of the system."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Any

from grader.sandbox import system

PEEK = 0.02  # seconds between two looks at the processor time


class Overtime(BaseException):
    """A request of a battery has used up its processor time."""


def overtime_after(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Return a block that Overtime is raised in when it has used so much processor time."""
    return timer(seconds) if system.TIMER else watcher(seconds)


@contextlib.contextmanager
def timer(seconds: float) -> Iterator[None]:
    """Have the system raise Overtime in the block."""
    signal.signal(signal.SIGVTALRM, _raise_overtime)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _raise_overtime(number: int, frame: Any) -> None:
    raise Overtime


@contextlib.contextmanager
def watcher(seconds: float) -> Iterator[None]:
    """Have a thread raise Overtime in the block, where the system has no such timer."""
    import ctypes
    import threading

    until, done, lock = time.process_time() + seconds, threading.Event(), threading.Lock()
    here = ctypes.c_ulong(threading.get_ident())
    throw = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        while not done.wait(PEEK):
            with lock:
                if time.process_time() >= until and not done.is_set():
                    throw(here, ctypes.py_object(Overtime))
                    return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()
