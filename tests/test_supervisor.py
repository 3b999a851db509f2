"""The end of a candidate: sums that are too large, judges that die, folders that resist."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core.model import KitError, Solution, Verdict
from grader.sandbox import process, scratch, system
from grader.sandbox.failures import Ended
from grader.sandbox.process import CandidateProcess
from grader.sandbox.protocol import LOAD, SHOW
from tests.conftest import ROOT

Judge = Callable[..., Verdict]
ReadSolution = Callable[[str], str]
GRANTED = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="uses /proc")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX")
SLEEP = "import time; time.sleep(30)\n"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what is temporary."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def candidate_of(text: str, seconds: float = process.CORE_SECONDS) -> CandidateProcess:
    """Start a candidate that loads a text as kata03."""
    exercise = Exercise(catalog.find_kata("kata03"))
    return CandidateProcess(exercise.submit(Solution("attempt.py", text.encode())), seconds)


def end_of(text: str, seconds: float = process.CORE_SECONDS) -> tuple[str, str]:
    """Return status and sentence of a file that does not finish loading, and leave no trace."""
    with candidate_of(text, seconds) as candidate:
        candidate.await_wall()
        with pytest.raises(Ended) as found:
            candidate.receive(LOAD, seconds, "Importing")
    assert not os.path.exists(candidate.scratch)
    return found.value.status, found.value.message


class LateQueue(queue.SimpleQueue[Any]):
    """A queue into which a busy machine puts things late."""

    def put(self, item: object, *_: object) -> None:
        time.sleep(0.3)  # noqa: TID251  (the machine does something else)
        super().put(item)


def test_reply_of_a_process_that_has_ended_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said before it ended counts, also where the judge comes to read it only then."""
    monkeypatch.setattr(queue, "SimpleQueue", LateQueue)
    with candidate_of("") as candidate:
        assert candidate.process.stdin
        candidate.process.stdin.close()
        candidate.await_wall()
        candidate.receive(LOAD, 3, "Importing")
        with pytest.raises(Ended):
            candidate.receive(LOAD, 3, "Importing")


def marked(mark: str) -> set[int]:
    """Return the processes whose folder of work has a mark in its path."""
    found = set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if mark in os.readlink(f"/proc/{entry}/cwd"):
                found.add(int(entry))
        except OSError:
            continue
    return found


def gone(mark: str, seconds: float = 2) -> bool:
    """Whether nothing is left that works in a folder with this mark, before long."""
    until = time.monotonic() + seconds
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.02)  # noqa: TID251  (processes that are no children of this one)
    return not marked(mark)


DISK = (
    "crashed",
    "The file wrote more than 192 MB, or 5,000 files, into its folder, or hid them there.",
)


@GRANTED
@pytest.mark.parametrize(
    "deed",
    [
        "for n in range(28): open(f'f{n}', 'wb').write(bytes(50 << 20))",
        "files = []\nfor n in range(28):\n"
        "    files.append(open('f', 'wb', 0)); os.unlink('f'); files[-1].write(bytes(50 << 20))",
        "for n in range(28): os.mkdir('n' * 200); os.chdir('n' * 200)\n"
        "for n in range(5): open(f'f{n}', 'wb').write(bytes(50 << 20))",
    ],
    ids=["files", "nameless", "deep"],
)
def test_a_full_folder_ends_with_a_sentence(temporary: Path, deed: str) -> None:
    """1.4 GB in files below the limit of one, deleted but open, or deep below where no path leads."""
    assert end_of(f"import os\n{deed}\n{SLEEP}") == DISK


