"""A nursery of candidates: one warm Python that forks a candidate for each file it is given.

What starting Python costs is paid once for many files, which author tools grade by the thousand.
Each file has a process of its own behind its own wall, as every candidate has; the nursery runs
nothing of any file. It says when a candidate has ended. Where that comes instead of a reply, the
judge sees that the candidate has died, and ends the nursery too.
"""

from __future__ import annotations

import os

from grader.sandbox.candidate import Pipe, serve


def main() -> None:
    """Fork a candidate for each setup; say so when it has ended."""
    pipe = Pipe(buffering=0)  # what a candidate is to read must not be read ahead here
    while setup := pipe.receive():
        child = os.fork()
        if child == 0:
            pipe.requests = os.fdopen(os.dup(pipe.requests.fileno()), "rb")
            serve(pipe, setup)
        os.waitpid(child, 0)
        pipe.send({"ended": True})
    os._exit(0)
