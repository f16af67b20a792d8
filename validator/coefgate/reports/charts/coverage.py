"""What intervals are meant to hold of unseen calls, and what they do hold."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import Final

from coefgate.calibration.charted import Charted
from coefgate.replay.figure_text import share
from coefgate.reports.chart import Band, Chart, Line, Note, Panel, Points, Series
from coefgate.reports.charts.scales import shares_axis

MARKED: Final = (0.8, 0.9)
"""Those that a registry states."""


def coverage_chart(found: Charted) -> Chart:
    """By what intervals are meant to hold the share of calls within, left out with their phase."""
    held = [(float(level), one) for level, one in found.held if one is not None]
    told = [(level, one) for level, one in held if level in MARKED]
    words = ", ".join(f"{share(one)} lie within where {level:.0%} should" for level, one in told)
    series: list[Series] = []
    if found.unseen_phase is not None and held:
        series = [
            _chance(found.unseen_phase.count.phases),
            Line([0, 1], [0, 1], "as intended", "quiet", "dashed"),
            Line(*_columns(held), "unseen calls", "first", mark="dot"),
            Points(*_columns(told), "80% and 90%, which a registry states", "second", "square"),
            *(Note(level, float(one), share(one)) for level, one in told),
        ]
    return Chart(
        "interval-coverage",
        "Share of unseen calls within their intervals, against the share intended",
        f"Each call is predicted by a fit without its phase. {words or 'Nothing was measured'}.",
        [
            Panel(
                shares_axis("share intended"),
                shares_axis("share that lies within"),
                series,
                missing="" if series else "not measurable: too few calls, or all of one phase",
            )
        ],
    )


def _columns(rows: Sequence[tuple[float, Fraction]]) -> tuple[list[float], list[float]]:
    return [level for level, _ in rows], [float(one) for _, one in rows]


def _chance(phases: int) -> Band:
    """Where 95% of so many independent draws lie, were intervals as intended."""
    x = [at / 20 for at in range(21)]
    off = [1.96 * sqrt(at * (1 - at) / phases) for at in x]
    low = [round(max(0.0, at - each), 6) for at, each in zip(x, off, strict=True)]
    high = [round(min(1.0, at + each), 6) for at, each in zip(x, off, strict=True)]
    return Band(x, low, high, f"chance, with {phases:,} phases (95%)", "quiet")
