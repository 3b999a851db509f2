"""The script behind every candidate: it forks, watches over its child, and leaves nothing alive.

    supervisor.py MODULE SCRATCH [CONTROL REPORT STACK]

The child runs MODULE's `main`, which puts up the wall. The parent waits for the first of three
things: the child ends, the sum of what it and its descendants take is too large, or the judge is
done or gone, which both close the pipe CONTROL. Then every descendant is killed, also a daemon that
left the process group: on Linux this process is their subreaper. How it ended is written to REPORT.

Only descendants of this process are ever looked at, so several verdicts can run side by side, and
nothing that the judge itself has started, such as the learner's editor, is in danger. Where there
is no `fork` (Windows) the module runs here, and the judge kills this process alone.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import select
import signal
import stat
import sys
import time
from types import ModuleType

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SET_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36
TICK = 0.1  # seconds between two looks at the sums
DISK_TICKS = 5
MOST_PROCESSES = 40
MOST_MEMORY = 3 << 29  # bytes resident, all together; one process has its own limit
MOST_DISK = 192 << 20
MOST_FILES = 5_000


def main(module: str, scratch: str, *handles: str) -> None:
    """Run a module of the kit in a child, and see to its end."""
    if not handles:
        run(module)
        return
    control, report, stack = map(int, handles)
    ask_of_process(SET_CHILD_SUBREAPER, 1)
    compile_first(module)
    child = os.fork()
    if child == 0:
        os.setsid()
        ask_of_process(SET_DEATH_SIGNAL, signal.SIGKILL)
        os.close(control)
        os.close(report)
        os.set_inheritable(stack, False)
        faulthandler.register(signal.SIGUSR1, file=stack, all_threads=False)
        run(module)
        os._exit(0)
    for handle in (0, 1, 2, stack):  # the child's alone: their end is what tells the judge
        os.close(handle)
    end: dict[str, int | str] = {}
    try:
        end = watch(child, control, scratch)
    finally:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)  # all there is where /proc does not tell
        kill_descendants()
        with contextlib.suppress(OSError):  # the judge may be gone
            os.write(report, json.dumps(end).encode())
        os._exit(0)


def compile_first(module: str) -> None:
    """Have byte code that is missing written by a process that ends.

    To compile leaves gaps in memory, and with them the learner's objects would have other addresses
    in the first verdict than in the second.
    """
    folder, name = os.path.split(os.path.join(ROOT, *module.split(".")))
    prefix = os.environ.get("KATA_BYTECODE", "")
    code = f"{prefix}{folder}/{name}.{sys.implementation.cache_tag}.pyc"
    if not prefix or os.path.exists(code):
        return
    child = os.fork()
    if child == 0:
        load(module)
        os._exit(0)
    os.waitpid(child, 0)
    if os.path.exists(code):  # else it can't be written
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  (this command, once more)


def run(module: str) -> None:
    """Run a module of the kit, and leave no way to the kit behind."""
    found = load(module)
    os.environ.pop("KATA_BYTECODE", None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    found.main()


def load(module: str) -> ModuleType:
    """Import a module of the kit, and write its byte code where it is kept."""
    sys.path.append(ROOT)
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix = os.environ.get("KATA_BYTECODE")
    sys.dont_write_bytecode = sys.pycache_prefix is None
    found = importlib.import_module(module)
    sys.pycache_prefix, sys.dont_write_bytecode = before
    sys.path.remove(ROOT)
    return found


def watch(child: int, control: int, scratch: str) -> dict[str, int | str]:
    """Wait until the child is to end or has ended; say how."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ticks = 0
    while True:
        ready, _, _ = select.select([control, wake], [], [], TICK)
        if control in ready:
            asked = os.read(control, 64)
            if not asked:
                return {}
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGUSR1)
        if wake in ready:
            os.read(wake, 64)
        if end := ending_of(child):
            return end
        ticks += 1
        if limit := too_much(child, scratch if ticks % DISK_TICKS == 0 else ""):
            return {"limit": limit}


def ending_of(child: int) -> dict[str, int | str]:
    """Return how the child ended, or nothing while it lives; the other dead are buried as well."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return {"code": 0}
        if pid == 0:
            return {}
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return {"code": code} if code >= 0 else {"signal": -code}


def too_much(child: int, scratch: str) -> str:
    """Return what there is too much of in sum: processes, memory, disk; "" for nothing."""
    family = descendants()
    if len(family) > MOST_PROCESSES:
        return "processes"
    if len(family) > 1 and sum(map(resident, family)) > MOST_MEMORY:
        return "memory"
    return "disk" if scratch and disk_of(scratch, family) > MOST_DISK else ""


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has in use."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def disk_of(folder: str, family: set[int]) -> int:
    """Return the bytes of all files below a folder, and of those held open without a name.

    More files than are counted are too much, however small, and so is a folder that can't be read.
    """
    whole, count, todo = 0, 0, [folder]
    while todo:
        try:
            path = todo.pop()
            found = os.lstat(path)
            if stat.S_ISDIR(found.st_mode):
                todo += [os.path.join(path, name) for name in os.listdir(path)]
        except (FileNotFoundError, NotADirectoryError):  # gone meanwhile
            continue
        except OSError:
            return MOST_DISK + 1
        count += 1
        whole += found.st_blocks * 512
        if max(count, len(todo)) > MOST_FILES:
            return MOST_DISK + 1
    return whole + nameless(family)


def nameless(family: set[int]) -> int:
    """Return the bytes of the files that processes hold open and that have no name any more."""
    sizes: dict[tuple[int, int], int] = {}
    for pid in family:
        with contextlib.suppress(OSError):
            for handle in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    found = os.stat(f"/proc/{pid}/fd/{handle}")
                    if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                        sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


def ask_of_process(option: int, value: int) -> bool:
    """Set an option of this process (man 2 prctl); return whether the system has it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes  # a few milliseconds, on Linux alone

        long = ctypes.c_ulong
        done = ctypes.CDLL(None).prctl(option, long(value), long(0), long(0), long(0))
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


def descendants() -> set[int]:
    """Return every process below this one."""
    found = children()
    if not any(map(has_children, found)):
        return found
    tree = parents()
    grown = True
    while grown:
        more = {child for child, parent in tree.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def has_children(pid: int) -> bool:
    """Whether a process may have started another."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                if file.read(1):
                    return True
    except OSError:
        return True
    return False


def kill_descendants() -> int:
    """Kill all that descends from this process; return how many there were.

    Everything found is stopped first, again and again until nothing new turns up, so that a
    process that keeps forking is not outrun.
    """
    killed: set[int] = set()
    until = time.monotonic() + 1
    while (found := descendants()) and time.monotonic() < until:
        signal_all(found, signal.SIGSTOP)
        while (more := descendants() - found) and time.monotonic() < until:
            signal_all(more, signal.SIGSTOP)
            found |= more
        signal_all(found, signal.SIGKILL)
        killed |= found
        for pid in found:
            with contextlib.suppress(OSError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.001)
    return len(killed)


def signal_all(processes: set[int], number: int) -> None:
    """Send a signal to each; some may be gone."""
    for pid in processes:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
