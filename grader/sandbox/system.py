"""What macOS and Windows lack of what the sandbox stands on, and what is done instead.

Linux has all of it. `supervisor` is a script that imports nothing of the kit: it asks for itself.
"""

from __future__ import annotations

import os
import signal
import sys

# Landlock, seccomp and capabilities are Linux's own: elsewhere the audit hooks are all there is.
LINUX = sys.platform.startswith("linux")
# Windows has no fork, so no supervisor: the judge ends the process itself.
SUPERVISED = hasattr(os, "fork")
# Windows has no timer that counts processor time: a thread looks now and then.
TIMER = hasattr(signal, "setitimer")
# Nothing but Linux says how long a process was ready and others had the processor.
TELLS = os.path.exists("/proc/self/schedstat")
# On Windows `Lib` and `lib`, `\` and `/` are the same; ctypes itself loads this library there.
same_case = os.path.normcase
NEEDED_BY_CTYPES = "kernel32"


def is_overloaded() -> bool:
    """Whether more programs want a processor than there are processors; Windows does not say."""
    try:
        return os.getloadavg()[0] > (os.cpu_count() or 1)
    except (OSError, AttributeError):
        return False


def is_alive(pid: int) -> bool:
    """Whether there is such a process; on Windows to ask, with signal 0, would end it."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def belongs_to_me(entry: os.DirEntry[str]) -> bool:
    """Whether a file is this user's; on Windows the folder of temporary files is."""
    return not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()


def signal_name(number: int) -> str:
    """Return a signal's name; Windows and macOS do not have all of them."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
