"""How figures are written: one way for each kind, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

NOT_MEASURABLE: Final = "n/a"
Written = Callable[[Fraction], str]


def points(value: Fraction) -> str:
    """SMAPE, in percent of its range 0–200: ``49.1``."""
    return f"{float(value):.1f}"


def share(value: Fraction) -> str:
    """A rate: ``7.9%``."""
    return f"{float(value):.1%}"


def ratio(value: Fraction) -> str:
    """Predicted over actual: ``1.40``."""
    return f"{float(value):.2f}"


def tokens(value: int | Fraction) -> str:
    """A number of tokens: ``12,300``; from a million on ``2.4 M``."""
    return f"{float(value) / 1e6:.1f} M" if value >= 1_000_000 else f"{round(value):,}"


def span(low: Fraction, high: Fraction, written_as: Written) -> str:
    """``1.6% to 9.5%``; one figure where both ends look alike."""
    return " to ".join(dict.fromkeys((written_as(low), written_as(high))))


def rounded(value: Fraction | float | None) -> float | None:
    """A figure for JSON: six decimals."""
    return None if value is None else round(float(value), 6)


FIGURES: Final[Mapping[str, tuple[str, Written]]] = {
    "smape_mean": ("SMAPE mean", points),
    "smape_median": ("SMAPE median", points),
    "smape_p90": ("SMAPE P90", points),
    "underestimation_rate": ("underestimation, at least", share),
    "underestimation_upper": ("underestimation, at most", share),
    "waste_median": ("waste ratio median", ratio),
    "waste_p75": ("waste ratio P75", ratio),
    "waste_p90": ("waste ratio P90", ratio),
}
"""The metrics in the order of a report, with their titles."""
