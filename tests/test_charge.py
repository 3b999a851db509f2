"""Time: a file is charged for its own work, whatever the machine does meanwhile."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from grader.core.model import Verdict
from grader.grading import diagnosis
from grader.grading import judge as judging
from grader.sandbox import process
from grader.sandbox.attempt import Attempt
from grader.sandbox.meter import Meter
from grader.sandbox.protocol import LOAD
from tests.test_supervisor import candidate_of, end_of

Judge = Callable[..., Verdict]
ReadSolution = Callable[[str], str]
SPIN = "import time\nuntil = time.monotonic() + 20\nwhile time.monotonic() < until: pass"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="uses /proc")


class Busy(Meter):
    """A machine that gives a process a part of each second."""

    part = 0.5

    def waited(self) -> float:
        return time.monotonic() * (1 - self.part)


@pytest.mark.slow
@linux_only
def test_a_right_answer_passes_on_a_machine_under_load(
    judge: Judge, solution: ReadSolution
) -> None:
    """Six programs that never rest cost it five seconds by the clock, and not the verdict."""
    work = "import time\nwhile time.process_time() < 1.6: pass\n"
    command = [sys.executable, "-c", SPIN]  # each in a session, which Linux gives an equal part
    loads = [subprocess.Popen(command, start_new_session=True) for _ in range(6)]
    try:
        assert judge("kata03", work + solution("kata03")).status == "passed"
    finally:
        for load in loads:
            load.kill()
            load.wait()


@linux_only
@pytest.mark.parametrize(
    ("text", "state", "advice"),
    [
        ("while True: pass", "running", r"Does every loop end\?"),
        ("import time; time.sleep(30)", "waiting", r"Does it sleep, or read input\?"),
    ],
)
def test_what_spins_is_running_and_what_sleeps_is_waiting(
    text: str, state: str, advice: str
) -> None:
    """The sentence tells one from the other, and where it was."""
    status, message = end_of(text, 0.5)

    assert status == "timed-out"
    place = r"(, at line 1 in <module>)?"
    assert re.fullmatch(
        rf"Importing was still {state} after 0.[56] seconds{place}\. {advice}", message
    )


def test_time_of_others_is_not_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was ready half of the time is charged for the other half."""
    monkeypatch.setattr(process, "Meter", Busy)
    with candidate_of("import time; time.sleep(0.4)") as candidate:
        candidate.await_wall()
        candidate.receive(LOAD, 3, "Importing")

    assert candidate.spent == pytest.approx(candidate.lost, rel=0.2)
    assert 0.15 < candidate.spent < 0.9


@pytest.mark.parametrize(("part", "tries"), [(0.4, 2), (0.9, 1)])
def test_a_time_out_on_a_crowded_machine_is_tried_once_more(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, part: float, tries: int
) -> None:
    """Only where others had the machine for a good part of the time, and no more than once."""
    seen = []

    def counted(
        *arguments: object, last_try: bool, real: Callable[..., object] = judging._judge
    ) -> object:
        seen.append(last_try)
        return real(*arguments, last_try=last_try)

    monkeypatch.setattr(judging, "_judge", counted)
    monkeypatch.setattr(diagnosis.Investigation, "outcome", lambda *_: None)
    monkeypatch.setattr(process, "Meter", type("Part", (Busy,), {"part": part}))
    monkeypatch.setattr(Attempt.__init__, "__defaults__", (0.3,))

    assert judge("kata03", "while True: pass").status == "timed-out"
    assert seen == [False, True][:tries]
