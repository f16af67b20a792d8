"""Does one kind of work pay for another? The drill's own reading of ``stratum-regression``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from coefgate.drill.numbers import exact
from coefgate.drill.oracle.evidence import CountedCall
from coefgate.drill.oracle.figures import MILLION, is_missed, smape_millionths


@dataclass(frozen=True, slots=True)
class StratumLimits:
    """What a stratum may lose."""

    phases_from: Fraction
    misses_from: Fraction
    smape_rise_above: Fraction
    sign_test_below: Fraction


def limits_of(rules: Mapping[str, Any]) -> StratumLimits:
    """The limits in ``rules`` of ``gates.yaml``, or those of design.md."""
    own = rules.get("stratum-regression") or {}
    return StratumLimits(
        exact(own.get("phases_from", 5)),
        exact(own.get("misses_from", 2)),
        exact(own.get("smape_rise_above", 5)),
        exact(own.get("sign_test_below", "0.1")),
    )


def strata(
    of: Sequence[CountedCall], canonical: Mapping[str, str], fewest: Fraction
) -> set[tuple[int, ...]]:
    """The calls, by index, of every cell with enough phases, else of its category, else of its complexity.

    ``canonical``: from names and aliases of categories to names.
    """
    cells = []
    for call in of:
        category = call.stored.fields["category"]
        cells.append((canonical.get(category, category), call.stored.fields["complexity"]))
    found = set()
    for category, complexity in set(cells):
        wider = (
            [n for n, cell in enumerate(cells) if cell == (category, complexity)],
            [n for n, cell in enumerate(cells) if cell[0] == category],
        )
        last = [n for n, cell in enumerate(cells) if cell[1] == complexity]
        enough = (part for part in wider if len({of[n].phase for n in part}) >= fewest)
        found.add(tuple(next(enough, last)))
    return found


def loses(
    of: Sequence[CountedCall], was: Sequence[int], now: Sequence[int], limits: StratumLimits
) -> bool:
    """Do the predictions ``now`` serve these calls measurably worse than ``was`` did?"""
    new = sum(
        is_missed(call, after) - is_missed(call, before)
        for call, before, after in zip(of, was, now, strict=True)
    )
    if new >= limits.misses_from:
        return True
    rises: dict[tuple[str, str], int] = {}
    whole = 0
    for call, before, after in zip(of, was, now, strict=True):
        if not call.censored:
            whole += 1
            rise = smape_millionths(after, call.actual) - smape_millionths(before, call.actual)
            rises[call.phase] = rises.get(call.phase, 0) + rise
    if not whole or Fraction(sum(rises.values()), whole * MILLION) <= limits.smape_rise_above:
        return False
    worse, better = (
        sum(rise > 0 for rise in rises.values()),
        sum(rise < 0 for rise in rises.values()),
    )
    return _chance(worse, better) < limits.sign_test_below


def _chance(worse: int, better: int) -> Fraction:
    """How often a fair coin shows heads ``worse`` times or more in ``worse + better`` tosses."""
    tosses = worse + better
    return Fraction(sum(comb(tosses, heads) for heads in range(worse, tosses + 1)), 2**tosses)
