"""Metrics with their intervals, for programs and for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.replay.figures import Figures
from coefgate.replay.intervals import Interval
from coefgate.replay.scores import FEWEST_PROSPECTIVE, Prospective, Stratum
from coefgate.reports.console import count, table
from coefgate.reports.figures import FIGURES, NOT_MEASURABLE, Written, points, ratio, rounded, share


def figures_dict(figures: Figures | None) -> dict[str, Any] | None:
    """The metrics of one set of calls for JSON, ``None`` where nothing is measurable."""
    if figures is None or figures.metrics is None:
        return None
    metrics = figures.metrics
    return {
        "samples": metrics.samples,
        "censored": metrics.censored,
        "phases": metrics.phases,
        "misses": metrics.misses,
        "undecided": metrics.undecided,
        **{name: rounded(getattr(metrics, name)) for name in FIGURES},
        "intervals": {name: _pair(figures.intervals.get(name)) for name in FIGURES},
        "interval_methods": {
            name: found.method if (found := figures.intervals.get(name)) else None for name in FIGURES
        },
    }


def prospective_dict(prospective: Prospective) -> dict[str, Any]:
    """How many calls came in after the coefficients did, and what is missing for figures of their own."""
    return {
        "arrived": prospective.arrived,
        "needed": FEWEST_PROSPECTIVE,
        "reason": prospective.reason or None,
    }


def stratum_dict(stratum: Stratum) -> dict[str, Any]:
    """One stratum for JSON."""
    return {
        "dimension": stratum.dimension,
        "value": stratum.value,
        "metrics": figures_dict(stratum.figures),
    }


def _pair(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else [rounded(interval.low), rounded(interval.high)]


def figures_table(columns: Mapping[str, Figures | None], title: str) -> RenderableType:
    """One row per metric, one column per set of calls, each figure with its 95% interval."""
    shown = {name: figures for name, figures in columns.items() if figures and figures.metrics}
    if not shown:
        return Text("not measurable: no eligible call is stored. See why with: coefgate samples audit")
    rows = [
        [text, *(_with_interval(figures, name, written) for figures in shown.values())]
        for name, (text, written) in FIGURES.items()
    ]
    return table("metric", *map(_titled, shown, shown.values()), rows=rows, title=title, figures=range(1, 9))


def _titled(name: str, figures: Figures) -> str:
    if figures.metrics is None:
        return name
    return f"{name}: {how_many(figures)}"


def how_many(figures: Figures) -> str:
    """``58 calls + 5 cut off, 49 phases``."""
    metrics = figures.metrics
    if metrics is None:
        return "no call"
    censored = f" + {metrics.censored} cut off" if metrics.censored else ""
    return f"{count(metrics.samples, 'call')}{censored}, {count(metrics.phases, 'phase')}"


def _with_interval(figures: Figures, name: str, written: Written) -> str:
    value = written(getattr(figures.metrics, name))
    return f"{value}  [{interval_text(figures, name, written)}]"


def interval_text(figures: Figures, name: str, written: Written) -> str:
    """``33.1–44.0``, or that it is not available."""
    found = figures.intervals.get(name)
    if found is None:
        return NOT_MEASURABLE
    mark = "≤" if "no miss" in found.method else f"{written(Fraction(found.low))}–"
    return f"{mark}{written(Fraction(found.high))}"


def strata_table(strata: Sequence[Stratum]) -> RenderableType:
    """One row per stratum; where it has less than ten phases no interval is given."""
    rows = []
    for stratum in strata:
        metrics = stratum.figures.metrics
        if metrics is None:
            rows.append([stratum.dimension, stratum.value, "no eligible call", *[NOT_MEASURABLE] * 5])
            continue
        interval = interval_text(stratum.figures, "smape_mean", points)
        rows.append(
            [
                stratum.dimension,
                stratum.value,
                how_many(stratum.figures),
                f"{points(metrics.smape_mean)}  [{interval}]",
                share(metrics.underestimation_rate),
                share(metrics.underestimation_upper),
                ratio(metrics.waste_median),
                ratio(metrics.waste_p90),
            ]
        )
    return table(
        *("by", "value", "n", "SMAPE mean", "missed ≥", "missed ≤", "waste median", "waste P90"),
        rows=rows,
        title="Strata",
        figures=range(3, 8),
    )
