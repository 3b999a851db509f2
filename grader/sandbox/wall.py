"""The wall around a candidate: limits, the operating system's refusal, and clear messages.

The candidate runs this before the learner's file. Landlock, where Linux grants it, is the wall: it
binds the process and all it starts, and lets them read the standard library and the system's own
files, write in the scratch folder, and nothing else. `seccomp` closes what Landlock does not know.
Audit hooks stand before both, for a sentence instead of a bare "permission denied", and alone where
there is neither: an honest mistake is told then, and a hostile file is not held.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from grader.sandbox import seccomp, system

SET_NO_NEW_PRIVS = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
ALL_OF_FIRST_VERSION = (1 << 13) - 1
TCP, SIGNALS_AND_SOCKETS = 3, 3
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/nix/store")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
FORKS = 8


def limit_resources(memory: int, cpu_seconds: int, file_size: int) -> None:
    """Limit memory, processor time, file size and processes, where the platform can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": file_size,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_NPROC": tasks_on_this_machine() + 200,
    }
    for name, limit in limits.items():
        try:
            _, hard = resource.getrlimit(getattr(resource, name))
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (AttributeError, ValueError, OSError):
            continue


def tasks_on_this_machine() -> int:
    """Return how many processes and threads there are, or a large number if nobody says."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 10_000


def confine(setup: dict[str, Any]) -> list[str]:
    """Shut this process off as the judge's first request says; return what the wall is made of."""
    scratch, forbidden = setup["scratch"], setup["forbidden"]
    os.chdir(scratch)
    sys.path[:] = [entry for entry in sys.path if entry]
    limit_resources(setup["memory"], setup["cpu_seconds"], setup["file_size"])
    raised = raise_wall(scratch, forbidden, setup["packages"])
    walled, forks = "Landlock" in raised, setup.get("forks", FORKS)
    packages = setup["packages"]
    install_audit(scratch, forbidden, walled, setup["readable"], forks, packages=packages)
    return raised


def raise_wall(scratch: str, forbidden: list[str], packages: Sequence[str] = ()) -> list[str]:
    """Shut this process and its children off; return what the system has granted of the wall."""
    if not system.LINUX:
        return []
    raised, version = [], 0
    try:
        landlock = Landlock()
        if landlock.shut(scratch, forbidden, packages):
            raised.append("Landlock")
            version = landlock.version
    except (ImportError, OSError, AttributeError):
        pass
    try:
        if seccomp.shut(version):
            raised.append("seccomp")
    except (ImportError, OSError, AttributeError):
        pass
    return raised


