"""The rubric: what the lines of a scorecard weigh and cost, and which verdict holds when.

Everything is computed with these numbers, and every sentence about them is built from them. The
README has the same sentences; a test compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WEIGHTS = {
    "correctness": 40,
    "speed": 10,
    "independence": 15,
    "depth": 10,
    "testing": 10,
    "knowledge": 15,
}
FULL_SPEED, SPEED_AT_BUDGET = 0.5, 50  # 100 within this share of the budget; at all of it
AFTER_HINT = {0: 100, 1: 87, 2: 67, 3: 40, 4: 0}  # independence after the highest tier seen
FREE_RUNS, RUN_COST, RUNS_COST = 3, 2, 20
WRONG_TEST_COST = 10
SHARES = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters"}
COUNTS = ("no", "one", "two", "three", "four")
PLACES = ("zeroth", "first", "second", "third", "fourth")
SELF = "Rate yourself. These ratings are shown beside the score and never added to it."
PARTNER = (
    "Now the partner rates, from what was seen and heard. These ratings are shown beside the score "
    "and never added to it."
)


@dataclass(frozen=True)
class Rating:
    """Something that no program can see, rated from 1 to 4."""

    name: str
    title: str
    low: str
    high: str


RATINGS = (
    Rating("clarified", "Clarifying", "began without a question", "asked what decides the design"),
    Rating("narrated", "Thinking aloud", "was silent", "said what comes next and why, all along"),
    Rating("explained", "Explaining", "could not say why it works", "gave reasons and trade-offs"),
    Rating(
        "limits", "Costs and limits", "named none", "named cost, memory and what fails, unasked"
    ),
)
LINES = {
    "correctness": "the share of core checks that pass when the time of a kata is over",
    "speed": (
        f"100 for a kata that passed within {SHARES[FULL_SPEED]} of its budget, {SPEED_AT_BUDGET} "
        "at all of it, 0 if it did not pass; not measured in an interview with a pause"
    ),
    "independence": (
        f"{', '.join(str(AFTER_HINT[tier]) for tier in range(4))} or {AFTER_HINT[4]} after no "
        f"hint, hint 1, 2, 3 or 4; failed runs beyond the first {FREE_RUNS} cost {RUN_COST} each, "
        f"at most {RUNS_COST}; 0 for a kata in which nothing was written"
    ),
    "depth": "the mean of stretch checks passed and follow-ups answered",
    "testing": (
        "the share of a kata's wrong solutions that your tests catch; a test that a right "
        f"solution fails costs {WRONG_TEST_COST}"
    ),
    "knowledge": "the mean over warm-up, derivation and bug questions; a skipped one is 0",
}
UNREACHED = (
    "What was planned and not reached counts once as 0 and once as 100, and the verdict is the "
    "range between."
)
CAVEAT = (
    "A practice signal from checks, clock and hints. It does not see how you communicate, which "
    "people rate beside it, and it predicts nothing."
)


def speed_at(share: float) -> float:
    """Return what a pass after a share of the budget is worth, from 0 to 100."""
    slope = (100 - SPEED_AT_BUDGET) / (1 - FULL_SPEED)
    return max(0.0, min(100.0, 100 - slope * (share - FULL_SPEED)))


def independence_after(tier: int, failed_runs: int) -> int:
    """Return what is left of 100 after the highest hint seen and so many failed runs."""
    cost = min(RUNS_COST, RUN_COST * max(0, failed_runs - FREE_RUNS))
    return max(0, AFTER_HINT[min(tier, max(AFTER_HINT))] - cost)


@dataclass(frozen=True)
class Facts:
    """What a verdict depends on."""

    score: float
    failing: Sequence[int]  # core checks, of each kata
    tier: int  # the highest hint seen
    in_time: bool
    knowledge: float | None


@dataclass(frozen=True)
class Refusal:
    """A verdict for a score below a mark, or for core checks that fail."""

    verdict: str
    below: float
    failing: int
    every_kata: bool  # so many must fail in each kata, not in one

    def holds(self, facts: Facts) -> bool:
        """Whether this is the verdict, if none before it is."""
        worst = (min if self.every_kata else max)(facts.failing, default=0)
        return facts.score < self.below or worst >= self.failing

    def __str__(self) -> str:
        count = "any core check fails"
        if self.failing > 1:
            count = f"{COUNTS[self.failing]} core checks or more fail"
        where = " in every kata" if self.every_kata else ""
        return f"{self.verdict}: the score is below {self.below:g}, or {count}{where}"


@dataclass(frozen=True)
class Offer:
    """A verdict for a score from a mark on, with few hints, perhaps in time and with knowledge."""

    verdict: str
    score: float
    tier: int
    in_time: bool = False
    knowledge: float | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether this is the verdict, if none before it is."""
        known = self.knowledge is None or facts.knowledge is None
        return (
            facts.score >= self.score
            and facts.tier <= self.tier
            and (facts.in_time or not self.in_time)
            and (known or facts.knowledge >= self.knowledge)  # type: ignore[operator]
        )

    def __str__(self) -> str:
        text = f"{self.verdict}: the score is {self.score:g} or more, "
        text += f"with no hint beyond the {PLACES[self.tier]}"
        text += ", each kata within its budget" if self.in_time else ""
        if self.knowledge is not None:
            text += f", and knowledge, if it was asked, at {self.knowledge:g} or more"
        return text


RULES = (
    Refusal("no hire", 45, failing=2, every_kata=True),
    Refusal("lean no hire", 62, failing=1, every_kata=False),
    Offer("strong hire", 88, tier=1, in_time=True, knowledge=66),
    Offer("hire", 75, tier=2),
)
OTHERWISE = "lean hire"


def verdict_for(facts: Facts) -> str:
    """Return the verdict of the first rule that holds."""
    return next((rule.verdict for rule in RULES if rule.holds(facts)), OTHERWISE)


def rule_sentences() -> list[str]:
    """Return the rules in words, in their order."""
    return [*map(str, RULES), f"{OTHERWISE}: otherwise"]
