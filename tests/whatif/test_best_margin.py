"""The single margin that comes nearest to all limits, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from coefgate.core.vocabulary import KILOBYTE
from coefgate.replay.by_margin import ByMargin
from coefgate.whatif.best_margin import BestMargin, best_margin
from tests.gates.conftest import GATES
from tests.replay.builders import calls


def found(
    tokens: Sequence[tuple[int, int]], cut_off: Sequence[tuple[int, int]] = ()
) -> BestMargin | None:
    """Of calls with their tokens before the margin and those that they needed."""
    given = calls(tokens, cut_off=cut_off)
    base = given.predicted * KILOBYTE
    all_of_them = np.ones_like(base, dtype=np.bool_)
    by_margin = ByMargin(base, np.full_like(base, 1000), all_of_them, np.zeros_like(base))
    return best_margin(by_margin, given, GATES)


def test_a_margin_that_meets_all_limits_misses_none() -> None:
    best = found([(1000, 1000)])
    assert best is not None
    assert best.margin == 1
    assert not best.missed


def test_where_none_does_the_fewest_are_missed_by_the_least() -> None:
    # Half needs 500, half 2,000. Up to 1.2 the median waste, (2 m + m / 2) / 2 = 1.25 m, is within
    # 1.5; half of the calls are missed, and SMAPE is 100 × ((m - 0.5) / (m + 0.5) + (2 - m) /
    # (2 + m)), which falls from 66.7 at 1 to 66.2 at 1.2. Beyond, the band is missed too; from 2
    # on no call is missed, but SMAPE (60), the band (2.5) and P90 (4).
    best = found([(1000, 500), (1000, 2000)] * 5)
    assert best is not None
    assert best.margin == Fraction(12, 10)
    assert [one.rule for one in best.missed] == ["smape", "underestimation"]


def test_calls_that_were_all_cut_off_tell_of_no_margin() -> None:
    assert found([], cut_off=[(1000, 800)]) is None
