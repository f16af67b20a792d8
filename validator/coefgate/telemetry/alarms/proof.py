"""The proof before going back: would the release before have cut off fewer of these very calls?

Of a call whose reply came to its end its need is known; of one that was cut off only that it
needed more. So a budget below its need, or no larger than what it had reached, cuts a call off for
certain; one that covers a known need does not; and between both the call is open. How likely an
open call is to be cut off is taken from what calls needed of the predictions of the release before
in its own weeks: the Kaplan–Meier estimate of need ÷ prediction, above what the call is known to
need. Without such weeks, open calls speak against going back.

Both releases are compared on each phase, and whole phases are counted: a sign test, one-sided. And
those own weeks must explain the trouble: with budgets like those of the release now, they would
have had half as many calls cut off at least. Else the work has changed as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from scipy.special import betainc

from coefgate.replay.metrics import Booleans, Floats, Indices, Integers
from coefgate.telemetry.call_table import Codes, phase_numbers

ProofOutcome = Literal["better", "not-better", "undecided"]
SURE: Final = 0.05
"""How likely chance alone may turn so many phases one way."""
A_CALL: Final = 0.5
"""Calls that a phase must be expected to lose less, or more, to count."""
EXPLAINED: Final = 0.5
"""The share of the cut-off calls that the own weeks of the release before must explain."""


@dataclass(frozen=True, slots=True)
class ReplayedCalls:
    """Calls as columns of one length.

    ``reached``: output tokens; ``cut_off``: they needed more. ``budget``: what each release would
    have allowed; ``predicted``: of the release before. ``phase``: below 0 where nobody knows it.
    """

    phase: Codes
    reached: Integers
    cut_off: Booleans
    budget: Integers
    budget_before: Integers
    predicted_before: Integers


@dataclass(frozen=True)
class OwnNeeds:
    """What calls needed of what was predicted for them: ``ratio``; ``cut_off``: at least that."""

    ratio: Floats
    cut_off: Booleans

    def share_above(self, ratio: Floats) -> Floats:
        """The estimated share of calls that need more than each of these ratios."""
        ordered, left = self._left_above
        found: Floats = left[np.searchsorted(ordered, ratio, side="right")]
        return found

    @cached_property
    def _left_above(self) -> tuple[Floats, Floats]:
        """The ratios in their order, and the share above none of them, the first, the second …."""
        order = np.lexsort((self.cut_off, self.ratio))
        ends = ~self.cut_off[order]
        at_risk = np.arange(len(order), 0, -1)
        left = np.where(ends, (at_risk - 1) / at_risk, 1.0).cumprod()
        return self.ratio[order], np.concatenate(([1.0], left))


@dataclass(frozen=True, slots=True)
class CutOff:
    """How many calls a release cuts off: ``at_least``, ``at_most``, and what is to be expected."""

    at_least: int
    at_most: int
    expected: float


@dataclass(frozen=True, slots=True)
class Proof:
    """Both releases on the same ``calls``, in so many ``phases``.

    ``better`` and ``worse``: phases in which the release before is expected to cut off fewer
    calls, or more; ``p``: how likely chance alone makes so many of them better. ``explained``: how
    many calls its own weeks would have had cut off with the budgets of now, ``None`` without any.
    """

    outcome: ProofOutcome
    calls: int
    phases: int
    now: CutOff
    before: CutOff
    better: int
    worse: int
    p: float
    explained: float | None


def proof(calls: ReplayedCalls, own: OwnNeeds | None) -> Proof:
    """Hold both releases against each other; ``own``: needs in the own weeks of the one before.

    ``better``: so many phases lose fewer calls that chance does not explain it, and its own weeks
    explain the trouble. ``not-better``: enough phases are in trouble, and too few of them get
    better; without own weeks, even if the release before kept every open call. Else it is
    undecided.
    """
    now, before = (_Chances.of(calls, one, own) for one in (calls.budget, calls.budget_before))
    phase = phase_numbers(calls.phase)
    better, worse = _phases(phase, now.expected - before.expected)
    p = sign_test(better, worse)
    hoped = p if own else sign_test(*_phases(phase, now.most - before.least))
    explained = None if own is None else _explained(calls, own)
    cut_off = int(np.count_nonzero(calls.cut_off))
    outcome: ProofOutcome = "undecided"
    if hoped > SURE and sign_test(_phases(phase, now.most)[0], 0) <= SURE:
        outcome = "not-better"
    elif p <= SURE and (explained is None or explained >= EXPLAINED * cut_off):
        outcome = "better"
    many = len(np.unique(phase))
    return Proof(outcome, len(phase), many, now.total, before.total, better, worse, p, explained)


def sign_test(better: int, worse: int) -> float:
    """How likely chance alone makes at least so many of both ``better``; 1 of none."""
    return float(betainc(better, worse + 1, 0.5)) if better else 1.0


@dataclass(frozen=True, slots=True)
class _Chances:
    """How likely each call is cut off by one release: bounds, and what is expected."""

    least: Floats
    most: Floats
    expected: Floats

    @classmethod
    def of(cls, calls: ReplayedCalls, budget: Integers, own: OwnNeeds | None) -> _Chances:
        certain = budget < calls.reached + calls.cut_off
        open_calls = calls.cut_off & ~certain
        least = certain.astype(np.float64)
        most = least + open_calls
        expected = most.copy()
        if own is not None:
            predicted = np.maximum(calls.predicted_before[open_calls], 1)
            reached = own.share_above(calls.reached[open_calls] / predicted)
            above = own.share_above(budget[open_calls] / predicted)
            known = np.divide(above, reached, out=np.ones(len(above)), where=reached > 0)
            expected[open_calls] = known
        return cls(least, most, expected)

    @property
    def total(self) -> CutOff:
        """Of all calls."""
        return CutOff(int(self.least.sum()), int(self.most.sum()), float(self.expected.sum()))


def _explained(calls: ReplayedCalls, own: OwnNeeds) -> float:
    """How many calls would be cut off now if they were like those of the own weeks."""
    predicted = np.maximum(calls.predicted_before, 1)
    ceiling = np.where(calls.cut_off, calls.reached, calls.budget)
    return float(own.share_above(ceiling / predicted).sum())


def _phases(phase: Indices, saved: Floats) -> tuple[int, int]:
    """In how many phases a call is saved, on balance, and in how many one is lost."""
    total = np.bincount(phase, weights=saved)
    return int(np.count_nonzero(total >= A_CALL)), int(np.count_nonzero(total <= -A_CALL))
