"""``flattered``: a change's samples make no figure of the unchanged coefficients much better.

Calls that come in have the tolerance that chance needs. Retirements and corrections choose among
calls that are known, so what they gain has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.changes.sample_moves import SampleMoves
from coefgate.gates.acknowledgements import TAKE_BACK, ListAnswers
from coefgate.gates.proposal import Proposal
from coefgate.gates.sampling_noise import FIGURES, explained_by_chance
from coefgate.gates.verdict import Finding, Gain, RuleResult, finding_result
from coefgate.registry.numbers import written
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.figure_text import from_float, points
from coefgate.replay.metrics import Booleans, Calls, Metrics, metrics, missed
from coefgate.samples.model import SampleStore
from coefgate.samples.status import short

LEVEL: Final = 0.01
"""How often honest calls may be taken for flattering, against base, and against the anchor."""
_ROUNDING: Final = Fraction(1, 10**9)
"""Chance is worked out in floats; what equals it is explained by it."""


@dataclass(frozen=True, slots=True)
class _Gains:
    """From the calls of an earlier state to those of today, as the same coefficients predict them.

    ``gains``: points by which figures get better; ``of_known``: by retirements and corrections
    alone; ``by_chance``: what chance explains.
    """

    gains: Mapping[str, Fraction]
    of_known: Mapping[str, Fraction]
    by_chance: Mapping[str, float]


def flattering_gains(proposal: Proposal, union: Evidence) -> Iterator[Gain]:
    """Each figure that gets better by too much, against base, then against the anchor only.

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


def _too_much(step: _Gains, limit: Fraction, *, since: str | None) -> Iterator[Gain]:
    for figure, gain in step.gains.items():
        by_chance = step.by_chance.get(figure)
        if gain > max(limit, Fraction(by_chance or 0) + _ROUNDING):
            yield Gain(figure, gain, by_chance, of_known=False, since=since)
        elif step.of_known[figure] > limit:
            yield Gain(figure, step.of_known[figure], None, of_known=True, since=since)


def _step(before: Predicted, store: SampleStore, union: Evidence, limit: Fraction) -> _Gains:
    """``before``: the scored calls of ``store``, as the coefficients predict them."""
    calls = union.calls(before.table)
    scored = {sample.id for sample in before.evidence.samples}
    arrived = np.fromiter((one.id not in scored for one in union.samples), dtype=np.bool_)
    added = union.new_to({sample.id for sample in store.samples})
    gains = gains_of(before.figures.metrics, calls, arrived)
    if not added.any():
        return _Gains(gains, gains, {})
    known = calls.where(~added)
    of_known = gains_of(before.figures.metrics, known, arrived[~added])
    noise: Mapping[str, float] = {}
    if any(gain > limit for gain in gains.values()):
        noise = explained_by_chance(known, int(added.sum()), above=limit, level=LEVEL)
    return _Gains(gains, of_known or dict.fromkeys(gains, Fraction()), noise)


def gains_of(before: Metrics | None, calls: Calls, arrived: Booleans) -> dict[str, Fraction]:
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


def flattered(proposal: Proposal, union: Evidence) -> RuleResult:
    """The samples of a change alone make no figure of the unchanged coefficients much better."""
    moves = proposal.moves
    count = len(moves.added) + len(moves.retired) + len(moves.unretired)
    gates = proposal.base.registry.gates
    limit = gates.relative.flattered_better_by_above
    answers = ListAnswers.of(gates.flattered, proposal.head.registry.gates.flattered)
    brought = tuple(_brought(moves))
    findings = list(answers.misplaced({str(one.subject) for one in brought}))
    misplaced = bool(findings)
    better = tuple(flattering_gains(proposal, union)) if brought else ()
    told = ", ".join(_worded(gain, limit) for gain in better)
    for one in brought if better else ():
        subject = str(one.subject)
        form = answers.way_on(subject, f'{{file: {subject}, reason: "…"}}')
        words = f"{told} only by what is stored now: {one.message} ({form})"
        answered = subject in answers.fresh
        findings.append(replace(one, message=words, answered=answered, gains=better))
    return finding_result(
        "flattered",
        f"no figure of the unchanged coefficients gets better by more than {written(limit)} "
        "points and than chance explains, or acknowledged",
        findings,
        n=count,
        good="The samples of this change do not flatter the coefficients, or it is acknowledged.",
        way_on=TAKE_BACK
        if misplaced
        else "If they are what users really call, say so in the list flattered of "
        "coefficients/gates.yaml, each in the form shown.",
        status="fail" if misplaced else "not-measurable",
    )


def _worded(gain: Gain, limit: Fraction) -> str:
    """``waste P90 gets better by 14.2 points (of which chance explains up to 5.7)``."""
    by_chance = None if gain.by_chance is None else from_float(gain.by_chance)
    form = points.beside(limit) if by_chance is None else points.beside(limit, by_chance)
    words = f"{gain.figure} gets better by {form(gain.points)} points"
    if gain.since is not None:
        words += f" since the anchor {gain.since[:12]}"
    if gain.of_known:
        words += " on the calls that were known"
    if by_chance is not None:
        words += f" (of which chance explains up to {points.beside(gain.points)(by_chance)})"
    return words


def _brought(moves: SampleMoves) -> Iterator[Finding]:
    """What a change does to the stored calls: as an answer names it, in words, and where."""
    for file in dict.fromkeys(sample.file for sample in moves.added):
        yield Finding(file, file, 1, subject=file)
    retired = [("retirement", one) for one in moves.retired]
    for what, one in (*retired, *(("end of the retirement", one) for one in moves.unretired)):
        yield Finding(f"{what} of {short(one.id)}", one.file, one.line, subject=one.subject)
