"""By how much the samples of a change make figures of the unchanged coefficients better, and why too much.

Calls that come in have the tolerance that chance needs. Retirements and corrections choose among
calls that are known, so what they gain has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Gain
from coefgate.gates.sampling_noise import FIGURES, explained_by_chance
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.metrics import Calls, Metrics, metrics, missed
from coefgate.samples.model import SampleStore

LEVEL: Final = 0.01
"""How often honest calls may be taken for flattering, of each comparison: with base, and with the anchor."""
_ROUNDING: Final = Fraction(1, 10**9)
"""Chance is worked out in floats; what equals it is explained by it."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Step:
    """From the calls of an earlier state to those of today, as the same coefficients predict them.

    ``gains``: points by which each figure gets better; ``of_known``: those by which it does on the
    calls that the earlier state knew, by retirements and corrections alone. ``by_chance``: what
    chance explains.
    """

    gains: Mapping[str, Fraction]
    of_known: Mapping[str, Fraction]
    by_chance: Mapping[str, float]


def flattering_gains(proposal: Proposal, union: Evidence) -> Iterator[Gain]:
    """Each figure that gets better by too much, against base; then those that do against the anchor only.

    ``union``: the calls of base and those that the change adds, with head's retirements.
    """
    limit = proposal.base.registry.gates.relative.flattered_better_by_above
    own = _step(proposal.base_alone, proposal.base.store, union, limit)
    told = {gain.figure: gain for gain in _too_much(own, limit, since=None)}
    yield from told.values()
    anchor = proposal.anchor()
    if anchor is None:
        return
    known = Evidence(proposal.anchor_audited).predicted(proposal.base.table)
    step = _step(known, anchor.state.store, union, limit)
    for gain in _too_much(step, limit, since=anchor.state.revision):
        mine = own.of_known if gain.of_known else own.gains
        if mine.get(gain.figure, 0) > 0 and gain.figure not in told:
            yield gain


def _too_much(step: _Step, limit: Fraction, *, since: str | None) -> Iterator[Gain]:
    for figure, points in step.gains.items():
        by_chance = step.by_chance.get(figure)
        if points > max(limit, Fraction(by_chance or 0) + _ROUNDING):
            yield Gain(figure, points, by_chance, of_known=False, since=since)
        elif step.of_known[figure] > limit:
            yield Gain(figure, step.of_known[figure], None, of_known=True, since=since)


def _step(before: Predicted, store: SampleStore, union: Evidence, limit: Fraction) -> _Step:
    """``before``: the scored calls of ``store``, as the coefficients predict them."""
    calls = union.calls(before.table)
    scored = {sample.id for sample in before.evidence.samples}
    arrived = np.fromiter((one.id not in scored for one in union.samples), dtype=np.bool_)
    added = union.new_to({sample.id for sample in store.samples})
    gains = gains_of(before.figures.metrics, calls, arrived)
    if not added.any():
        return _Step(gains, gains, {})
    known = calls.where(~added)
    of_known = gains_of(before.figures.metrics, known, arrived[~added])
    noise: Mapping[str, float] = {}
    if any(gain > limit for gain in gains.values()):
        noise = explained_by_chance(known, int(added.sum()), above=limit, level=LEVEL)
    return _Step(gains, of_known or dict.fromkeys(gains, Fraction()), noise)


def gains_of(before: Metrics | None, calls: Calls, arrived: Mask) -> dict[str, Fraction]:
    """By how many points each figure got better; rates and ratios in percent.

    Calls that are underestimated lower waste as well, and bad news must be able to land, so waste
    is measured without those of them that ``arrived``.
    """
    after, without = metrics(calls), metrics(calls.where(~(arrived & missed(calls))))
    if before is None or after is None or without is None:
        return {}
    gained = (
        before.smape_mean - after.smape_mean,
        100 * (before.underestimation_rate - after.underestimation_rate),
        100 * (before.underestimation_upper - after.underestimation_upper),
        100 * (abs(before.waste_median - 1) - abs(without.waste_median - 1)),
        100 * (before.waste_p90 - without.waste_p90),
    )
    return dict(zip(FIGURES, gained, strict=True))
