"""``stratum-regression``: no kind of work may pay for what another one gains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb
from typing import Final

import numpy as np

from coefgate.gates.evidence import AddedUp, Pair, Stratum, judged_strata
from coefgate.gates.rules import GATES_FILE, Finding, RuleResult
from coefgate.registry.changes import Change
from coefgate.registry.model import Gates, Registry, RelativeLimits
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import MILLION, Integers, missed, smape_200

RULE = "stratum-regression"


@dataclass(frozen=True, slots=True)
class _Loss:
    stratum: Stratum
    text: str


def stratum_regression(
    pairs: Sequence[Pair],
    base: Registry,
    head: Registry,
    *,
    changes: Sequence[Change] = (),
    strata: StrataOf | None = None,
    added_up: AddedUp | None = None,
) -> RuleResult:
    """Compare every stratum on each set of calls; ``base`` holds the limits.

    ``pairs``: all calls, and where the change adds some, those of base alone as well. ``changes``: what a
    loss may come from, to point there. ``added_up``: what several changes together may have lost.
    """
    gates = base.gates
    limits = gates.relative
    strata = strata or StrataOf(limits.stratum_phases_from)
    losses: dict[str, _Loss] = {}
    looked_at: set[str] = set()
    for both in pairs:
        for stratum in strata(both.evidence, head.canonical_category, base.canonical_category):
            looked_at.add(stratum.name)
            text = _loss(both, stratum, limits)
            if text and stratum.name not in losses:
                losses[stratum.name] = _Loss(stratum, text)
    for loss in _added_up_losses(added_up, head, base, strata) if added_up else ():
        losses.setdefault(loss.stratum.name, loss)
    narrowest_first = sorted(losses.values(), key=lambda loss: _breadth(loss.stratum))
    nearest = _Nearest(changes)
    findings = tuple(_finding(loss, head, nearest) for loss in narrowest_first)
    return _result(findings, gates, len(looked_at))


def _added_up_losses(added_up: AddedUp, head: Registry, base: Registry, strata: StrataOf) -> Iterator[_Loss]:
    """Strata that lost too much since an accepted state, and that this change makes worse still."""
    last = added_up.last
    whole = Stratum("all calls", None, None, np.arange(len(last.evidence.samples)), 0)
    for stratum in (*strata(last.evidence, head.canonical_category, base.canonical_category), whole):
        if not _gets_worse(last, stratum):
            continue
        for commit, both in added_up.since:
            text = _loss(both, stratum, base.gates.relative)
            if text:
                yield _Loss(stratum, f"of the calls as the anchor had them, since {commit[:12]} {text}")
                break


def _gets_worse(both: Pair, stratum: Stratum) -> bool:
    """Does head miss more of these calls than base does, or have a larger SMAPE?"""
    before, after = (side.where(stratum.calls) for side in (both.base, both.head))
    if missed(after).sum() > missed(before).sum():
        return True
    eligible = ~before.censored
    errors = [smape_200(side.predicted[eligible], side.actual[eligible]).sum() for side in (before, after)]
    return bool(errors[1] > errors[0])


class StrataOf:
    """The strata of a set of calls under the names of head and of base; found once for each."""

    def __init__(self, phases_from: int) -> None:
        self._phases_from = phases_from
        self._found: dict[object, tuple[Stratum, ...]] = {}

    def __call__(self, evidence: Evidence, *canonicals: Mapping[str, str]) -> tuple[Stratum, ...]:
        found: dict[object, Stratum] = {}
        for canonical in canonicals:
            key = (id(evidence), frozenset(canonical.items()))
            if key not in self._found:
                self._found[key] = judged_strata(evidence, canonical, phases_from=self._phases_from)
            for stratum in self._found[key]:
                # Under one name base and head may mean different calls, where an alias leads elsewhere.
                found.setdefault((stratum.name, stratum.calls.tobytes()), stratum)
        return tuple(found.values())


def _loss(both: Pair, stratum: Stratum, limits: RelativeLimits) -> str:
    """What this stratum loses, in words; empty where it loses nothing that counts."""
    at = stratum.calls
    before, after = both.base.predicted[at], both.head.predicted[at]
    if np.array_equal(before, after):
        return ""
    misses = [int(missed(calls)[at].sum()) for calls in (both.base, both.head)]
    if misses[1] - misses[0] >= limits.stratum_misses_from:
        return f"{misses[1] - misses[0]} more calls would be cut off ({misses[0]} before, {misses[1]} after)"
    eligible = at[~both.evidence.censored[at]]
    if not len(eligible):
        return ""
    actual, phase = both.evidence.actual[eligible], both.evidence.phase[eligible]
    old = smape_200(both.base.predicted[eligible], actual)
    new = smape_200(both.head.predicted[eligible], actual)
    rise = Fraction(int(new.sum()) - int(old.sum()), len(eligible) * MILLION)
    if rise <= limits.stratum_smape_rise_above:
        return ""
    worse, better = _phases(new - old, phase)
    if sign_test(worse, better) >= limits.stratum_sign_test_below:
        return ""
    means = [float(Fraction(int(side.sum()), len(eligible) * MILLION)) for side in (old, new)]
    return (
        f"mean SMAPE rises from {means[0]:.1f} to {means[1]:.1f}, "
        f"worse in {worse} phases and better in {better}"
    )


def _phases(rise: Integers, phase: np.ndarray[tuple[int], np.dtype[np.intp]]) -> tuple[int, int]:
    """In how many phases the calls got worse, and better, taken together."""
    names, index = np.unique(phase, return_inverse=True)
    sums = np.zeros(len(names), dtype=np.int64)
    np.add.at(sums, index, rise)
    return int((sums > 0).sum()), int((sums < 0).sum())


def sign_test(worse: int, better: int) -> Fraction:
    """One-sided p: how often ``worse`` or more of the two kinds together come from a fair coin."""
    count = worse + better
    return Fraction(sum(comb(count, k) for k in range(worse, count + 1)), 2**count)


def _breadth(stratum: Stratum) -> int:
    """Cells first, then categories, then complexities: the same calls may be in one of each."""
    return (stratum.category is None) * 2 + (stratum.complexity is None)


def _result(findings: tuple[Finding, ...], gates: Gates, looked_at: int) -> RuleResult:
    limits = gates.relative
    limit = (
        f"fewer than {limits.stratum_misses_from} new misses, or a mean SMAPE that rises by up to "
        f"{float(limits.stratum_smape_rise_above):g} points"
    )
    line = gates.lines.get(RULE, 1)
    if not findings:
        message = "No kind of work got measurably worse."
        return RuleResult(RULE, "pass", limit, None, None, None, message, GATES_FILE, line, n=looked_at)
    told = "; ".join(one.message for one in findings)
    message = f"{told}. Look at its calls with: coefgate replay --by category,complexity"
    return RuleResult(
        RULE, "fail", limit, None, None, None, message, GATES_FILE, line,
        met=False, n=looked_at, findings=findings,
    )  # fmt: skip


def _finding(loss: _Loss, head: Registry, nearest: _Nearest) -> Finding:
    """On the line of the change that is nearest to the stratum, else on that of its category."""
    stratum, text = loss.stratum, f"{loss.stratum.name}: {loss.text}"
    change = nearest.to(stratum)
    if change is not None:
        return Finding(text, change.file, change.line)
    category = head.categories.get(stratum.category or "")
    place = category or head.default_margin
    return Finding(text, place.file, place.line)


class _Nearest:
    """The first of the changes that are nearest to a stratum, looked up by category and complexity."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._first: dict[tuple[str | None, str | None], int] = {}
        """``None`` stands for whatever a change has there; ``_EVERYWHERE`` holds a change of no cell."""
        for index, change in enumerate(changes):
            match change.key:
                case ("overhead" | "margin", category, complexity):
                    for slice_of in product((category, None), (complexity, None)):
                        self._first.setdefault(slice_of, index)
                case _:
                    self._first.setdefault(_EVERYWHERE, index)

    def to(self, stratum: Stratum) -> Change | None:
        """In its cell; else in its category; else in its complexity, or everywhere; else anywhere."""
        category, complexity = stratum.category, stratum.complexity
        for slices in (
            [(category, complexity)],
            [(category, None)],
            [(None, complexity), _EVERYWHERE],
            [(None, None)],
        ):
            found = [self._first[one] for one in slices if one in self._first]
            if found:
                return self._changes[min(found)]
        return None


_EVERYWHERE: Final = ("", "")