@GRANTED
def test_sum_of_folder_is_not_misled_by_what_is_gone_or_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that vanishes hides no other, a folder without modes hides nothing, none counts twice, many are too much."""
    from grader.sandbox import supervisor

    (tmp_path / "a").write_bytes(bytes(1 << 20))
    with tempfile.TemporaryFile() as file:
        file.write(bytes(1 << 20))
        file.flush()
        size = os.fstat(file.fileno()).st_blocks * 512
        alone = supervisor.nameless({os.getpid()})
        with os.fdopen(os.dup(file.fileno())):
            assert supervisor.nameless({os.getpid()}) == alone >= size

    assert supervisor.disk_of(str(tmp_path), set()) >= 1 << 20
    assert supervisor.disk_of(str(tmp_path / "gone"), set()) == 0

    monkeypatch.setattr(supervisor, "MOST_FILES", 9)
    for number in range(9):
        (tmp_path / str(number)).touch()
    assert supervisor.disk_of(str(tmp_path), set()) > supervisor.MOST_DISK

    def refuse(path: str) -> list[str]:
        raise PermissionError(path)

    monkeypatch.setattr(supervisor, "MOST_FILES", 99)
    listed = ["gone", *os.listdir(tmp_path)]
    monkeypatch.setattr(os, "listdir", lambda _: listed)
    assert supervisor.MOST_DISK > supervisor.disk_of(str(tmp_path), set()) >= 1 << 20
    monkeypatch.setattr(os, "listdir", refuse)
    assert supervisor.disk_of(str(tmp_path), set()) > supervisor.MOST_DISK


@GRANTED
def test_sixty_children_are_too_many(temporary: Path) -> None:
    """Processes are counted together, however they were started."""
    deed = "import subprocess\nc = [subprocess.Popen(['sleep', '30']) for n in range(60)]\n"

    assert end_of(deed + SLEEP) == ("crashed", "The file had more than 40 processes at once.")
    assert gone(str(temporary))


@GRANTED
def test_memory_of_all_children_counts_together(temporary: Path) -> None:
    """Eight children below the limit of one are above that of all."""
    deed = "import os\nfor n in range(8):\n    if os.fork() == 0: x = b'x' * (300 << 20); break\n"

    assert end_of(deed + SLEEP, seconds=20) == (  # to fill so much takes a busy machine a while
        "out-of-memory",
        "The file with all it started asked for more than 1,536 MB of memory. "
        "Does a list grow without end?",
    )
    assert gone(str(temporary))


@GRANTED
def test_a_fork_bomb_is_put_out(temporary: Path) -> None:
    """Forks that no hook sees end before long, and none is left."""
    bomb = (
        "import ctypes, time\nlibc, until = ctypes.CDLL(None), time.monotonic() + 8\n"
        "while time.monotonic() < until: libc.fork()\nlibc._exit(0)\n"
    )

    assert end_of(bomb) == ("crashed", "The file had more than 40 processes at once.")
    assert gone(str(temporary))


DAEMONS = """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 99)
        os.execvp('sleep', ['sleep', '30'])
    os._exit(0)
subprocess.Popen(['sleep', '30'], start_new_session=True)
subprocess.Popen(['setsid', '-f', 'sleep', '30'])
"""


@GRANTED
def test_daemons_end_and_what_the_judge_started_stays(
    judge: Judge, solution: ReadSolution, temporary: Path
) -> None:
    """Double forks and sessions of their own are found; the learner's editor is not."""
    with subprocess.Popen(["sleep", "30"], cwd=temporary, start_new_session=True) as editor:
        verdict = judge("kata03", DAEMONS + solution("kata03"))

        assert verdict.status == "passed"
        assert marked(str(temporary)) == {editor.pid}
        assert editor.poll() is None
        editor.kill()


def test_two_verdicts_at_once_do_not_hurt_each_other(
    judge: Judge, solution: ReadSolution, temporary: Path
) -> None:
    """The end of one candidate is not the end of another, even with the same judge."""
    texts = [solution("kata03"), "import os; os._exit(3)", DAEMONS + solution("kata03")]
    with ThreadPoolExecutor(2) as pool:
        found = [verdict.status for verdict in pool.map(lambda text: judge("kata03", text), texts)]

    assert found == ["passed", "crashed", "passed"]
    assert list(temporary.iterdir()) == []


JUDGE = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from tests.test_supervisor import candidate_of
text = "import os; os.fork(); os.fork(); [0 for _ in iter(int, 1)]"
with candidate_of(text) as candidate:
    candidate.await_wall()
    print(candidate.process.pid, flush=True)
    input()
