"""Where in memory the learner's objects stand: at the same places in every run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

TELL_PERSONALITY, FIXED_ADDRESSES = 0xFFFFFFFF, 0x0040000  # man 2 personality; of this thread


@contextlib.contextmanager
def fixed_addresses() -> Iterator[None]:
    """Have what is started in the block lay out its memory the same way each time.

    A set of objects is visited in the order of their addresses. Only Linux can be asked for this,
    and a container may refuse.
    """
    try:
        import ctypes  # a few milliseconds, on Linux alone

        personality = ctypes.CDLL(None).personality
    except (ImportError, OSError, AttributeError, TypeError):
        yield
        return
    before = personality(ctypes.c_ulong(TELL_PERSONALITY))
    personality(ctypes.c_ulong(before | FIXED_ADDRESSES))
    try:
        yield
    finally:
        personality(ctypes.c_ulong(before))
