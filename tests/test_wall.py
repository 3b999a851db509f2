"""The wall: what a hostile file tries, and what it gets."""

from __future__ import annotations

import ast
import ctypes
import json
import os
import shutil
import socket  # noqa: TID251  (to have something that must not be reached)
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog
from grader.core.model import Verdict
from grader.sandbox import packages, seccomp, system, wall
from tests.conftest import ROOT

Judge = Callable[..., Verdict]
Solution = Callable[[str], str]
SOLUTION = ROOT / "grader" / "bank" / "kata03_topo_sort" / "solution.py"
GRANTED = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")

PACKAGES = f"import sys; sys.path += {[p for p in sys.path if 'site-packages' in p]!r}"

# Each tries to lay hands on an answer and prints LEAKED if it does.
THEFTS = {
    "open": f"leak = open({str(SOLUTION)!r}).read()",
    "os-open": f"import os; leak = os.read(os.open({str(SOLUTION)!r}, os.O_RDONLY), 99)",
    "io-fileio": f"import io; leak = io.FileIO({str(SOLUTION)!r}).read()",
    "pathlib": f"import pathlib; leak = pathlib.Path({str(SOLUTION)!r}).read_bytes()",
    "relative": f"import os; leak = open(os.path.relpath({str(SOLUTION)!r})).read()",
    "symlink": f"import os; os.symlink({str(SOLUTION)!r}, 'x'); leak = open('x').read()",
    "listdir": f"import os; leak = os.listdir({str(SOLUTION.parent)!r})",
    "runpy": f"import runpy; leak = runpy.run_path({str(SOLUTION)!r})",
    "loader": f"import importlib.machinery as m; leak = m.SourceFileLoader('x', {str(SOLUTION)!r}).load_module()",
    "sys-path": f"import sys; sys.path.insert(0, {str(ROOT)!r}); import reference.engine; leak = 1",
    "meta-path": "import sys; sys.meta_path.pop(); "
    f"sys.path.insert(0, {str(ROOT)!r}); import grader.content.catalog; leak = 1",
    "site": "import site; site.main(); import torch; leak = 1",
    "child": f"import subprocess; leak = subprocess.check_output(['cat', {str(SOLUTION)!r}])",
    "shell": f"import os; leak = os.popen('cat {SOLUTION}').read()",
    "python-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-c', "
    f"{f'print(open({str(SOLUTION)!r}).read())'!r}])",
    "kit-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-m', "
    f"'grader', 'hint', '3'], cwd={str(ROOT)!r})",
    "torch-again": "import subprocess, sys; leak = subprocess.check_output([sys.executable, '-c', "
    f"{PACKAGES!r} + '; import torch; print(1)'])",
    "libc": "import ctypes; libc = ctypes.CDLL(None); leak = libc.open("
    f"{str(SOLUTION).encode()!r}, 0); leak = leak if leak >= 0 else None",
    "parent-memory": "import os; leak = open(f'/proc/{os.getppid()}/environ').read()",
    "parent-files": "import os; leak = os.listdir(f'/proc/{os.getppid()}/fd')",
    "own-command": "leak = None\nfor fd in range(3, 20):\n    try:\n        import os; leak = leak or os.pread(fd, 9, 0)\n"
    "    except OSError:\n        pass",
    "frames": "import sys\nframe, leak = sys._getframe(), None\nwhile frame:\n"
    "    leak = leak or [v for v in frame.f_locals.values() if 'operands_are_' 'listed' in str(v)]\n"
    "    frame = frame.f_back",
    "garbage": "import gc; leak = [o for o in gc.get_objects() if isinstance(o, dict) and 'caught' '_by' in o]",
}


@GRANTED
@pytest.mark.parametrize("theft", THEFTS)
def test_no_answer_is_within_reach(judge: Judge, theft: str) -> None:
    """Not by import, not from disk, not by starting a program, not through the parent."""
    attempt = textwrap.indent(THEFTS[theft], "    ")
    text = (
        "leak = None\ntry:\n" + attempt + "\nexcept BaseException as e:\n"
        "    print('refused', type(e).__name__)\nif leak:\n    print('LEAKED', str(leak)[:80])\n"
        "def topological_order(root):\n    return [root]\n"
    )
    verdict = judge("kata03", text)

    assert "LEAKED" not in verdict.output
    assert verdict.status == "failed", verdict.message


