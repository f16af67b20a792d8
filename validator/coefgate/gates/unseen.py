"""``unseen``: head tells calls that it has not seen apart no worse than base, and misses no more.

Nor than at the oldest accepted procedure since the anchor, so that small steps do not add up.
A fit flatters itself on the calls that it knows. So both sides are held against each other where
neither knows the call: without its phase, without its run, or where it came in later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

import numpy as np

from coefgate.changes.change import Change
from coefgate.gates.moved_priors import MovedPrior
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, Verdict, finding_result
from coefgate.registry.files import FOLDER
from coefgate.replay.figure_text import share
from coefgate.replay.metrics import Calls, Floats, Indices, missed
from coefgate.replay.phase_draws import phase_signs
from coefgate.replay.spread import spread_losses

RULE: Final = "unseen"
BELOW: Final = 0.1
"""A difference that chance makes more often is no evidence."""
_LEAST_RISE: Final = 0.001
"""Of a spread: what rounding to whole tokens does is no difference, however often it happens."""
DRAWS: Final = 10_000
_NO_STEP: Final = 1e-9
"""What floats make of sums that are equal."""
_EXACT: Final = 13
"""With so many phases every flip of signs is counted, above them ``DRAWS`` of them."""
_SEED: Final = 20_261_130
_BLOCK: Final = 64
"""Phases that are added up together."""
_TUNING: Final = f"{FOLDER}/tuning.yaml"

Left = Literal["phase", "run", "later", "fitted"]
_WHERE: Final[dict[Left, str]] = {
    "phase": "on phases that it has not seen",
    "run": "on runs that it has not seen",
    "later": "on the calls that came in after base's values",
    "fitted": "on calls that base was fitted on and head has not seen",
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many of the ``calls`` have no unseen prediction by base, and by head."""

    base: int
    head: int
    calls: int

    @property
    def most(self) -> bool:
        """Does head hide more than base, and more than half?"""
        return self.head > self.base and 2 * self.head > self.calls


@dataclass(frozen=True, slots=True)
class Sides:
    """The same calls as base and as head predict them, which head has not seen."""

    left: Left
    base: Calls
    head: Calls


@dataclass(frozen=True, slots=True)
class ThreeSides:
    """The same calls as an ``accepted`` state before base, base and head predict them."""

    accepted: str
    left: Left
    before: Calls
    base: Calls
    head: Calls


def unseen(
    proposal: Proposal,
    sides: Sequence[Sides],
    by_hand: Sequence[tuple[Change, int]],
    hidden: Hidden | None = None,
    *,
    since: Sequence[ThreeSides] = (),
    priors: Sequence[MovedPrior] = (),
) -> RuleResult:
    """Compare the sides; none where neither state has a procedure, or no number changes.

    ``by_hand``: changes without procedure, each with how many calls use the number: those have no
    unseen prediction, for which the change gives a reason. ``hidden``: how many calls have none
    for such reasons; where that becomes most of them, no reason helps. ``priors``: fitted numbers
    whose prior changes, which is a change by hand as well.
    """
    findings = [*_lost_procedure(proposal)]
    for both in sides:
        findings += _worse(both)
    for several in since:
        findings += _added_up(several)
    status: Verdict = "fail" if findings else "not-measurable"
    if hidden and hidden.most:
        file, line = (by_hand[0][0].file, by_hand[0][0].line) if by_hand else (_TUNING, 1)
        told = f"{hidden.head} of {hidden.calls} calls no longer have an unseen prediction"
        few = "the others do not show how new work would fare, whatever is acknowledged"
        remedy = "change fewer numbers and priors by hand, or let coefgate tune fit them"
        findings.append(Finding(f"{told}: {few}", file, line, remedy=remedy))
    for change, calls in by_hand:
        told = f"{change.name} is changed by hand: {calls} calls that use it have no unseen figure"
        remedy = "say why with an acknowledgement beside it, or let coefgate tune fit it"
        findings.append(Finding.about(change, told, remedy, answered=bool(change.acknowledged)))
    findings += [one.finding for one in priors]
    good = "Predictions of calls that head has not seen are no worse than base's."
    return finding_result(
        RULE,
        f"no worse on calls that were not seen (sign-flip test on phases, p below {BELOW:g})",
        findings,
        n=max((len(both.head.actual) for both in sides), default=0),
        good=good if sides else "No procedure is compared with another.",
        remedy="See what the procedure gives with: coefgate tune",
        status=status,
    )


def _lost_procedure(proposal: Proposal) -> Iterator[Finding]:
    if proposal.base.registry.tuning is not None and proposal.head.registry.tuning is None:
        told = "tuning.yaml is removed, so no prediction of an unseen call is known"
        yield Finding(told, _TUNING, 1)


def _worse(both: Sides) -> Iterator[Finding]:
    where = _WHERE[both.left]
    for told in (_spread(both.base, both.head), _cut_off(both.base, both.head)):
        if told:
            yield Finding(f"{where} {told}", _TUNING, 1)


def _added_up(several: ThreeSides) -> Iterator[Finding]:
    """What gets worse in several steps, if head takes one of them."""
    where = f"since the anchor, from {several.accepted[:12]} on, {_WHERE[several.left]}"
    steps = (
        (_spread, *(spread_losses(one).sum() for one in (several.base, several.head))),
        (_cut_off, *(missed(one).sum() for one in (several.base, several.head))),
    )
    for compare, was, now in steps:
        told = compare(several.before, several.head) if now - was > _NO_STEP else None
        if told:
            yield Finding(f"{where} {told}", _TUNING, 1)


def _spread(before: Calls, after: Calls) -> str | None:
    """How the spread rises, if by more than chance and rounding do."""
    was, now = spread_losses(before), spread_losses(after)
    p = sign_flip(now - was, after.phase)
    if p >= BELOW or now.mean() - was.mean() < _LEAST_RISE:
        return None
    return f"the spread rises from {was.mean():.3f} to {now.mean():.3f} (p = {p:.3f})"


def _cut_off(before: Calls, after: Calls) -> str | None:
    """How the share of calls rises that need more, if by more than chance does."""
    was, now = (missed(one).astype(np.float64) for one in (before, after))
    p = sign_flip(now - was, after.phase)
    if p >= BELOW:
        return None
    rates = f"from {share(_mean(was))} to {share(_mean(now))}"
    return f"the share that is cut off rises {rates} (p = {p:.3f})"


def _mean(missed_ones: Floats) -> Fraction:
    return Fraction(int(missed_ones.sum()), len(missed_ones))


def sign_flip(differences: Floats, phase: Indices) -> float:
    """One-sided p that differences of phases lie above zero on average only by chance.

    Under chance each phase's sum would have either sign. 1 where the mean is not above zero.
    ``phase``: a number per call, by which phases stand in order.
    """
    sums = np.bincount(np.unique(phase, return_inverse=True)[1], differences)
    sums = sums[np.abs(sums) > 1e-12]
    seen = sums.sum()
    if not len(sums) or seen <= 0:
        return 1.0
    if len(sums) <= _EXACT:
        bits = np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))
        signs = 1 - 2 * (bits & 1)
        return float((signs @ sums >= seen - 1e-9).mean())
    signs, drawn = phase_signs(len(sums), DRAWS, seed=_SEED), np.zeros(DRAWS)
    for first in range(0, len(sums), _BLOCK):
        drawn += sums[first : first + _BLOCK] @ signs[first : first + _BLOCK].astype(np.float64)
    return float((1 + (drawn >= seen - 1e-9).sum()) / (DRAWS + 1))
