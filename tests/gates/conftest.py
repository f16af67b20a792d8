"""Thresholds to judge by, in a ``gates.yaml`` of which each line is known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from coefgate.registry.model import CoverageAims, Gates, Limits, Scope

LINES = {"smape": 4, "underestimation": 5, "waste-band": 6, "waste-p90": 7}
AIMS = CoverageAims(
    eligible_samples_from=30,
    eligible_samples_to=50,
    categories=2,
    each_complexity=1,
    five_or_more_deliverables=1,
)


LIMITS = Limits(
    smape_mean_below=Fraction(50),
    underestimation_rate_below=Fraction(1, 10),
    waste_median_from=Fraction(1),
    waste_median_to=Fraction(3, 2),
    waste_p90_to=Fraction(3),
)
GATES = Gates(LIMITS, LINES, Scope(None, None), AIMS)


@pytest.fixture
def limits() -> Limits:
    return LIMITS


@pytest.fixture
def gates() -> Gates:
    return GATES