@GRANTED
@pytest.mark.parametrize(
    "attack",
    [
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "import ctypes, os; ctypes.CDLL(None).kill(os.getppid(), 9)",
        # Not SIGKILL: were the wall down, the whole session would go, and the suite with it.
        "import os, signal; os.kill(-1, signal.SIGURG); print('LEAKED')",
        "import os; os.killpg(os.getpgid(os.getppid()), 9)",
        "import os; os.close(1); os.close(2); os.closerange(3, 50)",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'{\"ok\": true}\\n' * 99)\n    except OSError: pass",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'[' * 100000 + b'\\n')\n    except OSError: pass",
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'9' * 100000 + b'\\n')\n    except OSError: pass",
        "import json; json.dumps = lambda *a, **k: '{\"ok\": true}'",
        "import builtins; builtins.len = lambda x: 0; builtins.all = lambda x: True",
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        "import os\nwhile True: os.fork()",
        "import threading\nwhile True: threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()",
        "import sys; sys.modules['__main__'].__dict__.clear()",
    ],
)
def test_no_attack_gives_a_wrong_answer_a_pass(judge: Judge, attack: str) -> None:
    """The judge survives, and a wrong solution does not pass."""
    verdict = judge("kata03", attack + "\ndef topological_order(root):\n    return [root]\n")

    assert verdict.status in ("failed", "crashed", "timed-out", "out-of-memory")
    assert "LEAKED" not in verdict.output


REFUSALS = {
    f"open({str(SOLUTION)!r})": f"{str(SOLUTION)!r} is out of reach of a file that is being graded.",
    "open('/tmp/kata-elsewhere', 'w')": "'/tmp/kata-elsewhere' can't be changed: a kata writes only where it runs.",
    "import os; os.mkdir('/tmp/kata-elsewhere')": "'/tmp/kata-elsewhere' can't be changed: a kata writes only where it runs.",
    "import os; os.kill(os.getppid(), 9)": "A kata sends no signals to other processes.",
    "import socket; socket.socket().connect(('192.0.2.1', 80))": "A kata uses no network.",
    "import os\n    while True:\n        if os.fork() == 0: os._exit(0)": "A kata starts no more than 8 processes.",
}


@pytest.mark.skipif(sys.platform == "win32", reason="paths and forks of POSIX")
@pytest.mark.parametrize("deed", REFUSALS)
def test_refusal_comes_with_a_sentence(judge: Judge, deed: str) -> None:
    """The audit hook says what is not allowed, and why."""
    text = f"try:\n    {deed}\nexcept PermissionError as e:\n    print(e)\n"
    verdict = judge("kata03", text + "def topological_order(root):\n    return []\n")

    assert verdict.output == REFUSALS[deed] + "\n"


def walled(
    code: str, tmp_path: Path, raised: bool, hooks: bool = True, forbidden: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run code behind the wall, or behind the audit hooks alone, or without these."""
    places = f"{str(tmp_path)!r}, [{str(forbidden)!r}]"
    start = (
        f"import sys; sys.path.append({str(ROOT)!r}); from grader.sandbox import wall as w\n"
        "sys.path.pop()\n"
        f"up = w.raise_wall({places}) if {raised} else []\n"
        f"if {hooks}: w.install_audit({places}, 'Landlock' in up, [])\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code],
        cwd=tmp_path,
        env={"TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


HONEST = """
import asyncio, bisect, contextvars, ctypes, dataclasses, decimal, fractions, logging, os, random
import socket, sqlite3, ssl, statistics, subprocess, tempfile, threading, unittest, zoneinfo
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
logging.warning("hello")
assert asyncio.run(asyncio.sleep(0, 7)) == 7
assert list(ThreadPoolExecutor(2).map(abs, [-1])) == [1]
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "a").write_text("b")
Path("mine").write_text("c"); Path("mine").rename("yours"); os.remove("yours")
random.random(); os.urandom(4); open(os.devnull, "w").write("x")
pid = os.fork()
if pid == 0:
    os._exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
print("fine")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("raised", [True, False])
def test_honest_code_works_behind_the_wall(tmp_path: Path, raised: bool) -> None:
    """The standard library, files of one's own, threads, asyncio and a child are fine."""
    found = walled(HONEST, tmp_path, raised)

    assert found.stdout == "fine\n", found.stderr


@GRANTED
def test_programs_start_behind_the_wall_only(tmp_path: Path) -> None:
    """Where the wall holds a child too, it may start; elsewhere it is refused with a sentence."""
    code = "import subprocess; print(subprocess.check_output(['echo', 'hi'], text=True))"

    assert "hi" in walled(code, tmp_path, raised=True).stdout
    assert (
        "PermissionError: A kata starts no other program." in walled(code, tmp_path, False).stderr
    )


