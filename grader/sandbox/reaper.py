"""Finding and killing whatever a candidate left behind, on Linux even a daemon."""

from __future__ import annotations

import os
import signal
import sys
import time

SET_CHILD_SUBREAPER = 36


def become_subreaper() -> bool:
    """Let processes whose parent died become this one's children, so that they can be found."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        long = ctypes.c_ulong
        done = ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, long(1), long(0), long(0), long(0))
    except (ImportError, OSError, AttributeError):
        return False
    return int(done) == 0


def children() -> set[int]:
    """Return the processes that this one is the parent of; none where /proc does not tell."""
    found: set[int] = set()
    try:
        for task in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{task}/children") as file:
                found |= set(map(int, file.read().split()))
    except (OSError, ValueError):
        return {child for child, parent in parents().items() if parent == os.getpid()}
    return found


def parents() -> dict[int, int]:
    """Return the parent of every process."""
    found: dict[int, int] = {}
    names = os.listdir("/proc") if os.path.isdir("/proc") else []
    for name in filter(str.isdigit, names):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                found[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return found


def kill_descendants(known: set[int]) -> int:
    """Kill all that descends from this process but for the children it knew before.

    Everything found is stopped first, again and again until nothing new turns up, so that a
    process that keeps forking is not outrun. Returns how many were killed.
    """
    killed: set[int] = set()
    until = time.monotonic() + 1
    while (found := descendants(known)) and time.monotonic() < until:
        signal_all(found, "SIGSTOP")
        while (more := descendants(known) - found) and time.monotonic() < until:
            signal_all(more, "SIGSTOP")
            found |= more
        signal_all(found, "SIGKILL")
        killed |= found
        for pid in found:
            try:
                os.waitpid(pid, os.WNOHANG)
            except (ChildProcessError, OSError):
                continue
        time.sleep(0.001)
    return len(killed)


def descendants(known: set[int]) -> set[int]:
    """Return every process below this one, but for the known children and theirs."""
    found = children() - known
    if not found:
        return found
    tree = parents()
    grown = True
    while grown:
        more = {child for child, parent in tree.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def signal_all(processes: set[int], name: str) -> None:
    """Send a signal to each; some may be gone."""
    for pid in processes:
        try:
            os.kill(pid, getattr(signal, name))
        except OSError:
            continue
