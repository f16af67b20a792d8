"""The exact interval of a share, held against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from coefgate.drill.oracle.exact_interval import exact_interval

shares = st.integers(1, 500).flatmap(
    lambda tries: st.tuples(st.integers(0, tries), st.just(tries))
)


@given(shares)
@settings(max_examples=50)
def test_it_is_that_of_clopper_and_pearson(share: tuple[int, int]) -> None:
    hits, tries = share
    low = beta.ppf(0.025, hits, tries - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, tries - hits) if hits < tries else 1.0
    assert exact_interval(hits, tries) == pytest.approx((low, high), abs=1e-9)


def test_worked_by_hand() -> None:
    # Nothing in 400 tries: (1 - p)^400 = 0.025 where p is 0.92 %.
    assert exact_interval(0, 400) == pytest.approx((0, 0.009180), abs=1e-6)
    assert exact_interval(400, 400) == pytest.approx((0.990820, 1), abs=1e-6)
    assert exact_interval(0, 0) == (0, 1)


@pytest.mark.parametrize("share", [(-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(share: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no share"):
        exact_interval(*share)