def test_without_a_wall_installed_packages_and_libraries_are_refused(tmp_path: Path) -> None:
    """The audit hooks alone keep torch, other processes and the kit out of reach."""
    packages = wall.installed_packages()[0]
    for code in (
        f"open({str(SOLUTION)!r})",
        f"import os; os.listdir({packages!r})",
        "open('/proc/1/environ')",
        "import ctypes; ctypes.CDLL('libm.so.6')",
    ):
        assert "PermissionError" in walled(code, tmp_path, raised=False).stderr, code


def test_every_forbidden_place_is_one_of_the_kit() -> None:
    """The candidate is kept from the bank, the reference, the hints, the suite and the store."""
    from grader.sandbox.process import forbidden_places

    places = [Path(place) for place in forbidden_places()]

    for path in (catalog.BANK, ROOT / "reference", ROOT / "hints", ROOT / "tests", ROOT / "katas"):
        assert any(place == path or place in path.parents for place in places), path
    assert Path(os.environ["GRADER_HOME"]) in places


# How code tries several things, each on its own, and finds nothing when it succeeds in none.
TRIES = """
import ctypes, fcntl, os, resource, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def attempt(deed, *arguments):
    try:
        deed(*arguments)
    except (OSError, AttributeError, ValueError, TypeError):
        pass
"""


