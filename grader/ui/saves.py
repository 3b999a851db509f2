"""That a file was saved, apart from what a save causes.

One stat every 30 ms, not the system's notifications (watchfiles): it works the same on every file
system, also where notifications do not arrive (NFS, Windows folders under WSL, folders mounted into
a container), and sees a file that is renamed into place. Measured on two busy cores:

    from save to event    median  95 %   idle processor time
    stat every 30 ms       20 ms  30 ms  0.8 %
    stat every 50 ms       25 ms  50 ms  0.4 %
    watchfiles, step 5 ms   9 ms  13 ms  0.8 %, and 80 ms to import it
    watchfiles, defaults   77 ms  99 ms  0.1 %

Two saves in place, of one size and within one tick of the file system's clock, look like one; the
key that grades now is for them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

LOOK = 0.03  # seconds between two looks
Stamp = tuple[int, int, int] | None


def saves_of(path: Path) -> AsyncIterator[None]:
    """Return an event for each time that a file is saved, replaced, gone or back, from now on."""
    return _differences(path, _stamp(path))


async def _differences(path: Path, seen: Stamp) -> AsyncIterator[None]:
    while True:
        await asyncio.sleep(LOOK)
        now = _stamp(path)
        if now != seen:
            seen = now
            yield


def _stamp(path: Path) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
