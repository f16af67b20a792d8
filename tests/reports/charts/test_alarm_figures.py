"""The figures of a week beside their limits, as numbers, before anybody draws them."""

from __future__ import annotations

from coefgate.reports.chart import Line, Points
from coefgate.reports.charts.alarm_figures import AlarmFigure, alarm_figures_chart

CUT_OFF = AlarmFigure("cut-off", "alert", 0.3, 0.1, (0.2, 0.5), "cut-off 30.0% of at most 10.0%")
NONE = AlarmFigure("fallback", "fine", 0.0, 0.05, (0.0, 0.02), "fallback 0.0% of at most 5.0%")
FAR = AlarmFigure("waste", "cannot-tell", 900, 3, (0.0, 2000), "waste 900 of at most 3")


def test_figures_are_multiples_of_their_limits_in_their_order() -> None:
    chart = alarm_figures_chart([CUT_OFF, NONE, FAR], "2026-W48")
    (panel,) = chart.panels
    assert panel.y.ticks == [(2, "cut-off"), (1, "fallback"), (0, "waste")]
    points = {one.label: one for one in panel.series if isinstance(one, Points)}
    assert {label: (list(one.x), one.y) for label, one in points.items()} == {
        "alert": ([0.3 / 0.1], [2]),
        "cannot tell": ([100], [0]),  # 300 times, drawn as 100
        "fine": ([0.05], [1]),  # 0 has no place on a logarithmic axis
    }
    limit, *bars = (one for one in panel.series if isinstance(one, Line))
    assert (limit.label, limit.x) == ("limit", [1, 1])
    assert [list(one.x) for one in bars] == [
        [0.2 / 0.1, 0.5 / 0.1],
        [0.05, 100],
        [0.05, 0.02 / 0.05],
    ]
    assert panel.x.low < 0.05
    assert panel.x.high > 100


def test_it_says_what_is_beyond_its_limit() -> None:
    assert alarm_figures_chart([CUT_OFF, NONE, FAR], "2026-W48").description == (
        "Beyond the limit: cut-off 30.0% of at most 10.0%. 2 other figures raise no alert."
    )
    assert alarm_figures_chart([NONE], "x").description == "1 other figure raises no alert."
    alone = alarm_figures_chart([CUT_OFF], "x").description
    assert alone == "Beyond the limit: cut-off 30.0% of at most 10.0%."