def behind(code: str, scratch: Path) -> str:
    """Run code behind the wall without a hook; return what it printed."""
    found = walled(TRIES + code, scratch, raised=True, hooks=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


@GRANTED
def test_no_byte_leaves_by_a_socket(tmp_path: Path) -> None:
    """Not to a socket of the file system or an abstract one, not by datagram, not by TCP."""
    scratch, path = tmp_path / "scratch", str(tmp_path / "o")
    scratch.mkdir()
    with (
        socket.socket(socket.AF_UNIX) as stream,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as abstract,
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
    ):
        name = f"kata-{os.getpid()}"
        stream.bind(path)
        datagram.bind(path + "d")
        abstract.bind("\0" + name)
        for socket_ in (tcp, udp):
            socket_.bind(("127.0.0.1", 0))
        for socket_ in (stream, tcp):
            socket_.listen()
        code = f"""
unix = [{path!r}, {path + "d"!r}, {chr(0) + name!r}]
inet = [{tcp.getsockname()!r}, {udp.getsockname()!r}]
def connect(family, kind, address):
    with socket.socket(family, kind) as s:
        s.connect(address); s.send(b'x')
def send_to(family, kind, address, flags):
    with socket.socket(family, kind) as s:
        s.sendto(b'x', flags, address)
def message(family, kind, address, flags):
    with socket.socket(family, kind) as s:
        s.sendmsg([b'x'], [], flags, address)
def by_pair(kind, address):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    attempt(one.sendto, b'x', address)
    attempt(one.sendmsg, [b'x'], [], 0, address)
    attempt(one.connect, address)
    one.send(b'x')
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
    for family, addresses in ((socket.AF_UNIX, unix), (socket.AF_INET, inet)):
        for address in addresses:
            attempt(connect, family, kind, address)
            for flags in (0, socket.MSG_FASTOPEN):
                attempt(send_to, family, kind, address, flags)
                attempt(message, family, kind, address, flags)
            attempt(by_pair, kind, address)
"""
        behind(code, scratch)
        for listener in (stream, datagram, abstract, tcp, udp):
            listener.settimeout(0)
        for listener in (stream, tcp):
            with pytest.raises(BlockingIOError):
                listener.accept()
        for receiver in (datagram, abstract, udp):
            with pytest.raises(BlockingIOError):
                receiver.recv(9)


@GRANTED
def test_owner_mode_times_and_attributes_of_other_files_stay(tmp_path: Path) -> None:
    """Whether they are changed through `os` or by the C library."""
    scratch, file = tmp_path / "scratch", tmp_path / "mine"
    scratch.mkdir()
    file.write_text("mine")
    before = file.stat()
    code = f"""
path, name = {str(file)!r}, {str(file).encode()!r}
for deed in (os.chmod, lambda p, m: os.chmod(p, m, dir_fd=None)): attempt(deed, path, 0o777)
attempt(os.utime, path, (1, 1)); attempt(os.utime, path)
mine = os.getuid(), os.getgid()  # to give it to its owner changes the time of change
attempt(os.chown, path, *mine); attempt(os.lchown, path, *mine)
attempt(os.setxattr, path, 'user.kata', b'x')
attempt(os.truncate, path, 0); attempt(os.rename, path, 'here'); attempt(os.unlink, path)
attempt(os.link, path, 'hard')
libc.chmod(name, 0o777); libc.chown(name, *mine); libc.utime(name, None)
libc.utimes(name, None); libc.utimensat(-100, name, None, 0)
libc.setxattr(name, b'user.kata', b'x', 1, 0); libc.lsetxattr(name, b'user.kata', b'x', 1, 0)
if os.uname().machine == 'x86_64':  # older calls, which the C library makes no more
    for number in (132, 235): libc.syscall(number, name, None)
    libc.syscall(261, -100, name, None)
handle = libc.open(name, 0x200000)  # O_PATH
libc.fchownat(handle, b'', *mine, 0x1000); libc.fchmodat(-100, name, 0o777, 0)
"""
    behind(code, scratch)
    after = file.stat()

    for field in ("st_mode", "st_uid", "st_gid", "st_mtime_ns", "st_ctime_ns", "st_nlink"):
        assert getattr(after, field) == getattr(before, field), field
    assert os.listxattr(file) == []
    assert file.read_text() == "mine"


@GRANTED
def test_nothing_of_system_v_is_made_or_taken(tmp_path: Path) -> None:
    """Shared memory, queues and semaphores of others stay, and none is left behind."""
    libc = ctypes.CDLL(None)
    key = 0x4B000000 | os.getpid()
    memory, queue, counter = (
        libc.shmget(0, 4096, 0o1600),
        libc.msgget(0, 0o1600),
        libc.semget(0, 1, 0o1600),
    )
    try:
        behind(
            f"libc.shmget({key}, 4096, 0o1600); libc.msgget({key}, 0o1600); "
            f"libc.semget({key}, 1, 0o1600); libc.mq_open(b'/kata-{key}', 0o102, 0o600, None); "
            f"libc.shmctl({memory}, 0, None); libc.msgctl({queue}, 0, None); "
            f"libc.semctl({counter}, 0, 0, None)",
            tmp_path,
        )
        for kind, kept in (("shm", memory), ("msg", queue), ("sem", counter)):
            rows = [
                row.split()[:2] for row in Path("/proc/sysvipc", kind).read_text().splitlines()[1:]
            ]
            assert str(kept) in {identity for _, identity in rows}, kind
            assert str(key) not in {made for made, _ in rows}, kind
    finally:
        libc.shmctl(memory, 0, None), libc.msgctl(queue, 0, None), libc.semctl(counter, 0, 0, None)


@GRANTED
def test_other_processes_are_left_alone(tmp_path: Path) -> None:
    """No signal, no limit, no priority, no look into the memory of one of the same user."""
    import resource  # not on Windows

    # An ordinary user's: what root runs is closed by its powers, which the file has not.
    powerless = (
        f"import ctypes, platform, sys; sys.path.append({str(ROOT)!r})\n"
        "from grader.sandbox import seccomp\n"
        "number = seccomp.MACHINES[platform.machine()][2]\n"
        "seccomp.drop_capabilities(ctypes.CDLL(None), number); print('ready', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", powerless], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        pid = other.pid
        limits, cores = resource.prlimit(pid, resource.RLIMIT_NOFILE), os.sched_getaffinity(pid)
        code = f"""
attempt(os.kill, {pid}, 9); attempt(os.kill, {pid}, signal.SIGSTOP)
attempt(signal.pidfd_send_signal, os.pidfd_open({pid}), 9)
attempt(resource.prlimit, {pid}, resource.RLIMIT_NOFILE, (5, 5))
attempt(os.setpriority, os.PRIO_PROCESS, {pid}, 19)
attempt(os.sched_setaffinity, {pid}, {{0}})
attempt(os.sched_setscheduler, {pid}, os.SCHED_BATCH, os.sched_param(0))
libc.ptrace.restype = ctypes.c_long
print(libc.ptrace(16, {pid}, None, None), libc.process_vm_readv({pid}, None, 0, None, 0, 0))
"""
        found = behind(code, tmp_path)

        assert found == "-1 -1\n"
        assert Path(f"/proc/{pid}/stat").read_text().split()[2] in "SR"
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == limits
        assert os.sched_getaffinity(pid) == cores
        assert os.sched_getscheduler(pid) == os.SCHED_OTHER
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0)
        other.kill()


