"""The limits of the gates as they stand: of gates.yaml, or the usual ones if it has none."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from coefgate.drill.numbers import exact

DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    ("smape", "mean_below"): "50",
    ("underestimation", "rate_below"): "0.1",
    ("waste-band", "median_from"): "1",
    ("waste-band", "median_to"): "1.5",
    ("waste-p90", "p90_to"): "3",
    ("stratum-regression", "misses_from"): "2",
    ("stratum-regression", "smape_rise_above"): "5",
    ("stratum-regression", "sign_test_below"): "0.1",
    ("stratum-regression", "phases_from"): "5",
    ("flattered", "better_by_above"): "5",
    ("swing", "factor_from"): "2",
}
"""By rule and key."""


def limit(rules: Mapping[str, Any], rule: str, key: str) -> Fraction:
    """One limit; ``rules``: those of ``gates.yaml``."""
    return exact((rules.get(rule) or {}).get(key, DEFAULTS[rule, key]))
