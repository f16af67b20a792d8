"""Does one kind of work pay for another? The drill's own reading of ``stratum-regression``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any, Final

from coefgate.drill.fileset import StoredLine
from coefgate.drill.oracle.figures import MILLION, is_missed, limit, smape_millionths

_RULE: Final = "stratum-regression"


def strata(
    of: Sequence[StoredLine], canonical: Mapping[str, str], rules: Mapping[str, Any]
) -> set[tuple[int, ...]]:
    """The calls, by index, of every cell with enough phases, else of its category or complexity.

    ``canonical``: from names and aliases of categories to names; ``rules``: of ``gates.yaml``.
    """
    fewest = limit(rules, _RULE, "phases_from")
    labels = ((call.fields[key] for key in ("category", "complexity")) for call in of)
    cells = [(canonical.get(category, category), complexity) for category, complexity in labels]
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


def loses(steps: Iterable[tuple[StoredLine, int, int]], rules: Mapping[str, Any]) -> bool:
    """Do predictions serve these calls measurably worse? ``steps``: from the former to the new."""
    new_misses = whole = 0
    rises: Counter[tuple[str, str]] = Counter()
    for call, before, after in steps:
        new_misses += is_missed(call, after) - is_missed(call, before)
        if not call.censored:
            whole += 1
            rises[call.phase] += smape_millionths(after, call.tokens)
            rises[call.phase] -= smape_millionths(before, call.tokens)
    if new_misses >= limit(rules, _RULE, "misses_from"):
        return True
    most = limit(rules, _RULE, "smape_rise_above")
    if not whole or Fraction(rises.total(), whole * MILLION) <= most:
        return False
    worse = sum(rise > 0 for rise in rises.values())
    better = sum(rise < 0 for rise in rises.values())
    return _chance(worse, better) < limit(rules, _RULE, "sign_test_below")


def _chance(worse: int, better: int) -> Fraction:
    """How often a fair coin shows heads ``worse`` times or more in ``worse + better`` tosses."""
    tosses = worse + better
    return Fraction(sum(comb(tosses, heads) for heads in range(worse, tosses + 1)), 2**tosses)