@GRANTED
def test_what_is_not_granted_at_all(tmp_path: Path) -> None:
    """Memory without a file, io_uring, name spaces and mounts do not exist there."""
    code = """
from errno import errorcode
def error(number):
    return errorcode.get(ctypes.get_errno()) if number == -1 else 'done'
print(error(libc.memfd_create(b'x', 0)), error(libc.syscall(425, 8, bytes(120))))
print(error(libc.unshare(0x10000000)), error(libc.mount(b'x', b'.', b'tmpfs', 0, None)))
libc.syscall.restype = ctypes.c_long
"""
    assert behind(code, tmp_path) == "ENOSYS ENOSYS\nENOSYS ENOSYS\n"


@GRANTED
def test_no_power_comes_back_with_a_program(tmp_path: Path) -> None:
    """Capabilities are gone, in a program that is started too, and setuid programs give none."""
    code = (
        "import subprocess, sys; c = subprocess.Popen(['sleep', '9'])\n"
        "print(c.pid, os.getpid(), flush=True); input(); c.kill()"
    )
    places = f"{str(tmp_path)!r}, []"
    start = (
        f"import os, sys; sys.path.append({str(ROOT)!r}); from grader.sandbox import wall as w\n"
    )
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", start + f"w.raise_wall({places})\n" + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        for pid in process.stdout.readline().split():
            rows = dict(
                row.split(":\t", 1) for row in Path(f"/proc/{pid}/status").read_text().splitlines()
            )
            for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                assert int(rows[kind], 16) == 0, (pid, kind)
            assert (rows["NoNewPrivs"], rows["Seccomp"]) == ("1", "2")
        process.communicate("\n")


@GRANTED
def test_the_network_is_refused_with_a_sentence_even_to_oneself(tmp_path: Path) -> None:
    """An honest mistake is told, and not left with the number of an error."""
    for deed in (
        "socket.socket().connect(('127.0.0.1', 9))",
        "socket.socket().bind(('', 0))",
        "socket.socketpair()[0].connect('/dev/log')",
        "socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', '/dev/log')",
    ):
        found = walled(f"import socket; {deed}", tmp_path, raised=True)

        assert found.stderr.endswith("PermissionError: A kata uses no network.\n"), deed


@GRANTED
def test_a_rename_is_looked_at_from_both_ends(tmp_path: Path) -> None:
    """Neither may a file be taken from elsewhere nor be put there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").write_text("theirs")
    code = (
        "import os; open('mine', 'w').close()\n"
        "for pair in (('mine', '../there'), ('../outside', 'here')):\n"
        "    for deed in (os.rename, os.replace, os.link):\n"
        "        try: deed(*pair); print('done')\n"
        "        except PermissionError as e: print(str(e).partition(' ')[2])\n"
    )
    for raised in (True, False):
        found = walled(code, tmp_path / "in", raised)

        assert found.stdout == "can't be changed: a kata writes only where it runs.\n" * 6
    assert not (tmp_path / "there").exists()


@GRANTED
def test_a_path_costs_the_same_however_deep_the_folder(tmp_path: Path) -> None:
    """Behind the wall the hook looks at no folder on the way."""
    code = (
        "import os\nlooks = 0\ndef counted(*a, real=os.lstat, **k):\n"
        "    global looks; looks += 1; return real(*a, **k)\n"
        "os.lstat = counted; import posixpath; posixpath.os.lstat = counted\n"
        "for n in range(200): os.mkdir('d'); os.chdir('d')\n"
        "looks = 0; open('x', 'w').close(); print(looks)"
    )

    assert walled(code, tmp_path, raised=True).stdout == "0\n"


@pytest.mark.parametrize("raised", [True, False])
def test_a_forbidden_place_may_hold_everything_else(tmp_path: Path, raised: bool) -> None:
    """A progress folder above the working directory, or above Python, forbids neither."""
    code = "import colorsys; open('a', 'w').close(); print(open('a').read() + 'fine')"

    for place in (tmp_path.parent, Path("/")):
        found = walled(code, tmp_path, raised, forbidden=place)
        assert found.stdout == "fine\n", found.stderr
    stolen = walled(f"open({str(SOLUTION)!r})", tmp_path, raised, forbidden=Path("/"))
    assert "out of reach of a file that is being graded" in stolen.stderr


def test_progress_folder_above_the_temporary_one_costs_no_pass(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kit keeps its things may hold where the file runs."""
    monkeypatch.setenv("GRADER_HOME", tempfile.gettempdir())

    assert judge("kata03", "import colorsys\n" + solution("kata03")).status == "passed"


