"""Whether a failing program fails on its own, as it is shown, or only after earlier ones.

The checks share one process. What failed there is run once more as if nothing had been before; if
it comes out right, the shortest sequence of programs that fails is looked for and shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

from grader.checks.failure import CheckFailed, join_sentences
from grader.checks.graded import Asked, GradedAttempt, Request, Unasked
from grader.core.model import Counterexample, as_script
from grader.grading.signature import alike, signature
from grader.sandbox.failures import Ended, LearnerError
from grader.sandbox.process import CandidateProcess
from grader.sandbox.protocol import LOAD, REPLAY, SCRIPT, SCRIPTS
from grader.sandbox.system import SUPERVISED

Check = Callable[[], object]
SHOWN = ("run", "script")  # the verbs whose requests are Python that can be pasted
SECONDS, REQUEST_SECONDS = 1.5, 0.3
FORKS = 400
REPEATS, EARLIER, LONGEST = 5, 40, 12
KEPT = (
    "Right the first time, wrong after an earlier call: something is kept in a class, a default "
    "argument or the module."
)
ONCE = "By itself the program below comes out right, and no few calls before it change that."


class Replays:
    """A process that answers each sequence of requests as if the file had just been imported."""

    def __init__(self, attempt: GradedAttempt) -> None:
        self.attempt = attempt
        self.process: CandidateProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        if self.process:
            self.process.close()

    def answers(self, sequences: Sequence[Sequence[Request]]) -> list[Any]:
        """Return the reply to the last request of each sequence; none if the file won't have it."""
        if SUPERVISED:
            return self._ask(list(map(list, sequences)))
        found: list[Any] = []
        for sequence in sequences[:REPEATS]:
            found += self._ask([list(sequence)])
            self.__exit__()
            self.process = None
        return found

    def _ask(self, sequences: list[list[Request]]) -> list[Any]:
        try:
            process = self._started()
            process.send(REPLAY, sequences=sequences, seconds=REQUEST_SECONDS)
            left = SECONDS - process.spent
            return process.receive(REPLAY, left, "A replay")["replies"]
        except (Ended, LearnerError):
            return []

    def _started(self) -> CandidateProcess:
        if self.process is None:
            self.process = CandidateProcess(self.attempt.submission, forks=FORKS)
            self.process.await_wall()
            self.process.receive(LOAD, SECONDS, "Importing")
        if self.process.ended:
            raise self.process.ended
        return self.process

    def confirm(self, check: Check, failure: CheckFailed, begin: int) -> CheckFailed:
        """Return the failure as a fresh process shows it.

        `begin` is where the requests of the check begin among all that the attempt was asked.
        """
        place = self._place_of(failure, begin)
        if place is None:
            return failure
        asked = self.attempt.history[place]
        fresh = self.answers([[asked.request]])
        if not fresh or _gave_up(fresh[0]):
            return failure
        if not failure.fleeting and _same(asked, fresh[0]):
            return failure
        judge = Judge(self.attempt, check, begin, place)
        found = judge.failure_on(fresh[0])
        return found or self._after_others(judge, failure)

    def _place_of(self, failure: CheckFailed, begin: int) -> int | None:
        """Return where the request is that the failure shows, None if it is none to paste."""
        example = failure.counterexample
        if example is None:
            return None
        for place in range(len(self.attempt.history) - 1, begin - 1, -1):
            request = self.attempt.history[place].request
            if request["verb"] in SHOWN and _shows(example, request):
                return place
        return None

    def _after_others(self, judge: Judge, failure: CheckFailed) -> CheckFailed:
        """Return the failure with the shortest sequence that leads to it."""
        last = judge.asked
        earlier = [
            request
            for asked in self.attempt.history[: judge.place]
            if asked.candidate is last.candidate
            for request in _shown(asked.request)
        ]
        for sequences in _guesses(earlier, last.request):
            replies = self.answers(sequences)
            for sequence, reply in zip(sequences, replies, strict=False):
                if found := judge.failure_on(reply):
                    return _told_after(*self._shortened(judge, found, sequence))
        failure.message = join_sentences(failure.message, ONCE)
        return failure

    def _shortened(
        self, judge: Judge, failure: CheckFailed, sequence: list[Request]
    ) -> tuple[CheckFailed, list[Request]]:
        """Leave out what the failure does not need, one request after the other.

        What is left may give other numbers: the failure is that of the shortest sequence.
        """
        if len(sequence) > LONGEST:
            return failure, sequence
        for place in range(len(sequence) - 2, -1, -1):
            shorter = sequence[:place] + sequence[place + 1 :]
            for reply in self.answers([shorter]):
                if found := judge.failure_on(reply):
                    failure, sequence = found, shorter
        return failure, sequence


class Judge:
    """A check that judges other replies to one of its requests, the earlier ones as they were."""

    def __init__(self, attempt: GradedAttempt, check: Check, begin: int, place: int) -> None:
        self.attempt, self.check, self.place = attempt, check, place
        self.asked = attempt.history[place]
        self.before = attempt.history[begin:place]

    def failure_on(self, reply: Any) -> CheckFailed | None:
        """Return how the check fails on a reply, None if it goes on or can't tell."""
        if _gave_up(reply):
            return None
        given = LearnerError(reply) if "error" in reply else reply
        attempt = self.attempt
        wrong, attempt.wrong = attempt.wrong, True  # nothing is shrunk
        attempt.told = [*self.before, replace(self.asked, reply=given)]
        try:
            self.check()
        except CheckFailed as failure:
            return None if attempt.told or failure.fleeting else failure
        except (Unasked, LearnerError):
            return None
        finally:
            attempt.told, attempt.wrong = None, wrong
        return None


def _shown(request: Request) -> list[Request]:
    """Return the programs of a request as requests of their own; none if they can't be pasted."""
    if request["verb"] == SCRIPTS.name:
        names = request["names"]
        return [{"verb": SCRIPT.name, **one, "names": names} for one in request["scripts"]]
    return [request] if request["verb"] in SHOWN else []


def _shows(example: Counterexample, request: Request) -> bool:
    """Whether a counterexample is the program of a request, or its beginning."""
    given: dict[str, float] = request["inputs"]
    return request["code"].startswith(example.code) and example.inputs.items() <= given.items()


def _gave_up(reply: Any) -> bool:
    return "timed_out" in reply or "died" in reply


def _same(asked: Asked, fresh: Any) -> bool:
    if isinstance(asked.reply, LearnerError):
        return str(fresh.get("error")) == asked.reply.type
    return alike(signature(asked.request, asked.reply), signature(asked.request, fresh))


def _guesses(earlier: list[Request], last: Request) -> Iterator[list[list[Request]]]:
    """Yield sequences that may fail, the short ones first."""
    single = sorted({str(request): request for request in earlier}.values(), key=_length)
    yield [[request, last] for request in [last, *single[:EARLIER]]]
    yield [[last] * times for times in range(3, 2 + REPEATS)]
    suffixes = [2**power for power in range(1, 12) if 2**power < 2 * len(earlier)]
    yield [[*earlier[-length:], last] for length in suffixes]


def _length(request: Request) -> tuple[int, int]:
    return request["code"].count("\n"), len(request["code"])


def _told_after(failure: CheckFailed, sequence: list[Request]) -> CheckFailed:
    """Return the failure that names what was kept, and shows what has to run before it."""
    before = [as_script(request["code"], request["inputs"]) for request in sequence[:-1]]
    text = "".join(f"{script}\n# then\n" for script in before)
    assert failure.counterexample
    failure.counterexample = replace(failure.counterexample, before=text)
    failure.message = join_sentences(failure.message, KEPT)
    return failure
