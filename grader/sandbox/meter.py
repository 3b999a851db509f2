"""How long a process has been at work: what the machine did meanwhile is not held against it."""

from __future__ import annotations

import time


class Meter:
    """The clocks of one process; where the system does not tell, wall time is all there is."""

    def __init__(self, pid: int) -> None:
        self.schedule = f"/proc/{pid}/schedstat"
        self.clock = (~pid << 3) | 2  # Linux: the processor time of all threads of a process

    def waited(self) -> float:
        """Return the seconds that it was ready to run and others had the processor."""
        try:
            with open(self.schedule, "rb") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def processor(self) -> float | None:
        """Return the seconds of processor time it has used, None where nobody tells."""
        try:
            return time.clock_gettime(self.clock)
        except (OSError, AttributeError, OverflowError):
            return None
