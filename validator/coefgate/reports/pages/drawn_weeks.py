"""What formats that draw show of weeks of records: the figures that a week is judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.figure_text import points, ratio, share
from coefgate.reports.charts.weeks import WeekFigure, WeekValue, week_chart
from coefgate.reports.page import ChartBlock
from coefgate.telemetry.weeks import StratumWeek


def drawn_weeks(
    weeks: Sequence[StratumWeek], guardrails: Guardrails | None
) -> Iterator[ChartBlock]:
    """``guardrails``: whose limits are drawn; none where no registry states any."""
    for one, about in _figures(guardrails):
        if any(one.of(week) is not None for week in weeks):
            yield ChartBlock(
                partial(week_chart, one, weeks),
                f"{one.title} by week",
                f"{about} Bars are 95% intervals.",
            )


def _figures(rails: Guardrails | None) -> Sequence[tuple[WeekFigure, str]]:
    def limit(name: str) -> Fraction | None:
        return None if rails is None else getattr(rails, name)

    return (
        (
            WeekFigure(
                "underestimation", "Underestimation", _metric("underestimation_kaplan_meier"),
                share, limit("underestimation_rate_below"), is_share=True,
            ),
            "Calls that needed more than predicted.",
        ),
        (
            WeekFigure(
                "smape", "SMAPE mean", _metric("smape_mean"), points, limit("smape_mean_below")
            ),
            "How far predictions are from what calls needed, from 0 to 200.",
        ),
        (
            WeekFigure(
                "waste", "Waste ratio median", _metric("waste_median"), ratio,
                limit("waste_median_to"),
            ),
            "Predicted ÷ needed of the middle call.",
        ),
        (
            WeekFigure(
                "cut-off", "Cut off", _cut_off, share, limit("truncation_rate_to"), is_share=True
            ),
            "Replies that ended at the limit given for them.",
        ),
    )  # fmt: skip


def _metric(name: str) -> Callable[[StratumWeek], WeekValue | None]:
    def of(week: StratumWeek) -> WeekValue | None:
        found = week.metrics
        return None if found is None else (getattr(found, name), week.intervals.get(name))

    return of


def _cut_off(week: StratumWeek) -> WeekValue | None:
    rate = week.truncation
    return None if rate is None else (rate.share, rate.interval)
