"""How many times what calls needed was predicted: the distribution, and its limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np

from coefgate.registry.model import Limits
from coefgate.replay.figure_text import ratio
from coefgate.replay.metrics import Calls, metrics
from coefgate.reports.chart import Chart, Limit, Line, Panel, Stroke, Tone
from coefgate.reports.charts.scales import LEAST_RATIO, log_axis, shares_axis

WasteSides: TypeAlias = Iterable[tuple[str, Calls | None]]
"""The same calls, or some of them, by who predicted them; ``None``: nothing to show."""
MOST: Final = 200
"""Steps of a line at most."""
_LINES: Final[tuple[tuple[Tone, Stroke], ...]] = (
    ("first", "solid"),
    ("second", "dashed"),
    ("third", "dotted"),
)


def waste_chart(sides: WasteSides, limits: Limits) -> Chart:
    """The share of complete calls up to each waste ratio, a line for each of up to three sides.

    Those of a report: ``reports.charts.sides``.
    """
    lines: list[Line] = []
    for words, calls in sides:
        figures = None if calls is None else metrics(calls)
        if calls is not None and figures is not None:
            median, p90 = ratio(figures.waste_median), ratio(figures.waste_p90)
            tone, stroke = _LINES[len(lines)]
            lines.append(_line(calls, f"{words}: median {median}, P90 {p90}", tone, stroke))
    low, high = limits.waste_median_from, limits.waste_median_to
    most = float(limits.waste_p90_to)
    x = log_axis(
        "waste ratio: predicted ÷ needed", [1, *(at for one in lines for at in one.x), most]
    )
    bars = [
        Limit(0.5, float(low), float(high), f"limits of the median: {ratio(low)}–{ratio(high)}"),
        Limit(0.9, x.low, most, f"limit of the P90: {ratio(limits.waste_p90_to)}"),
    ]
    even = Line([1, 1], [0, 1], "predicted = needed", "quiet", "dotted")
    missing = "" if lines else "no complete call is scored"
    found = "; ".join(one.label for one in lines) or missing
    return Chart(
        "waste-ratio",
        "Cumulative share of calls by waste ratio",
        f"Waste ratios of complete calls: {found}. Limits are met where a line crosses "
        f"the bar at 50%, from {ratio(low)} to {ratio(high)}, and the bar at 90%, up to "
        f"{ratio(limits.waste_p90_to)}.",
        [Panel(x, shares_axis("share of calls"), [even, *bars, *lines], missing)],
    )


def _line(calls: Calls, label: str, tone: Tone, stroke: Stroke) -> Line:
    """A step at each call, or at some of very many."""
    whole = calls.where(~calls.censored)
    ratios = np.maximum(np.sort(whole.predicted / whole.actual), LEAST_RATIO).round(6)
    ranks = np.arange(1, len(ratios) + 1)
    if len(ranks) > MOST:
        ranks = np.unique(np.linspace(1, len(ratios), MOST).round().astype(np.intp))
    shares = (ranks / len(ratios)).round(6).tolist()
    at = ratios[ranks - 1].tolist()
    return Line([at[0], *at], [0.0, *shares], label, tone, stroke, steps=True)
