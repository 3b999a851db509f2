"""How an attempt can end or fail before its numbers are looked at, each in a sentence."""

from __future__ import annotations

from grader.core.model import Kata, Status, clip
from grader.sandbox.describe import without_addresses
from grader.sandbox.protocol import Raised, SyntaxFault


class Ended(Exception):
    """The candidate is gone, or its file could not be loaded; `status` is the verdict's."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status
        self.message = message


class NotRun(Exception):
    """The candidate was gone before this check began."""


class LearnerError(Exception):
    """The learner's code raised an exception; the fields are the candidate's description."""

    def __init__(self, found: Raised) -> None:
        self.type = clip(found["error"], 80)
        self.message = clip(without_addresses(found["message"]), 2_000)
        self.line = found["line"]
        self.program_line = found["program_line"]
        self.function = clip(found["function"], 80)
        self.blocked = found["blocked"] and clip(found["blocked"], 80)
        self.kinds = tuple(found["kinds"])
        super().__init__(f"{self.type}: {self.message}" if self.message else self.type)

    def is_gap_of(self, kata: Kata) -> bool:
        """Whether a gap of the stub raised this."""
        return self.type == "NotImplementedError" and self.message.startswith(f"{kata.short}:")


def missing_sentence(kata: Kata, name: str) -> str:
    """Say which name the file lacks."""
    return f"The file does not define {name!r}, which {kata.short} asks for."


def blocked_sentence(kata: Kata, error: LearnerError) -> str:
    """Say why an import is not allowed, and what to do."""
    name = str(error.blocked)
    top = name.partition(".")[0]
    place = f"line {error.line}: " if error.line else ""
    if top == "reference":
        reason = (
            f"it holds the answer to {spoiled_by(name)}, so {kata.short} may not import it. "
            "Write the missing part in this file."
        )
    elif top.startswith("kata"):
        reason = f"{kata.short} is graded on its own file. Copy what you need into it."
    elif top == "grader":
        reason = "the grader is out of reach of the file it grades."
    else:
        given = "the standard library and NumPy" if kata.uses_numpy else "the standard library"
        reason = f"{kata.short} is solved with {given} alone."
    return f"{place}{name!r} can't be imported: {reason}"


def spoiled_by(module: str) -> str:
    """Return the katas whose answer a module of the reference holds."""
    return {
        "reference.engine": "kata01 to kata06",
        "reference.gradcheck": "kata07",
        "reference.nn": "kata08 and kata09",
        "reference.losses": "kata10",
        "reference.optim": "kata11 and kata13",
    }.get(module, "several katas")


def syntax_sentence(fault: SyntaxFault) -> str:
    """Say what Python can't read, with a caret under the place."""
    line, column, text = fault["line"], fault["column"], fault["text"]
    sentence = f"line {line}: {fault['message']}" if line else fault["message"]
    if text is None or column is None:
        return sentence
    shown = text.rstrip("\n").expandtabs(1)
    left = max(0, min(column - 1, len(shown)) - 60)
    caret = " " * (min(column - 1, len(shown)) - left) + "^"
    return f"{sentence}\n    {clip(shown[left : left + 100], 100)}\n    {caret}"


LIMITS = {
    "disk": "The file wrote more than 192 MB, or 5,000 files, into its folder, or hid them there.",
    "processes": "The file had more than 40 processes at once.",
}


def how_it_died(signal: str) -> str:
    """Say what a signal means."""
    words = {
        "SIGSEGV": "a segmentation fault, often a recursion that never ends",
        "SIGKILL": "it was killed",
        "SIGABRT": "it aborted",
    }
    return f"{words[signal]} ({signal})" if signal in words else signal


def show_seconds(spent: float) -> str:
    """Return `0.3 seconds`, `1 second`, `4 seconds`."""
    if spent < 0.95:
        return f"{spent:.1f} seconds"
    return f"{spent:.0f} second{'s' if spent >= 1.5 else ''}"