"""


@GRANTED
@pytest.mark.parametrize("number", [9, 15], ids=["SIGKILL", "SIGTERM"])
def test_a_candidate_dies_with_its_judge(temporary: Path, number: int) -> None:
    """All of it within a second; the next judge clears the folder away."""
    with subprocess.Popen(
        [sys.executable, "-c", JUDGE, str(temporary)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as judge:
        assert judge.stdout
        judge.stdout.readline()
        until = time.monotonic() + 5
        while len(marked(str(temporary))) < 5 and time.monotonic() < until:
            time.sleep(0.02)  # noqa: TID251  (processes that are no children of this one)
        assert len(marked(str(temporary))) == 5  # the supervisor and four that spin
        judge.send_signal(number)
        judge.wait()

    assert gone(str(temporary), 1)
    assert len(list(temporary.iterdir())) == 1
    with candidate_of(""):
        pass
    assert list(temporary.iterdir()) == []


@GRANTED
def test_supervisor_is_killed_and_takes_the_candidate_along(temporary: Path) -> None:
    """Whoever ends the supervisor ends the file as well."""
    with candidate_of("while True: pass") as candidate:
        candidate.await_wall()
        os.kill(candidate.process.pid, signal.SIGKILL)

        assert gone(str(temporary))
        with pytest.raises(Ended, match="The file's process is gone: something outside"):
            candidate.receive(LOAD, 3, "Importing")


RESISTANCE = """
import os
os.mkfifo('pipe'); os.symlink('/dev/zero', 'zero'); os.symlink('/', 'root'); os.symlink('x', 'x')
for n in range(20): os.mkdir(f'd{n}'); open(f'd{n}/f', 'w').close()
os.makedirs('shut/in/deep/down'); open('shut/in/deep/f', 'w').close()
for path in ('shut/in/deep/down', 'shut/in/deep', 'shut/in', 'shut'): os.chmod(path, 0)
top = os.getcwd()
for n in range(1500): os.mkdir('nested'); os.chdir('nested')
os.chdir(top)
"""


@POSIX
def test_a_folder_is_removed_whatever_is_in_it(tmp_path: Path) -> None:
    """Deep, shut, looped, with pipes and links; by one who has no more than an ordinary user's rights."""
    tmp_path.chmod(0o777)
    code = (
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from grader.sandbox.scratch import remove_tree\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"os.mkdir('s'); os.chdir('s')\n{RESISTANCE}\nos.chdir('..'); remove_tree('s')\n"
        "print(os.path.lexists('s'))"
    )
    for folder in tmp_path.parents:  # a folder of pytest's is its user's alone
        if folder.stat().st_uid == os.getuid() and str(folder).startswith(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o111) if folder != Path(
                tempfile.gettempdir()
            ) else None
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert found.stdout == "False\n", found.stderr


def test_no_name_of_a_folder_is_in_the_way_of_its_removal(tmp_path: Path) -> None:
    """What is moved up on the way gets a name that nobody could have taken before."""
    (tmp_path / "s" / ".removed-1" / "a" / "b").mkdir(parents=True)
    scratch.remove_tree(str(tmp_path / "s"))

    assert not (tmp_path / "s").exists()


