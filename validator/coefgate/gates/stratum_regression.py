"""``stratum-regression``: no kind of work may pay for what another one gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import comb
from typing import NamedTuple

import numpy as np

from coefgate.gates.verdict import Finding, Harm, RuleResult, finding_result
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Coefficients, RelativeLimits
from coefgate.registry.numbers import written
from coefgate.replay.evidence import AddedUp, Evidence, Pair, Steps, steps_of
from coefgate.replay.figure_text import points
from coefgate.replay.metrics import MILLION, Indices, Integers, distances, missed
from coefgate.replay.strata import StrataOf, Stratum

RULE = "stratum-regression"


class _Loss(NamedTuple):
    """What a stratum loses, in words and as a measure; ``more``: of how sure that is."""

    fact: str
    harm: Harm
    more: str = ""
    where: str = ""
    """Of which calls, if not of those of this change."""


def stratum_regression(
    pairs: Sequence[Pair],
    base: Coefficients,
    head: Coefficients,
    *,
    strata: StrataOf | None = None,
    added_up: AddedUp | None = None,
) -> RuleResult:
    """Compare every stratum on each set of calls; ``base`` holds the limits.

    ``pairs``: all calls, and those of base alone; ``added_up``: what several changes may lose.
    """
    gates, limits = base.gates, base.gates.relative
    strata = strata or StrataOf(limits.stratum_phases_from)
    losses: dict[str, tuple[Stratum, _Loss]] = {}
    looked_at: set[str] = set()
    for both in pairs:
        for stratum in strata(both.evidence, head.canonical_category, base.canonical_category):
            looked_at.add(stratum.name)
            if loss := _loss(both, stratum, limits):
                losses.setdefault(stratum.name, (stratum, loss))
    for stratum, loss in _added_up_losses(added_up, head, base, strata) if added_up else ():
        losses.setdefault(stratum.name, (stratum, loss))
    # Each on the line of the limit, as long as it is not known which changes do the harm.
    line = gates.lines.get(RULE, 1)
    return finding_result(
        RULE,
        f"in each kind of work fewer than {limits.stratum_misses_from} more misses, and a mean "
        "SMAPE that does not clearly rise by more than "
        f"{written(limits.stratum_smape_rise_above)} points",
        [
            Finding(
                f"{stratum.name}: {loss.where}{loss.fact}{loss.more}",
                GATES_FILE,
                line,
                harm=loss.harm,
                fact=f"{stratum.name}: {loss.fact}",
            )
            for stratum, loss in sorted(losses.values(), key=lambda one: _breadth(one[0]))
        ],
        n=len(looked_at),
        good="No kind of work got measurably worse.",
        remedy="Look at its calls with: coefgate replay --by category,complexity",
        line=line,
    )


def _added_up_losses(
    added_up: AddedUp, head: Coefficients, base: Coefficients, strata: StrataOf
) -> Iterator[tuple[Stratum, _Loss]]:
    """Strata that lost too much since an accepted state, and that this change makes worse."""
    last = added_up.last
    whole = Stratum(None, None, np.arange(len(last.evidence.samples)), 0)
    every = strata(last.evidence, head.canonical_category, base.canonical_category)
    for stratum in (*every, whole):
        at = stratum.calls
        steps, eligible = _steps(last, at), ~last.evidence.censored[at]
        missed = [int(side.sum()) for side in steps.missed]
        off = [int(np.abs(side[eligible]).sum()) for side in steps.distances]
        if missed[1] <= missed[0] and off[1] <= off[0]:
            continue
        for commit, both in added_up.since:
            if loss := _loss(both, stratum, base.gates.relative):
                # To those of its calls that this change makes worse, if none to others there.
                worse = at[steps.worse]
                counted = np.intersect1d(loss.harm.calls, worse)
                harm = replace(loss.harm, calls=counted if len(counted) else worse)
                where = f"of the calls as the anchor had them, since {commit[:12]} "
                yield stratum, loss._replace(harm=harm, where=where)
                break


def _steps(both: Pair, calls: Indices) -> Steps:
    return steps_of(both.base.where(calls), both.head.where(calls))


def _loss(both: Pair, stratum: Stratum, limits: RelativeLimits) -> _Loss | None:
    """What this stratum loses, ``None`` where it loses nothing that counts."""
    at = stratum.calls
    if np.array_equal(both.base.predicted[at], both.head.predicted[at]):
        return None
    steps = _steps(both, at)
    before, after = (int(side.sum()) for side in steps.missed)
    if after - before >= limits.stratum_misses_from:
        fact = f"{after - before} more calls would be cut off ({before} before, {after} after)"
        return _Loss(fact, misses(both.evidence, at[steps.newly_missed]))
    eligible = ~both.evidence.censored[at]
    if not eligible.any():
        return None
    old, new = (np.abs(side[eligible]) for side in steps.distances)
    count = len(old) * MILLION
    rise = Fraction(int(new.sum()) - int(old.sum()), count)
    if rise <= limits.stratum_smape_rise_above:
        return None
    phase = np.unique(both.evidence.phase[at[eligible]], return_inverse=True)[1]
    worse, better = signs_by_phase(new - old, phase)
    if sign_test(worse, better) >= limits.stratum_sign_test_below:
        return None
    means = " to ".join(points(Fraction(int(side.sum()), count)) for side in (old, new))
    form = points.beside(limits.stratum_smape_rise_above)
    more = f" (by {form(rise)} points), worse in {worse} phases and better in {better}"
    harm = errors(both.evidence, at[eligible][new > old])
    return _Loss(f"mean SMAPE rises from {means}", harm, more)


def misses(evidence: Evidence, calls: Indices) -> Harm:
    """How many of these calls are missed, and how low their predictions are."""
    return Harm(
        evidence, calls, lambda found: (int(missed(found).sum()), -int(distances(found).sum()))
    )


def errors(evidence: Evidence, calls: Indices) -> Harm:
    """How far the predictions of these calls are off."""
    return Harm(evidence, calls, lambda found: (int(np.abs(distances(found)).sum()),))


def signs_by_phase(rise: Integers, phase: Indices) -> tuple[int, int]:
    """In how many phases, numbered from 0, the calls got worse, and better, taken together."""
    sums = np.bincount(phase, rise)
    return int((sums > 0).sum()), int((sums < 0).sum())


def sign_test(worse: int, better: int) -> Fraction:
    """One-sided p: how often ``worse`` or more of the two kinds together come from a fair coin."""
    count = worse + better
    return Fraction(sum(comb(count, k) for k in range(worse, count + 1)), 2**count)


def _breadth(stratum: Stratum) -> int:
    """Cells first, then categories, then complexities: the same calls may be in one of each."""
    return (stratum.category is None) * 2 + (stratum.complexity is None)