class Landlock:
    """Linux's own way for a process to give up access (man 7 landlock)."""

    def __init__(self) -> None:
        import ctypes

        self.ctypes = ctypes
        self.libc = ctypes.CDLL(None)
        self.libc.syscall.restype = ctypes.c_long
        self.version = self._call(CREATE_RULESET, None, 0, 1)
        self.ruleset = -1

    def shut(self, scratch: str, forbidden: list[str], packages: Sequence[str] = ()) -> bool:
        """Grant what a kata needs and give up the rest; return whether the kernel agreed.

        `packages` are folders of installed packages that the kata may import.
        """
        if self.version < 1:
            return False
        self._create()
        granted = READ & self.handled
        excluded = {os.path.realpath(path) for path in [*forbidden, *installed_packages()]}
        for root in dict.fromkeys(map(os.path.realpath, [*readable_roots(), *packages])):
            self._grant_but(root, granted, excluded)
        for device in DEVICES:
            self._grant(device, self.handled & ON_FILES & ~EXECUTE)
        self._grant(os.path.realpath(scratch), self.handled)
        call = self.libc.prctl
        long = self.ctypes.c_ulong
        if call(SET_NO_NEW_PRIVS, long(1), long(0), long(0), long(0)):
            return False
        shut = self._call(RESTRICT_SELF, self.ruleset, 0) == 0
        os.close(self.ruleset)
        return shut

    def _create(self) -> None:
        added = {2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
        self.handled = ALL_OF_FIRST_VERSION
        for version, right in added.items():
            self.handled |= right if self.version >= version else 0
        fields = [self.handled]
        fields += [TCP] if self.version >= 4 else []
        fields += [SIGNALS_AND_SOCKETS] if self.version >= seccomp.KNOWS_SIGNALS else []
        attributes = (self.ctypes.c_uint64 * len(fields))(*fields)
        size = self.ctypes.sizeof(attributes)
        self.ruleset = self._call(CREATE_RULESET, self.ctypes.byref(attributes), size, 0)
        if self.ruleset < 0:
            raise OSError("no ruleset")

    def _grant_but(self, root: str, rights: int, excluded: set[str]) -> None:
        """Grant a folder minus what is excluded, of which no more than names is shown."""
        if root in excluded:
            return
        if not any(path.startswith(root + "/") for path in excluded):
            self._grant(root, rights)
            return
        self._grant(root, READ_DIR)
        inside = {path for path in excluded if path.startswith(root + "/")}
        try:
            names = os.listdir(root)
        except OSError:  # what can't be listed is not granted either
            return
        for name in names:
            path = os.path.join(root, name)
            if not os.path.islink(path):
                self._grant_but(path, rights, inside)

    def _grant(self, path: str, rights: int) -> None:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        if not os.path.isdir(path):
            rights &= ON_FILES
        rule = rights.to_bytes(8, sys.byteorder) + handle.to_bytes(4, sys.byteorder)
        self._call(ADD_RULE, self.ruleset, 1, rule, 0)
        os.close(handle)

    def _call(self, number: int, *arguments: Any) -> int:
        return int(self.libc.syscall(self.ctypes.c_long(number), *arguments))


def readable_roots() -> list[str]:
    """Return what Python and the system's programs need in order to run."""
    library = os.path.join(sys.base_prefix, "lib")
    executable = os.path.realpath(sys.executable)
    return [*SYSTEM, *[path for path in sys.path if path], library, executable]


def installed_packages() -> list[str]:
    """Return the folders in which Python packages are installed, this Python's and others'."""
    own = real(os.path.dirname(os.__file__))
    found = [os.path.join(own, name) for name in ("site-packages", "dist-packages")]
    for library in ("/usr/lib", "/usr/local/lib", os.path.join(sys.base_prefix, "lib")):
        if real(library) == own:  # on Windows, where `pydoc.py` begins like a Python as well
            continue
        try:
            names = os.listdir(library)
        except OSError:
            continue
        pythons = [os.path.join(library, name) for name in names if name.startswith("py")]
        found += [path for path in pythons if real(path) != own]
    return found


def real(path: str) -> str:
    """Return where a path leads, spelt as the system compares it."""
    return system.same_case(os.path.realpath(path))


def install_audit(
    scratch: str,
    forbidden: list[str],
    walled: bool,
    readable: list[str],
    forks: int = FORKS,
    packages: Sequence[str] = (),
) -> None:
    """Let Python refuse, with a sentence, what the wall would refuse without one."""
    handlers = Rules(scratch, forbidden, walled, readable, forks, packages).handlers()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None:
            handler(*arguments)

    sys.addaudithook(hook)


class Rules:
    """What a kata's file may do, event by event; functions are kept before it can patch them."""

    def __init__(
        self,
        scratch: str,
        forbidden: list[str],
        walled: bool,
        readable: list[str],
        forks: int = FORKS,
        packages: Sequence[str] = (),
    ) -> None:
        # Behind the wall a link leads nowhere, so the text of a path will do; to resolve it would
        # cost a look at each folder above it.
        self.resolve = os.path.abspath if walled else os.path.realpath
        self.same_case = system.same_case
        self.fspath, self.fsdecode = os.fspath, os.fsdecode
        self.separator = os.sep
        self.devices = {*DEVICES, self.place(os.devnull)}
        own = [scratch, *readable]
        self.scratch = [*{*map(self.place, own), *map(real, own)}]
        # A progress folder may be given that holds all of these: the closer one decides.
        self.readable = [*self.scratch, *map(real, [*readable_roots(), *packages])]
        self.forbidden = [*map(real, forbidden)]
        if not walled:
            self.forbidden += map(real, installed_packages())
            self.forbidden.append("/proc")
        self.parent, self.forks, self.most_forks = os.getppid(), 0, forks
        self.writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self.walled = walled

    def handlers(self) -> dict[str, Callable[..., None]]:
        """Return the events that are looked at."""
        changes = (
            *("remove", "rename", "mkdir", "rmdir", "symlink", "link", "truncate"),
            *("chmod", "chown", "utime", "setxattr", "removexattr"),
        )
        programs = ("exec", "posix_spawn", "spawn", "system", "startfile")
        found: dict[str, Callable[..., None]] = {
            "open": self.open,
            "os.listdir": self.read,
            "os.scandir": self.read,
            "os.fork": self.fork,
            "os.forkpty": self.fork,
            "os.kill": self.kill,
            "os.killpg": self.kill,
            "socket.connect": self.connect,
            "socket.bind": self.connect,
            "socket.sendto": self.connect,
            **{f"os.{name}": self.change for name in changes},
        }
        if not self.walled:
            found |= {f"os.{name}": self.start for name in programs}
            found |= {"subprocess.Popen": self.start, "pty.spawn": self.start}
            found["ctypes.dlopen"] = self.load
        return found

    def place(self, path: Any) -> str:
        """Return where a path leads, or "" for a file descriptor and what is no path."""
        if path is None or isinstance(path, int):
            return ""
        try:
            return self.same_case(self.resolve(self.fsdecode(self.fspath(path))))
        except (TypeError, ValueError, OSError):
            return ""

    def depth(self, place: str, folders: Iterable[str]) -> int:
        """Return the length of the longest folder that holds the place, 0 if none does."""
        holders = [
            len(folder)
            for folder in folders
            if place == folder or place.startswith(folder.rstrip(self.separator) + self.separator)
        ]
        return max(holders, default=0)

    def read(self, path: Any, *_: Any) -> None:
        """Refuse what belongs to the kit, but for what may be read inside of it."""
        place = self.place(path)
        forbidden = self.depth(place, self.forbidden) if place else 0
        if forbidden and forbidden >= self.depth(place, self.readable):
            raise PermissionError(f"{place!r} is out of reach of a file that is being graded.")

    def open(self, path: Any, mode: Any = None, flags: Any = 0, *_: Any) -> None:
        """Refuse the kit's files, and writing outside the working directory."""
        self.read(path)
        if isinstance(flags, int) and flags & self.writes:
            self.change(path)

    def change(self, path: Any, *others: Any) -> None:
        """Refuse changes outside the working directory, at either end of a rename."""
        for given in (path, *others):
            place = self.place(given)
            if place and place not in self.devices and not self.depth(place, self.scratch):
                raise PermissionError(
                    f"{place!r} can't be changed: a kata writes only where it runs."
                )

    def start(self, *_: Any) -> None:
        """Refuse other programs where no wall would hold them."""
        raise PermissionError("A kata starts no other program.")

    def load(self, name: Any, *_: Any) -> None:
        """Refuse foreign libraries where no wall would hold them."""
        if name not in (None, system.NEEDED_BY_CTYPES):
            raise PermissionError("A kata loads no other library.")

    def fork(self, *_: Any) -> None:
        """Refuse a flood of processes; the count is inherited."""
        self.forks += 1
        if self.forks > self.most_forks:
            raise PermissionError(f"A kata starts no more than {self.most_forks} processes.")

    def kill(self, process: Any, *_: Any) -> None:
        """Refuse signals to the grader and to everybody at once."""
        if process in (self.parent, 1, -1):
            raise PermissionError("A kata sends no signals to other processes.")

    def connect(self, _: Any, address: Any, *__: Any) -> None:
        """Refuse the network; Windows makes a pair of sockets by a connection to itself."""
        local = isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1")
        if self.walled or not local:
            raise PermissionError("A kata uses no network.")
