"""What an alarm answers: fine, alert, or that nobody can tell; with all that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from coefgate.core.problems import GATE_FAILED, NOT_MEASURABLE, PASS
from coefgate.replay.figures import ConfidenceInterval

AlarmAnswer = Literal["fine", "alert", "cannot-tell"]
ANSWERS: Final[tuple[AlarmAnswer, ...]] = ("fine", "cannot-tell", "alert")
"""The gravest last."""
ANSWER_CODES: Final[Mapping[AlarmAnswer, int]] = {
    "fine": PASS,
    "alert": GATE_FAILED,
    "cannot-tell": NOT_MEASURABLE,
}
"""What a command exits with."""
AlarmName = Literal[
    "underestimated",  # calls that needed far more than was predicted, or were cut off there
    "overestimated",  # calls that needed far less
    "mispredicted",  # calls far off, either way
    "truncation-rate",
    "underestimation-rate",
    "smape",
    "waste-median",
    "waste-p75",
    "waste-p90",
    "rollback",  # the trigger
    "drift",
    "release",  # against the one before
    "new-category",
    "outside-applies-to",
    "fallback-share",
    "sizes-unknown",
    "endings-unknown",
    "silence",
    "lost-calls",
    "spool-waiting",
]
Why = Literal[
    "",
    "too-few-calls",
    "chance",  # beyond the limit, but no further than chance may bring it
    "no-calls",
    "silent",
    "silent-runners",
    "lost-calls",
    "spool-waiting",
    "withdrawn",  # the release that it accuses is withdrawn by now
    "nothing-to-compare",
]
"""What there is to know beside the figures: why nobody can tell, or why it is fine after all."""
MOST_SHOWN: Final = 5
"""Records that an alarm names as examples."""
Rows: TypeAlias = NDArray[np.intp]
"""Places in a ``CallTable``."""


def no_rows() -> Rows:
    """No place."""
    return np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What one alarm found in one week and stratum.

    ``week``: its Monday in days since 1970. The stratum: calls with this ``value`` ``by``
    category, complexity, deliverables, model or digest; all of the week where both are empty.
    ``statistic``: what is held against ``threshold``; ``calls``: of how many, ``counted`` those
    among them that it counts, where it counts any. ``interval``: of the statistic, 95%. ``p``: how
    likely chance alone brings it so far, after correction for all that was asked at once.
    ``factor``: how many times as much calls need of their predictions as before.
    ``rows``: the records that it is of, ``basis``: all without which it might say otherwise, where
    these are more, ``worst``: those to look at first. ``names``: what it is about (a model, a
    category, a writer).
    ``digest``: the coefficients that it accuses, where it does.
    """

    name: AlarmName
    answer: AlarmAnswer
    week: int
    by: str = ""
    value: str = ""
    calls: int = 0
    counted: int | None = None
    statistic: float | None = None
    threshold: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    factor: float | None = None
    why: Why = ""
    digest: str | None = None
    names: tuple[str, ...] = ()
    rows: Rows = field(default_factory=no_rows, compare=False, repr=False)
    basis: Rows | None = field(default=None, compare=False, repr=False)
    worst: Rows = field(default_factory=no_rows, compare=False, repr=False)

    @property
    def rests_on(self) -> Rows:
        """All records without which it might say otherwise, in their order."""
        return self.rows if self.basis is None else self.basis

    @property
    def stratum(self) -> str:
        """Which calls of the week these are: ``category docs``."""
        return f"{self.by} {self.value}" if self.by else "all calls"


def ends(interval: ConfidenceInterval | None) -> tuple[float, float] | None:
    """Both ends of an interval, where there is one."""
    return None if interval is None else (interval.low, interval.high)


def gravest(answers: Iterable[AlarmAnswer]) -> AlarmAnswer:
    """The answer to all together. Where nothing was asked, nobody can tell."""
    return max(answers, key=ANSWERS.index, default="cannot-tell")
