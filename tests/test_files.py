"""Files: replaced in one step, with their rights, and nothing left over when it fails."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader import __version__
from grader.content import catalog
from grader.content.exercise import Exercise
from grader.core import files
from grader.core.files import (
    fingerprint,
    insist_on_place,
    read_solution,
    replace_file,
    text_of,
    write_atomically,
    write_file,
)
from grader.core.model import KitError, Solution
from grader.grading.diagnosis import battery_of
from grader.truth.oracle import Oracle
from grader.truth.program import program
from tests.conftest import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX modes and links")


def names_in(folder: Path) -> list[str]:
    """Return what is in a folder, hidden files included."""
    return sorted(os.listdir(folder))


def test_what_is_no_file_to_grade_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reason has its sentence with the path, and what to name instead."""
    paths = {name: str(tmp_path / name) for name in ("none", "folder", "three", "four")}
    os.mkdir(paths["folder"])
    Path(paths["three"]).write_bytes(b"123")
    Path(paths["four"]).write_bytes(b"1234")
    monkeypatch.setattr(files, "SOURCE_LIMIT", 3)
    for path, reason in (
        (paths["none"], f"There is no file {paths['none']!r}. Name the file to grade."),
        (paths["folder"], f"{paths['folder']!r} is a folder. Name the file to grade."),
        (os.devnull, f"{os.devnull!r} is not a regular file. Name the file to grade."),
        (paths["four"], f"{paths['four']!r} is larger than 4 MB. Name a Python file."),
    ):
        with pytest.raises(KitError) as found:
            read_solution(path)
        assert str(found.value) == reason
    assert read_solution(paths["three"]) == Solution(paths["three"], b"123")

    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(KitError) as found:
        read_solution(paths["three"])
    assert str(found.value) == (
        f"{paths['three']!r} can't be read: Permission denied. Name a readable file."
    )


def test_a_file_is_written_or_the_reason_told(tmp_path: Path) -> None:
    """As UTF-8; a folder, and a path that no system has, have their sentence."""
    write_file(str(tmp_path / "page"), "é")
    assert (tmp_path / "page").read_bytes() == "é".encode()
    for path, reason in (
        (str(tmp_path / "none" / "page"), "No such file or directory"),
        ("nul\0", "embedded null byte"),
    ):
        with pytest.raises(KitError) as found:
            write_file(path, "x")
        assert str(found.value) == f"{path!r} can't be written: {reason}. Name another file."


def test_fingerprint_names_version_size_and_time(tmp_path: Path) -> None:
    """Of each file that is there, in the order given."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"22")
    os.utime(one, ns=(5, 6))
    os.utime(other, ns=(7, 8))

    assert fingerprint(one, tmp_path / "none", other) == f"{__version__}-1.6-2.8"


@posix
def test_what_was_never_made_hides_no_reason(tmp_path: Path) -> None:
    """Where no file can be made beside it, that is told, and not that there is none to remove."""
    with pytest.raises(OSError, match="File name too long"):
        write_atomically(tmp_path / ("n" * 250), "new")


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    """However many there are."""
    write_atomically(tmp_path / "a" / "b" / "c", "new")

    assert (tmp_path / "a" / "b" / "c").read_text() == "new"


@posix
@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755])
def test_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    """Who could read it before can read it afterwards, and nobody else."""
    path = tmp_path / "kata.py"
    path.write_text("old")
    path.chmod(mode)
    write_atomically(path, "new")

    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_new_file_gets_the_mode_of_any_other_new_file(tmp_path: Path) -> None:
    """The umask decides."""
    for umask in (0o022, 0o077):
        before = os.umask(umask)
        try:
            write_atomically(tmp_path / f"{umask}", "new")
        finally:
            os.umask(before)

        assert stat.S_IMODE((tmp_path / f"{umask}").stat().st_mode) == 0o666 & ~umask


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_replaced_file_keeps_its_owner_where_that_is_possible(tmp_path: Path) -> None:
    """A file that root replaces for somebody stays theirs."""
    path = tmp_path / "kata.py"
    path.write_text("old")
    os.chown(path, 1234, 2345)
    write_atomically(path, "new")

    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


@posix
def test_symbolic_link_stays_one(tmp_path: Path) -> None:
    """Its target is replaced, also where that is in another folder or not there yet."""
    (tmp_path / "dotfiles").mkdir()
    for name in ("there", "not_yet"):
        link, target = tmp_path / f"{name}.py", tmp_path / "dotfiles" / f"{name}.py"
        link.symlink_to(target)
        if name == "there":
            target.write_text("old")
        write_atomically(link, "new")

        assert link.is_symlink()
        assert target.read_text() == "new"


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    """No line ending and no byte is translated; text is UTF-8."""
    write_atomically(tmp_path / "bytes", b"\xef\xbb\xbfa\r\n\xe9\n")
    write_atomically(tmp_path / "text", "é\r\n\n")

    assert (tmp_path / "bytes").read_bytes() == b"\xef\xbb\xbfa\r\n\xe9\n"
    assert (tmp_path / "text").read_bytes() == "é\r\n\n".encode()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_nothing_is_left_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """On a full disk, or stopped by Ctrl-C, the old file stays and no other is beside it."""
    path = tmp_path / "kata.py"
    path.write_text("old")
    for fault in (OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()):

        def fail(*_: object, fault: BaseException = fault) -> None:
            raise fault

        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            with pytest.raises(type(fault)):
                write_atomically(path, "new")

        assert path.read_text() == "old"
        assert names_in(tmp_path) == ["kata.py"]


def test_content_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after the renaming must not find an empty file."""
    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def noted_sync(descriptor: int) -> None:
        done.append(f"fsync of {os.fstat(descriptor).st_size}")
        sync(descriptor)

    def noted_replace(source: Any, target: Any) -> None:
        done.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    write_atomically(tmp_path / "kata.py", "12345")

    assert done[:2] == ["fsync of 5", "replace"]


