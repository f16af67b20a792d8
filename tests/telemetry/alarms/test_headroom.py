from __future__ import annotations

import math
from fractions import Fraction

import pytest

from coefgate.telemetry.alarms.headroom import headroom


@pytest.mark.parametrize("most", [1, 200])
@pytest.mark.parametrize("misses_at_limit", [False, True])
@pytest.mark.parametrize("limit", [Fraction(0), Fraction(1, 20), Fraction(1, 3), Fraction(1, 2)])
def test_one_call_more_would_bring_it_beyond(
    limit: Fraction, most: int, *, misses_at_limit: bool
) -> None:
    def is_within(further: int) -> bool:
        mean = Fraction(total + further * most, 40 + further)
        return mean < limit or (mean == limit and not misses_at_limit)

    for total in range(41):
        found = headroom(total, 40, limit, most=most, misses_at_limit=misses_at_limit)
        assert isinstance(found, int)
        assert not is_within(found + 1)
        assert is_within(found) or found == 0


def test_five_of_a_hundred_may_be_so() -> None:
    # (2 + 3) / 103 is 4.9%, and (2 + 4) / 104 is 5.8%.
    assert headroom(2, 100, Fraction(5, 100), misses_at_limit=False) == 3
    # (5 + 0) / 100 is at the limit.
    assert headroom(5, 100, Fraction(5, 100), misses_at_limit=False) == 0


def test_where_all_calls_may_be_so_nothing_brings_it_beyond() -> None:
    assert headroom(40, 40, Fraction(1), misses_at_limit=False) == math.inf
