"""The folder that a candidate works in: made for one verdict, and gone after it."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile

OURS = re.compile(r"kata-(\d+)-\w+")


def make_scratch() -> str:
    """Return a new folder; its name says which process it belongs to."""
    return os.path.realpath(tempfile.mkdtemp(prefix=f"kata-{os.getpid()}-"))


def sweep_scratch() -> None:
    """Remove the folders of judges that were killed before they could."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            found = OURS.fullmatch(entry.name)
            if found and _is_ours(entry) and not _is_alive(int(found[1])):
                remove_tree(entry.path)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        owned = not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()
        return owned and entry.is_dir(follow_symlinks=False)
    return False


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # there, to ask with signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def remove_tree(folder: str) -> None:
    """Remove a folder with all it holds, as far as the system allows.

    Folders may be without permissions, and nested deeper than a path can say: what they hold is
    moved up into the top folder, level by level, so no path grows and nothing recurses.
    """
    moved, before = 0, None
    while (inner := [path for path in _entries(folder) if not _is_removed(path)]) != before:
        before = inner
        for path in inner:
            for deeper in _entries(path):
                moved += 1
                with contextlib.suppress(OSError):
                    os.rename(deeper, os.path.join(folder, f".removed-{moved}"))
            with contextlib.suppress(OSError):
                os.rmdir(path)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _entries(folder: str) -> list[str]:
    """Return what is in a folder, which is made readable first."""
    with contextlib.suppress(OSError):
        os.chmod(folder, stat.S_IRWXU)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [entry.path for entry in entries]
    return []


def _is_removed(path: str) -> bool:
    """Remove anything but a folder; say whether it is gone."""
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(os.lstat(path).st_mode):
            return False
        os.unlink(path)
    return True
