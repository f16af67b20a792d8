"""A figure of recorded calls by week, as numbers, before anybody draws it."""

from __future__ import annotations

from fractions import Fraction

from coefgate.replay.figure_text import share
from coefgate.replay.figures import ConfidenceInterval
from coefgate.reports.chart import Chart, Line
from coefgate.reports.charts.weeks import WeekFigure, WeekValue, week_chart
from coefgate.telemetry.weeks import StratumWeek

MONDAY = 20_780  # 2026-11-23, of 2026-W48, in days since 1970


def _week(at: int, digest: str) -> StratumWeek:
    return StratumWeek(MONDAY + 7 * at, digest, "all", "all", 1, {}, None, {}, None)


def _chart(*weeks: tuple[int, str], figure: Fraction | None = Fraction(1, 5)) -> Chart:
    def of(week: StratumWeek) -> WeekValue | None:
        if figure is None:
            return None
        known = ConfidenceInterval(0.1, 0.4, "exact") if week.digest == "a" else None
        return figure, known

    found = WeekFigure("misses", "Misses", of, share, Fraction(1, 10), is_share=True)
    return week_chart(found, [_week(*one) for one in weeks])


def _lines(chart: Chart) -> dict[str, Line]:
    return {one.label: one for one in chart.panels[0].series if isinstance(one, Line)}


def test_each_registry_has_a_line_with_its_intervals_and_the_limit() -> None:
    chart = _chart((0, "a"), (1, "a"), (1, "b"))
    lines = _lines(chart)
    assert list(lines) == ["limit 10.0%", "digest b", "digest a"]
    (panel,) = chart.panels
    assert lines["limit 10.0%"].y == [0.1, 0.1]
    assert list(lines["limit 10.0%"].x) == [panel.x.low, panel.x.high]
    assert (lines["digest a"].x, lines["digest a"].y) == ([MONDAY, MONDAY + 7], [0.2, 0.2])
    assert lines["digest a"].ends == [(0.1, 0.4)] * 2
    assert lines["digest b"].ends == [(0.2, 0.2)]
    assert [words for _, words in panel.x.ticks] == ["2026-W48", "2026-W49"]
    assert panel.y.high == 0.5
    assert (
        chart.description
        == "Misses: 20.0% in 2026-W48, then 20.0% in 2026-W49. The limit is 10.0%."
    )


def test_one_registry_is_all_calls_and_earlier_ones_are_one_line() -> None:
    assert list(_lines(_chart((0, "a"), (1, "a")))) == ["limit 10.0%", "all calls"]
    many = _lines(_chart(*((at, f"d{at}") for at in range(5))))
    assert list(many)[1:] == ["digest d4", "digest d3", "digest d2", "2 earlier digests"]
    assert many["2 earlier digests"].x == [MONDAY, MONDAY + 7]


def test_a_year_of_weeks_has_room_for_its_words() -> None:
    panel = _chart(*((at, "a") for at in range(52))).panels[0]
    assert len(panel.x.ticks) <= 5


def test_a_figure_that_no_week_has_says_so() -> None:
    chart = _chart((0, "a"), figure=None)
    assert chart.panels[0].missing == "no week has this figure"
    assert "no week has this figure" in chart.description