@POSIX
def test_folders_of_judges_that_are_gone_are_swept_and_nothing_else(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What belongs to a process that lives, is no folder, or has another name, stays."""
    with subprocess.Popen([sys.executable, "-c", ""]) as judge:
        judge.wait()
    gone, own = f"kata-{judge.pid}-", Path(scratch.make_scratch())
    for name in ("a", "b", "", "a-b"):
        (temporary / f"{gone}{name}" / "inside").mkdir(parents=True)
    (temporary / f"other-{judge.pid}-a").mkdir()
    (temporary / f"{gone}file").touch()
    (temporary / f"{gone}link").symlink_to(own)
    stays = [f"{gone}", f"{gone}a-b", f"{gone}file", f"{gone}link", f"other-{judge.pid}-a"]
    if os.getuid() == 0:
        (temporary / f"{gone}theirs").mkdir()
        os.chown(temporary / f"{gone}theirs", 65534, 65534)
        stays.append(f"{gone}theirs")
    scratch.sweep_scratch()

    assert own.name.startswith(f"kata-{os.getpid()}-")
    assert sorted(os.listdir(temporary)) == sorted([*stays, own.name])

    def refuse(pid: int, number: int) -> None:
        assert number == 0
        raise PermissionError(pid)

    (temporary / f"{gone}a").mkdir()
    monkeypatch.setattr(os, "kill", refuse)  # another user's process has the number now
    scratch.sweep_scratch()
    assert (temporary / f"{gone}a").exists()
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")  # where asking would end it
        patch.setattr(os, "kill", None)
        assert system.is_alive(1)


def test_what_cannot_start_says_so_and_leaves_nothing(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process, no folder, and a sentence."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(
        KitError,
        match=r"No process can be started to run the file in: Resource temporarily unavailable\.",
    ):
        candidate_of("")

    assert list(temporary.iterdir()) == []
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) == before


def test_no_room_for_the_file_says_so_and_leaves_nothing(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is a sentence, and ends the process that was waiting for the file."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(KitError, match=r"The file can't be copied to .*: No space left on device"):
        candidate_of("")

    assert list(temporary.iterdir()) == []


@POSIX
@pytest.mark.parametrize(
    ("deed", "status", "sentence"),
    [
        ("os._exit(3)", "crashed", "The file ended its own process with exit code 3."),
        ("os.kill(os.getpid(), 10)", "crashed", "The file's process died: SIGUSR1."),
        ("os.kill(os.getpid(), 40)", "crashed", "The file's process died: signal 40."),
        (
            "os.kill(os.getpid(), 11)",
            "crashed",
            "The file's process died: a segmentation fault, often a recursion that never ends (SIGSEGV).",
        ),
        (
            "[os.write(fd, b'nonsense' + bytes([10])) for fd in range(4, 9) if is_pipe(fd)]",
            "crashed",
            "The file wrote over the grader's pipe.",
        ),
    ],
)
def test_each_ending_has_a_sentence(temporary: Path, deed: str, status: str, sentence: str) -> None:
    """Exit codes and signals, of which some have no name, are told."""
    text = (
        "import os, signal, stat, time\nsignal.signal(10, signal.SIG_DFL)\n"
        "def is_pipe(fd):\n    try: return stat.S_ISFIFO(os.fstat(fd).st_mode)\n"
        "    except OSError: return False\n"
    )

    assert end_of(text + deed + "\ntime.sleep(30)") == (status, sentence)


@POSIX
@pytest.mark.slow
def test_a_file_that_closes_everything_is_told(temporary: Path) -> None:
    """It lives on and says nothing: the judge does not wait for long."""
    assert end_of("import os, time\nos.closerange(0, 99)\ntime.sleep(30)") == (
        "crashed",
        "The file closed the grader's pipe.",
    )


@POSIX
@pytest.mark.parametrize("size", [1 << 20, 1 << 10])
def test_a_pipe_that_nobody_empties_blocks_nobody(temporary: Path, size: int) -> None:
    """A stopped process reads no request; a large one, or many small ones, would wait for it."""
    with candidate_of("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", 0.4) as candidate:
        candidate.await_wall()
        began = time.monotonic()
        for _ in range((1 << 20) // size):
            candidate.send(SHOW, inputs=[0.0] * (size // 4))
            if candidate.control < 0:
                break
        with pytest.raises(Ended) as found:
            candidate.receive(LOAD, 5, "Importing")

        assert time.monotonic() - began < 3
        assert found.value.status == "timed-out"


def test_a_flood_of_replies_costs_the_judge_nothing(temporary: Path) -> None:
    """What nobody asked for is left in the pipe."""
    flood = (
        "import os\nwhile True:\n    for fd in range(3, 9):\n"
        '        try: os.write(fd, b\'{"done": {"syntax": null}}\\n\' * 999)\n'
        "        except OSError: pass\n"
    )
    with candidate_of(flood) as candidate:
        candidate.await_wall()
        time.sleep(0.3)  # noqa: TID251  (nothing should come, and nothing tells of that)

        assert candidate.replies.qsize() <= 2


@GRANTED
def test_the_supervisor_takes_in_orphans(temporary: Path) -> None:
    """A process whose parent is gone becomes a child of the supervisor, not of the system's first."""
    orphan = "import os, time\nif os.fork() == 0:\n    if os.fork() == 0: time.sleep(30)\n    os._exit(0)\nos.wait()\n"
    with candidate_of(orphan) as candidate:
        candidate.await_wall()
        candidate.receive(LOAD, 3, "Importing")
        parents = {
            int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            for pid in marked(str(temporary)) - {candidate.process.pid}
        }

        assert len(marked(str(temporary))) == 3
        assert parents == {candidate.process.pid}


@POSIX
def test_a_file_holds_its_own_pipes_alone(judge: Judge, solution: ReadSolution) -> None:
    """Requests, replies and twice what it prints: neither the supervisor's nor other candidates'."""
    text = (
        "import os, stat\nfound = []\nfor fd in range(99):\n"
        "    try: found.append(stat.S_ISFIFO(os.fstat(fd).st_mode))\n"
        "    except OSError: pass\nprint(sum(found))\n"
    )

    assert judge("kata03", text + solution("kata03")).output == "4\n"
