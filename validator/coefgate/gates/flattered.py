"""``flattered``: a change's samples make no figure of the unchanged coefficients much better.

Calls that come in have the tolerance that chance needs. Retirements and corrections choose among
calls that are known, so what they gain has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
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


_Gains = Mapping[tuple[str, bool], Gain]
"""By figure, and whether it is what retirements and corrections alone do."""


def flattering_gains(proposal: Proposal, union: Evidence) -> Iterator[Gain]:
    """Each figure that gets better by too much, against base, then against the anchor only.

    ``union``: the calls of base and those that the change adds, with head's retirements.
    """
    limit = proposal.base.registry.gates.relative.flattered_better_by_above
    own = _gains(proposal.base_alone, proposal.base.store, union, limit)
    told = _too_much(own, limit)
    yield from told.values()
    if anchor := proposal.anchor():
        known, state = Evidence(proposal.anchor_audited), anchor.state
        since = _gains(known.predicted(proposal.base.table), state.store, union, limit)
        for figure, gain in _too_much(since, limit).items():
            mine = own.get((figure, gain.of_known))
            if mine and mine.points > 0 and figure not in told:
                yield replace(gain, since=state.revision)


def _too_much(gains: _Gains, limit: Fraction) -> dict[str, Gain]:
    """By figure what it gains beyond limit and chance, else what the known calls alone gain."""
    found: dict[str, Gain] = {}
    for gain in gains.values():
        by_chance = Fraction() if gain.of_known else Fraction(gain.by_chance or 0) + _ROUNDING
        if gain.points > max(limit, by_chance):
            found.setdefault(gain.figure, gain)
    return found


def _gains(before: Predicted, store: SampleStore, union: Evidence, limit: Fraction) -> _Gains:
    """``before``: the scored calls of ``store``, as the coefficients predict them."""
    was, calls = before.figures.metrics, union.calls(before.table)
    scored = {sample.id for sample in before.evidence.samples}
    arrived = np.array([one.id not in scored for one in union.samples], dtype=np.bool_)
    added = union.new_to({sample.id for sample in store.samples})
    every = of_known = gains_of(was, calls, arrived)
    noise: Mapping[str, float] = {}
    if added.any():
        known = calls.where(~added)
        of_known = gains_of(was, known, arrived[~added])
        if any(gain > limit for gain in every.values()):
            noise = explained_by_chance(known, int(added.sum()), above=limit, level=LEVEL)
    found = (
        (
            Gain(figure, points, noise.get(figure)),
            Gain(figure, of_known.get(figure, Fraction()), None, of_known=True),
        )
        for figure, points in every.items()
    )
    return {(gain.figure, gain.of_known): gain for both in found for gain in both}


def gains_of(before: Metrics | None, calls: Calls, arrived: Booleans) -> dict[str, Fraction]:
    """By how many points each figure got better; rates and ratios in percent.

    Calls that are missed lower waste as well, and bad news must be able to land, so waste is
    measured without those of them that ``arrived``.
    """
    after, without = metrics(calls), metrics(calls.where(~(arrived & missed(calls))))
    if before is None or after is None or without is None:
        return {}
    gained = (
        before.smape_mean - after.smape_mean,
        100 * (before.underestimation_kaplan_meier - after.underestimation_kaplan_meier),
        100 * (abs(before.waste_median - 1) - abs(without.waste_median - 1)),
        100 * (before.waste_p90 - without.waste_p90),
    )
    return dict(zip(FIGURES, gained, strict=True))


def flattered(proposal: Proposal, union: Evidence) -> RuleResult:
    """The samples of a change alone make no figure of the unchanged coefficients much better."""
    moves = proposal.moves
    gates = proposal.base.registry.gates
    limit = gates.relative.flattered_better_by_above
    answers = ListAnswers.of(gates.flattered, proposal.head.registry.gates.flattered)
    brought = tuple(_brought(moves))
    findings = list(answers.misplaced({str(one.subject) for one in brought}))
    misplaced = bool(findings)
    better = tuple(flattering_gains(proposal, union)) if brought else ()
    told = ", ".join(_worded(gain, limit) for gain in better)
    for one in brought if better else ():
        words = f"{told} only because of what is stored now: {one.said}"
        answer = f'{{file: {one.subject}, reason: "…"}}'
        findings.append(answers.asked_for(replace(one, said=words, gains=better), answer))
    return finding_result(
        "flattered",
        f"no figure of the unchanged coefficients gets better by more than {written(limit)} "
        "points and more than chance explains, unless acknowledged",
        findings,
        n=len(moves.added) + len(moves.retired) + len(moves.unretired),
        good="The samples of this change do not flatter the coefficients, or it is acknowledged.",
        remedy=TAKE_BACK
        if misplaced
        else "If this is what users really call, say so in the list flattered of "
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
        words += " on the calls that were already known"
    if by_chance is not None:
        words += f" (of which chance explains up to {points.beside(gain.points)(by_chance)})"
    return words


def _brought(moves: SampleMoves) -> Iterator[Finding]:
    """What a change does to the stored calls: as an answer names it, in words, and where."""
    for file in dict.fromkeys(sample.file for sample in moves.added):
        yield Finding(file, file, 1, subject=file)
    for what, ones in (("retirement", moves.retired), ("end of the retirement", moves.unretired)):
        for one in ones:
            yield Finding(f"{what} of {short(one.id)}", one.file, one.line, subject=one.subject)