@GRANTED
def test_nothing_installed_can_be_read(tmp_path: Path) -> None:
    """Neither the packages of this Python nor those of the system's; their names are no secret."""
    own = os.path.join(os.path.dirname(os.__file__), "site-packages")
    found = [next(Path(place).rglob("*.py"), None) for place in wall.installed_packages()]
    files = [file for file in found if file]
    code = f"for path in {[*map(str, files)]!r}: attempt(lambda: print(open(path).name))"

    assert files
    assert own in wall.installed_packages()
    assert behind(code, tmp_path) == ""
    assert behind("print(len(open(os.__file__).read()) > 0)", tmp_path) == "True\n"


def test_nothing_of_the_judges_environment_is_handed_on(
    judge: Judge, solution: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as variables, nor in what the system keeps of them."""
    monkeypatch.setenv("KATA_SECRET", "swordfish")
    code = (
        "import os, ctypes\nprint(sorted(os.environ))\n"
        "for path in ('/proc/self/environ', f'/proc/{os.getppid()}/environ'):\n"
        "    try: print('LEAKED' if b'sword' b'fish' in open(path, 'rb').read() else '')\n"
        "    except OSError: print('refused')\n"
    )
    shown = judge("kata03", code + solution("kata03")).output
    names = set(ast.literal_eval(shown.splitlines()[0]))

    assert "LEAKED" not in shown
    assert names <= {
        *packages.ONE_THREAD,
        *(
            "HOME",
            "LANG",
            "PYTHONHASHSEED",
            "LC_CTYPE",
            "LD_LIBRARY_PATH",
            "MALLOC_ARENA_MAX",
            "PATH",
        ),
        *("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ"),
    }


def test_module_of_the_same_name_is_never_imported(tmp_path: Path) -> None:
    """A file json.py in the clone, or where the learner is, does not stand in for Python's."""
    clone, here = tmp_path / "clone", tmp_path / "here"
    shutil.copytree(ROOT / "grader", clone / "grader", ignore=shutil.ignore_patterns("bank"))
    here.mkdir()
    for name in ("json", "select", "grader", "ctypes", "signal", "sitecustomize", "faulthandler"):
        for folder in (clone, here):
            (folder / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    script = str(clone / "grader" / "sandbox" / "supervisor.py")
    confinement = {"scratch": str(here), "forbidden": [], "readable": [], "memory": 1 << 30}
    setup = confinement | {"cpu_seconds": 9, "file_size": 1 << 20, "allowed": {}, "path": "x"}
    setup |= {"numpy": "", "packages": []}
    suspects = {"line_ups": [], "battery": [], "seconds": 1, "whole": []}
    for module in ("grader.sandbox.candidate", "grader.grading.suspects"):
        found = subprocess.run(
            [sys.executable, "-I", "-S", script, module, str(here)],
            input=json.dumps(setup | suspects | {"name": "x"}) + "\n",
            cwd=here,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

        assert '"wall"' in found.stdout, found.stderr


@GRANTED
def test_no_file_grows_beyond_its_limit(judge: Judge, solution: Solution) -> None:
    """One file may have 64 MB, and Python says so."""
    code = "try:\n    open('big', 'wb').truncate(65 << 20)\nexcept OSError as e:\n    print(e)\n"

    assert judge("kata03", code + solution("kata03")).output == "[Errno 27] File too large\n"


@GRANTED
def test_a_landlock_of_the_first_version_keeps_files_and_processes(tmp_path: Path) -> None:
    """What it does not know is closed by the filter: files keep what they hold, processes live."""
    scratch, file = tmp_path / "scratch", tmp_path / "library" / "mine"
    scratch.mkdir()
    file.parent.mkdir()
    file.write_text("mine")
    with subprocess.Popen(["sleep", "30"]) as other:
        code = (
            f"import sys; sys.path.append({str(ROOT)!r}); from grader.sandbox import wall as w\n"
            f"sys.path.append({str(file.parent)!r})\n"  # which can be read
            "class First(w.Landlock):\n"
            "    def __init__(self):\n        super().__init__(); self.version = 1\n"
            f"w.Landlock = First; print(w.raise_wall({str(scratch)!r}, []))\n{TRIES}\n"
            f"path = {str(file)!r}\nattempt(os.truncate, path, 0)\n"
            "attempt(os.open, path, os.O_RDONLY | os.O_TRUNC)\n"
            "attempt(os.open, path, os.O_WRONLY | os.O_TRUNC)\n"
            f"attempt(os.kill, {other.pid}, 9)\n"
            "attempt(lambda: print('signalled', os.kill(-1, signal.SIGURG)))\n"
            f"attempt(signal.pidfd_send_signal, os.pidfd_open({other.pid}), 9)\n"
            "owner = fcntl.F_SETOWN\n"
            f"attempt(lambda: print('owned', fcntl.fcntl(os.pipe()[0], owner, {other.pid})))\n"
            "open('own', 'w').write('own'); print(open('own').read())"
        )
        found = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code],
            cwd=scratch,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.stdout == "['Landlock', 'seccomp']\nown\n", found.stderr
        assert file.read_text() == "mine"
        assert other.poll() is None
        other.kill()


def rules_in(folder: Path, walled: bool = True) -> wall.Rules:
    """Return rules for a scratch folder, and for a forbidden one with a part that can be read."""
    scratch, forbidden, readable = (str(folder / name) for name in ("s", "f", "f/r"))
    return wall.Rules(scratch, [forbidden], walled, [readable])


def test_the_closest_folder_decides(tmp_path: Path) -> None:
    """Paths come as text, bytes or objects; a descriptor, and what is no path, lead nowhere."""
    rules = rules_in(tmp_path)

    assert rules.place(b"x") == rules.place(Path("x")) == os.path.abspath("x")
    assert [rules.place(found) for found in (None, 3, object())] == ["", "", ""]
    assert rules.depth("/a/b/c", ["/a", "/a/b", "/c"]) == 4
    assert [rules.depth(place, ["/a"]) for place in ("/ab", "/", "", "/a")] == [0, 0, 0, 2]
    assert rules.depth("/x", ["/"]) == 1


def test_each_rule_lets_pass_what_is_honest_and_refuses_the_rest(tmp_path: Path) -> None:
    """Every refusal whole, and what is just beside it without one."""
    rules, bare = rules_in(tmp_path), rules_in(tmp_path, walled=False)
    own, theirs, out = str(tmp_path / "s" / "x"), str(tmp_path / "f" / "x"), str(tmp_path / "x")
    reading = f"{theirs!r} is out of reach of a file that is being graded."
    changing = f"{out!r} can't be changed: a kata writes only where it runs."
    signal = "A kata sends no signals to other processes."
    network = "A kata uses no network."
    local, remote = ("127.0.0.1", 9), ("192.0.2.1", 9)
    refused: list[tuple[Callable[..., None], tuple[object, ...], str]] = [
        (rules.read, (theirs,), reading),
        (rules.read, (str(tmp_path / "f"),), reading.replace("/x", "")),
        (rules.open, (theirs, "r", 0), reading),
        *((rules.open, (out, "w", flag), changing) for flag in (1, 2, os.O_CREAT, os.O_APPEND)),
        (rules.open, (out, None, os.O_TRUNC), changing),
        (rules.change, (out,), changing),
        (rules.change, (own, out, -1), changing),
        *((rules.kill, (pid, 9), signal) for pid in (os.getppid(), 1, -1)),
        *((rules.connect, (None, to), network) for to in (local, remote, "/dev/log")),
        *((bare.connect, (None, to), network) for to in (remote, "127.0.0.1")),
        (bare.start, ("ls",), "A kata starts no other program."),
        (bare.load, ("libm.so.6",), "A kata loads no other library."),
    ]
    allowed: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        *((rules.read, (path,)) for path in (own, out, str(tmp_path / "f" / "r" / "x"), None)),
        *((rules.open, (path, "r", 0)) for path in (own, out)),
        *((rules.open, (path, "w", 1)) for path in (own, "/dev/null", 1)),
        (rules.open, (own, "w", None)),
        (rules.change, (own, -1)),
        *((rules.kill, (pid, 9)) for pid in (0, 1 << 23)),
        *((bare.connect, (None, to)) for to in (local, ("::1", 9, 0, 0))),
        (bare.load, (None,)),
        *[(rules.fork, ())] * 8,
    ]
    for deed, arguments in allowed:
        deed(*arguments)
    refused.append((rules.fork, (), "A kata starts no more than 8 processes."))
    for deed, arguments, sentence in refused:
        with pytest.raises(PermissionError) as found:
            deed(*arguments)
        assert str(found.value) == sentence, arguments


def test_hooks_hear_of_these_events(tmp_path: Path) -> None:
    """Where there is no wall, also of programs and libraries, which it would hold."""
    files = "chmod chown link listdir mkdir remove removexattr rename rmdir scandir setxattr symlink truncate utime"
    walled = {f"os.{name}" for name in f"{files} fork forkpty kill killpg".split()}
    walled |= {"open", "socket.bind", "socket.connect", "socket.sendto"}
    programs = {f"os.{name}" for name in ["exec", "posix_spawn", "spawn", "startfile", "system"]}
    bare = walled | programs | {"subprocess.Popen", "pty.spawn", "ctypes.dlopen"}

    assert set(rules_in(tmp_path).handlers()) == walled
    assert set(rules_in(tmp_path, walled=False).handlers()) == bare


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_limits_are_set_soft_and_hard_and_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the platform refuses costs no other; one that is lower already stays."""
    import resource

    found: dict[int, tuple[int, int]] = {}
    lower = {resource.RLIMIT_CPU: (3, 4), resource.RLIMIT_NOFILE: (9, 1_000)}
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def set_limit(kind: int, pair: tuple[int, int]) -> None:
        if kind == resource.RLIMIT_AS:
            raise ValueError("not here")
        found[kind] = pair

    monkeypatch.setattr(wall, "tasks_on_this_machine", lambda: 100)
    monkeypatch.setattr(resource, "getrlimit", lambda kind: lower.get(kind, unlimited))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    wall.limit_resources(1 << 30, 9, 1 << 20)
    expected = {
        resource.RLIMIT_CPU: 4,
        resource.RLIMIT_FSIZE: 1 << 20,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_NPROC: 300,
    }
    if hasattr(resource, "RLIMIT_MSGQUEUE"):
        expected[resource.RLIMIT_MSGQUEUE] = 0

    assert found == {kind: (limit, limit) for kind, limit in expected.items()}


@pytest.mark.parametrize(
    ("granted", "version", "filtered", "raised", "told"),
    [
        (True, 6, True, ["Landlock", "seccomp"], 6),
        (False, 6, True, ["seccomp"], 0),
        (None, 6, True, ["seccomp"], 0),
        (True, 2, False, ["Landlock"], 2),
        (True, 2, None, ["Landlock"], 2),
        (False, 0, None, [], 0),
    ],
)
def test_the_filter_closes_what_the_granted_landlock_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
    granted: bool | None,
    version: int,
    filtered: bool | None,
    raised: list[str],
    told: int,
) -> None:
    """One that the kernel refuses, or that it has not (None), counts as none."""
    asked = []

    class Granted:
        def __init__(self) -> None:
            self.version = version

        def shut(self, scratch: str, forbidden: list[str], packages: list[str]) -> bool:
            assert (scratch, forbidden, packages) == ("scratch", ["kit"], ["numpy"])
            if granted is None:
                raise OSError("no ruleset")
            return granted

    def shut(landlock: int) -> bool:
        asked.append(landlock)
        if filtered is None:
            raise AttributeError("no prctl")
        return filtered

    monkeypatch.setattr(system, "LINUX", True)
    monkeypatch.setattr(wall, "Landlock", Granted)
    monkeypatch.setattr(seccomp, "shut", shut)

    assert wall.raise_wall("scratch", ["kit"], ["numpy"]) == raised
    assert asked == [told]
    monkeypatch.setattr(system, "LINUX", False)
    assert wall.raise_wall("scratch", ["kit"], ["numpy"]) == []


@GRANTED
@pytest.mark.parametrize(
    ("version", "handled"),
    [
        (1, [0x1FFF]),
        (2, [0x3FFF]),
        (3, [0x7FFF]),
        (4, [0x7FFF, 3]),
        (5, [0xFFFF, 3]),
        (6, [0xFFFF, 3, 3]),
    ],
)
def test_each_version_of_landlock_is_asked_for_all_that_it_knows(
    monkeypatch: pytest.MonkeyPatch, version: int, handled: list[int]
) -> None:
    """Rights to files, then TCP, then signals and abstract sockets (linux/landlock.h)."""
    landlock = wall.Landlock()
    landlock.version = version
    asked = []

    def call(number: int, attributes: Any, size: int, flags: int) -> int:
        asked.append((number, [*attributes._obj], size, flags))
        return 7 if len(asked) == 1 else -1

    monkeypatch.setattr(landlock, "_call", call)
    landlock._create()

    assert asked == [(444, handled, 8 * len(handled), 0)]
    assert landlock.ruleset == 7
    with pytest.raises(OSError, match="no ruleset"):
        landlock._create()


@GRANTED
def test_a_folder_that_cannot_be_listed_is_no_reason_for_no_wall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parts are not granted, and the rest of the wall stands."""
    granted = []

    def refuse(path: str) -> list[str]:
        raise PermissionError(path)

    landlock = wall.Landlock()
    monkeypatch.setattr(landlock, "_grant", lambda path, _: granted.append(path))
    monkeypatch.setattr(os, "listdir", refuse)
    landlock._grant_but("/usr", wall.READ, {"/usr/lib/answers"})

    assert granted == ["/usr"]
