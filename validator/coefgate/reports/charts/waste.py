"""How many times what calls needed was predicted: the distribution, and its limits."""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.calibration.charted import Charted
from coefgate.registry.model import Limits
from coefgate.replay.figure_text import ratio
from coefgate.replay.metrics import Calls, metrics
from coefgate.reports.chart import Chart, Limit, Line, Panel, Stroke, Tone
from coefgate.reports.charts.scales import log_axis, shares_axis

MOST: Final = 200
"""Steps of a line at most."""


def waste_chart(found: Charted, limits: Limits) -> Chart:
    """The share of complete calls up to each waste ratio, of unseen phases and unseen runs."""
    sides: list[tuple[str, Calls | None, Tone, Stroke]] = [
        ("unseen phase", found.unseen_phase, "first", "solid"),
        ("unseen run", found.unseen_run, "second", "dashed"),
    ]
    if found.unseen_phase is None:
        sides = [("fitted", found.fitted, "first", "solid")]
    lines, told = [], []
    for words, calls, tone, stroke in sides:
        figures = None if calls is None else metrics(calls)
        if calls is None or figures is None:
            continue
        median, p90 = ratio(figures.waste_median), ratio(figures.waste_p90)
        lines.append(_line(calls, f"{words}: median {median}, P90 {p90}", tone, stroke))
        told.append(f"of an {words} the median is {median} and the P90 {p90}")
    low, high = limits.waste_median_from, limits.waste_median_to
    most = float(limits.waste_p90_to)
    x = log_axis("waste ratio: predicted ÷ needed", [*(at for one in lines for at in one.x), most])
    bars = [
        Limit(0.5, float(low), float(high), f"limits of the median: {ratio(low)}–{ratio(high)}"),
        Limit(0.9, x.low, most, f"limit of the P90: {ratio(limits.waste_p90_to)}"),
    ]
    even = Line([1, 1], [0, 1], "predicted = needed", "quiet", "dotted")
    return Chart(
        "waste-ratio",
        "Share of calls that were predicted up to so many times what they needed",
        f"Waste ratios of complete calls: {'; '.join(told)}. Limits are met where a line crosses "
        f"the bar at 50%, from {ratio(low)} to {ratio(high)}, and the bar at 90%, up to "
        f"{ratio(limits.waste_p90_to)}.",
        [Panel(x, shares_axis("share of calls"), [even, *bars, *lines], "lower right")],
    )


def _line(calls: Calls, label: str, tone: Tone, stroke: Stroke) -> Line:
    """A step at each call, or at some of very many."""
    whole = calls.where(~calls.censored)
    ratios = np.sort(whole.predicted / whole.actual).round(6)
    ranks = np.arange(1, len(ratios) + 1)
    if len(ranks) > MOST:
        ranks = np.unique(np.linspace(1, len(ratios), MOST).round().astype(np.intp))
    shares = (ranks / len(ratios)).round(6).tolist()
    at = ratios[ranks - 1].tolist()
    return Line([at[0], *at], [0.0, *shares], label, tone, stroke, steps=True)
