"""Reading what is to be graded, and writing files that no reader sees half of."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import tempfile
import time
import tokenize
from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.core.model import KitError, Solution

SOURCE_LIMIT = 4_000_000
TRIES, PAUSE = 10, 0.05  # and seconds between them


def read_solution(path: str) -> Solution:
    """Return the file's bytes, or raise KitError for what is not a readable file."""
    try:
        if not os.path.exists(path):
            raise KitError(f"There is no file {path!r}.", "Name the file to grade.")
        if os.path.isdir(path):
            raise KitError(f"{path!r} is a folder.", "Name the file to grade.")
        if not os.path.isfile(path):
            raise KitError(f"{path!r} is not a regular file.", "Name the file to grade.")
        if os.path.getsize(path) > SOURCE_LIMIT:
            raise KitError(f"{path!r} is larger than 4 MB.", "Name a Python file.")
        return Solution(path, Path(path).read_bytes())
    except OSError as error:
        raise KitError(
            f"{path!r} can't be read: {error.strerror}.", "Name a readable file."
        ) from None


def insist_on_place(path: str) -> None:
    """Raise KitError where no file can be written: for work that takes long, before it begins."""
    with _told(path):
        target = os.path.realpath(path)
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not _is_device(target):
            tempfile.TemporaryFile(dir=os.path.dirname(target)).close()


def write_file(path: str, text: str) -> None:
    """Write a file whole, or raise KitError with the reason why it can't be."""
    insist_on_place(path)
    with _told(path):
        if _is_device(path):  # a terminal or a pipe is written to, not replaced
            Path(path).write_text(text, "utf-8")
        else:
            write_atomically(Path(path), text)


def _is_device(path: str) -> bool:
    return os.path.exists(path) and not os.path.isfile(path)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KitError(f"{path!r} can't be written: {reason}.", "Name another file.") from None


def replace_file(path: Path, content: str | bytes) -> None:
    """Replace a learner's file, or raise KitError with the reason why it can't be."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise KitError(
            f"{str(path)!r} can't be written: {error.strerror}.",
            "Close it in other programs, or make it writable.",
        ) from None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file in one step, so that a reader or a power cut finds the old one or the new one.

    A symbolic link keeps leading to the file, which keeps its mode and, where the system allows,
    its owner. A killed process may leave a hidden `.tmp` file; any other failure leaves nothing.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            _copy_rights(target, temporary)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _copy_rights(source: Path, target: Path) -> None:
    if source.exists():
        before = source.stat()
        if hasattr(os, "chown"):
            with contextlib.suppress(OSError):  # only root may give a file away
                os.chown(target, before.st_uid, before.st_gid)
        target.chmod(stat.S_IMODE(before.st_mode))


def _replace(source: Path, target: Path) -> None:
    """Rename a file over another one; Windows refuses for as long as a program has that open."""
    for _ in range(TRIES - 1):
        try:
            return os.replace(source, target)
        except PermissionError:
            time.sleep(PAUSE)
    return os.replace(source, target)


def text_of(source: bytes) -> str:
    """Return a Python file's text by its encoding declaration; what that can't read is marked."""
    try:
        return source.decode(tokenize.detect_encoding(io.BytesIO(source).readline)[0])
    except (SyntaxError, UnicodeError, LookupError):
        return source.decode("utf-8-sig", "replace")


def bytes_of(text: str) -> bytes:
    """Return what `text_of` reads as this text, in the encoding that it declares."""
    try:
        return text.encode(tokenize.detect_encoding(io.BytesIO(text.encode()).readline)[0])
    except (SyntaxError, UnicodeError, LookupError):
        return text.encode("utf-8", "replace")


def fingerprint(*sources: Path) -> str:
    """Return what changes when one of the files does, or the kit's version."""
    stats = [path.stat() for path in sources if path.exists()]
    return "-".join([__version__, *(f"{s.st_size}.{s.st_mtime_ns}" for s in stats)])
