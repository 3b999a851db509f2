"""The folder that a candidate works in: made for one verdict, and gone after it."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile

from grader.sandbox.system import belongs_to_me, is_alive

OURS = re.compile(r"kata-(\d{1,9})-\w+")


def make_scratch() -> str:
    """Return a new folder; its name says which process it belongs to."""
    return os.path.realpath(tempfile.mkdtemp(prefix=f"kata-{os.getpid()}-"))


def sweep_scratch() -> None:
    """Remove the folders of judges that were killed before they could."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            found = OURS.fullmatch(entry.name)
            if found and _is_ours(entry) and not is_alive(int(found[1])):
                remove_tree(entry.path)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        return belongs_to_me(entry) and entry.is_dir(follow_symlinks=False)
    return False


def remove_tree(folder: str) -> None:
    """Remove a folder with all it holds, as far as the system allows.

    Folders may be without permissions, and nested deeper than a path can say: what they hold is
    moved up into the top folder, level by level, so no path grows and nothing recurses.
    """
    unheard_of, moved, before = os.urandom(8).hex(), 0, None
    while (inner := [*filter(_is_left, _entries(folder))]) != before:
        before = inner
        for path in inner:
            for deeper in filter(_is_left, _entries(path)):
                moved += 1
                with contextlib.suppress(OSError):
                    os.chmod(deeper, stat.S_IRWXU)  # a folder that can't be written can't be moved
                    os.rename(deeper, os.path.join(folder, f"{unheard_of}-{moved}"))
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


def _is_left(path: str) -> bool:
    """Remove anything but a folder; say whether it is one."""
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(os.lstat(path).st_mode):
            return True
        os.unlink(path)
    return False
