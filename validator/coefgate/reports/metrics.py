"""Metrics with their intervals, for programs and for readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.replay.figure_text import Bounds, Written, from_float, points, ratio, share
from coefgate.replay.figures import Figures
from coefgate.replay.intervals import FEWEST_PHASES, Interval
from coefgate.replay.scores import Later, Scores, StratumFigures
from coefgate.reports.comparison_dicts import metrics_dict
from coefgate.reports.console import table
from coefgate.reports.figures import (
    FIGURES,
    NOT_MEASURABLE,
    count_figure,
    count_words,
    figures_beside,
    rounded,
)
from coefgate.samples.order import moment

FIGURES_TITLE: Final = (
    "Figures, each with its 95% interval; “as asked”: where the reply held the asked files"
)


def figures_dict(figures: Figures | None) -> dict[str, Any] | None:
    """The metrics of one set of calls for JSON, ``None`` where nothing is measurable."""
    metrics = None if figures is None else metrics_dict(figures.metrics)
    if figures is None or metrics is None:
        return None
    return {
        **metrics,
        "intervals": {name: _pair(figures.intervals.get(name)) for name in FIGURES},
        "interval_methods": {
            name: found.method if (found := figures.intervals.get(name)) else None
            for name in FIGURES
        },
    }


def later_metrics(later: Later) -> dict[str, Any]:
    """The metrics of both parts of what came in later, ``None`` below the phases that an interval takes."""
    return {name: figures_dict(later.measurable.get(name)) for name in later.parts}


def later_dict(later: Later) -> dict[str, Any]:
    """How many calls came in after the coefficients did, and what is needed for metrics of their own."""
    return {
        **{name: part and asdict(part.calls.count) for name, part in later.parts.items()},
        "needed_phases": FEWEST_PHASES,
        "newest_known": None if later.newest is None else moment(later.newest),
        "reason": later.reason or None,
    }


def later_lines(later: Later) -> Iterator[str]:
    """What is known of calls that came in after the coefficients did; the later found where there are any."""
    if later.later_found is None or later.prospective is None:
        yield f"prospective: not known which calls came in after these coefficients: {later.reason}"
        return
    newest = (
        "the newest call stored then"
        if later.dated
        else "they did, as no call with a time was stored then"
    )
    yield _arrived("prospective", later.prospective, f"made after {newest}")
    if len(later.later_found.calls.phase):
        limit = "that call" if later.dated else "they are"
        yield _arrived(
            "later found", later.later_found, f"no newer than {limit} or of unknown time"
        )


def _arrived(name: str, part: Figures, told: str) -> str:
    missing = f"; {FEWEST_PHASES} phases are needed" if part.calls.phases < FEWEST_PHASES else ""
    return f"{name}: {how_many(part)} came in after these coefficients, {told}{missing}"


def figure_columns(scores: Scores) -> dict[str, Figures]:
    """The sets of calls whose figures every report shows; the gates enforce those of ``all``."""
    measurable = {name.replace("_", " "): part for name, part in scores.later.measurable.items()}
    columns = {"all": scores.all, "as asked": scores.without_differs, **measurable}
    return {name: figures for name, figures in columns.items() if figures.metrics}


def stratum_dict(stratum: StratumFigures) -> dict[str, Any]:
    """One stratum for JSON."""
    return {
        "dimension": stratum.dimension,
        "value": stratum.value,
        "metrics": figures_dict(stratum.figures),
    }


def _pair(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else [rounded(interval.low), rounded(interval.high)]


def figures_table(columns: Mapping[str, Figures], title: str, bounds: Bounds) -> RenderableType:
    """One column per set of calls; ``figure_rows`` says what stands in it."""
    if not columns:
        return Text(
            "not measurable: no eligible call is stored. See why with: coefgate samples audit"
        )
    rows = figure_rows(*columns.values(), bounds=bounds)
    return table("metric", *columns, rows=rows, title=title, figures=range(1, 1 + len(columns)))


def figure_rows(*sets: Figures, bounds: Bounds) -> list[list[str]]:
    """How many calls and phases each set has, then one row per metric with its 95% interval.

    ``bounds``: what the metrics are held against, so that no figure is taken for its limit.
    """
    counts = [figures.calls.count for figures in sets]
    return [
        [
            "calls",
            *(
                f"{count_figure(one)} cut off" if one.censored else count_figure(one)
                for one in counts
            ),
        ],
        ["phases", *(f"{one.phases:,}" for one in counts)],
        *(
            [text, *(_with_interval(figures, name, written) for figures in sets)]
            for name, (text, written) in figures_beside(bounds).items()
        ),
    ]


def how_many(figures: Figures) -> str:
    """``12 calls + 3 cut off, 9 phases``."""
    return count_words(figures.calls.count)


def _with_interval(figures: Figures, name: str, written: Written) -> str:
    if figures.metrics is None:
        return NOT_MEASURABLE
    value = written(getattr(figures.metrics, name))
    return f"{value}  [{interval_text(figures, name, written)}]"


def interval_text(figures: Figures, name: str, written: Written) -> str:
    """``33.1–44.0``, or that it is not available."""
    found = figures.intervals.get(name)
    if found is None:
        return NOT_MEASURABLE
    mark = "≤" if "no miss" in found.method else f"{written(from_float(found.low))}–"
    return f"{mark}{written(from_float(found.high))}"


def strata_table(strata: Sequence[StratumFigures]) -> RenderableType:
    """One row per stratum; where it has less than ten phases no interval is given.

    A call that says a cell may be served by the fallback all the same.
    """
    rows = []
    for stratum in strata:
        metrics = stratum.figures.metrics
        if metrics is None:
            rows.append(
                [
                    stratum.dimension,
                    stratum.value,
                    how_many(stratum.figures),
                    *[NOT_MEASURABLE] * 5,
                ]
            )
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
        title="Strata, by what calls say of themselves",
        figures=range(3, 8),
    )