def test_file_that_another_program_holds_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace an open file: it is tried ten times, then told in a sentence."""
    path = tmp_path / "kata.py"
    path.write_text("old")
    pauses: list[float] = []
    replace, refusals = os.replace, 9

    def refuse(source: Any, target: Any) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(os, "replace", refuse)
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert pauses == [0.05] * 9

    refusals = 10
    with pytest.raises(KitError) as caught:
        replace_file(path, "newer")
    assert str(caught.value) == (
        f"{str(path)!r} can't be written: Access is denied. "
        "Close it in other programs, or make it writable."
    )
    assert path.read_text() == "new"
    assert names_in(tmp_path) == ["kata.py"]


def test_a_page_is_never_seen_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the old one until the new one is whole; what fails is told in a sentence."""
    path = tmp_path / "page.html"
    path.write_text("old")

    def refuse(source: Any, target: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(KitError) as caught:
        write_file(str(path), "new")

    assert str(caught.value) == (
        f"{str(path)!r} can't be written: No space left on device. Name another file."
    )
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["page.html"]


@posix
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """So that `--html /dev/stdout` and a named pipe do what they say."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        write_file(str(path), "page")

        assert reader.read() == "page"
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Is a directory"),
        ("missing/page.html", "No such file or directory"),
        ("file/page.html", "Not a directory"),
    ],
)
def test_a_place_for_a_file_is_looked_at_first(tmp_path: Path, name: str, reason: str) -> None:
    """Nothing is written or left there, and no folder is made."""
    (tmp_path / "file").touch()
    insist_on_place(str(tmp_path / "new.html"))
    with pytest.raises(KitError, match="Name another file") as caught:
        insist_on_place(str(tmp_path / name))

    assert f"can't be written: {reason}." in str(caught.value)
    assert names_in(tmp_path) == ["file"]


KILLED = """
import os, signal, sys
from pathlib import Path
from grader.core.files import write_atomically
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
write_atomically(Path(sys.argv[1]), "new" * 100_000)
"""


@posix
def test_kill_leaves_the_old_file_and_a_name_that_nobody_takes_for_a_kata(tmp_path: Path) -> None:
    """What a killed process leaves is hidden and does not end in .py."""
    path = tmp_path / "kata02_mul_backward.py"
    path.write_text("old")
    subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    (left,) = [name for name in names_in(tmp_path) if name != path.name]

    assert path.read_text() == "old"
    assert left.startswith(".")
    assert left.endswith(".tmp")


@pytest.mark.parametrize("cache", ["oracle", "battery"])
def test_caches_are_never_seen_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    """Whatever fails while a cache is written, what stood there before is whole."""
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))
    kata = catalog.find_kata("kata01")

    def write(seed: int) -> None:
        if cache == "battery":
            battery_of(Exercise(kata), seed)
        else:
            oracle = Oracle(str(tmp_path), f"{kata.name}-{seed}")
            oracle.answer(program("b = a + a\nb.backward()", a=2))
            oracle.save()

    write(5)
    path = max((tmp_path / "cache").glob("*.json"), key=lambda path: "battery" in path.name)
    path.write_text("an older cache")
    old: list[str] = []
    replace = os.replace

    def look(source: Any, target: Any) -> None:
        if Path(target) == path:
            old.append(path.read_text())
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    write(5)

    assert old == ["an older cache"]
    assert path.read_text() != "an older cache"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("é\r\n".encode(), "é\r\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# coding: latin-1\n# é\n".encode("latin-1"), "# coding: latin-1\n# é\n"),
        ("# -*- coding: gbk -*-\n# 梯度\n".encode("gbk"), "# -*- coding: gbk -*-\n# 梯度\n"),
        (b"# \xe9\n", "# \ufffd\n"),
        (b"\xef\xbb\xbf# \xe9\n", "# \ufffd\n"),
        (b"# coding: no-such\n# \xe9\n", "# coding: no-such\n# \ufffd\n"),
        (b"# coding: hex\n# \xe9\n", "# coding: hex\n# \ufffd\n"),
        (b"", ""),
    ],
)
def test_text_of_a_file_is_read_as_python_reads_it(source: bytes, text: str) -> None:
    """By its encoding declaration; what that can't read is marked instead of refused."""
    assert text_of(source) == text
