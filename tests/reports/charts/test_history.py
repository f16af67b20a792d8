"""The values that a number had, as steps over time."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from coefgate.registry.number_history import ABSENT, Commit, NumberHistory, NumberState, Step
from coefgate.reports.chart import Line, Points
from coefgate.reports.charts.history import history_chart


def _at(day: int, hour: int = 0) -> float:
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()


def life(*values: tuple[str | None, int | None], name: str = "docs.low") -> NumberHistory:
    """Steps, oldest first: when, and the number from then on."""
    before, steps = ABSENT, []
    for committed, number in values:
        after = NumberState(name, None if number is None else Fraction(number))
        commit = committed and Commit("c" * 40, "t", (), "Ada", committed, committed, "s", ())
        steps.append(Step(commit or None, (), before, after))
        before = after
    return NumberHistory(name, tuple(reversed(steps)), cut=False)


def test_a_value_lasts_until_the_next() -> None:
    chart = history_chart(
        life(("2026-11-01T00:00:00+00:00", 1500), ("2026-11-11T02:00:00+02:00", 1800))
    )
    (panel,) = chart.panels
    line, points = panel.series
    assert isinstance(line, Line)
    assert isinstance(points, Points)
    assert line.steps
    # An axis of ten days has 8% of them as room at both ends.
    assert list(line.x) == pytest.approx([_at(1), _at(11), _at(11) + 0.8 * 86_400])
    assert line.y == [1500, 1800, 1800]
    assert (points.x, points.y) == ([_at(1), _at(11)], [1500, 1800])
    assert panel.x.low == pytest.approx(_at(1) - 0.8 * 86_400)
    assert [words for _, words in panel.x.ticks] == [
        "2026-11-01",
        "2026-11-04",
        "2026-11-07",
        "2026-11-10",
    ]
    assert [at for at, _ in panel.x.ticks] == [_at(1), _at(4), _at(7), _at(10)]
    assert (chart.name, chart.description) == ("history", "2 changes: 1,500 … 1,800.")
    assert panel.y.label == "tokens"


def test_a_gap_ends_a_line() -> None:
    chart = history_chart(
        life(
            ("2026-11-01T00:00:00Z", 15),
            ("2026-11-02T00:00:00Z", None),
            ("2026-11-03T00:00:00Z", 20),
        )
    )
    first, _, second, _ = chart.panels[0].series
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert (list(first.x), list(first.y)) == ([_at(1), _at(2)], [15, 15])
    assert (second.x[0], list(second.y)) == (_at(3), [20, 20])


def test_what_is_not_committed_is_open_at_the_end() -> None:
    chart = history_chart(life(("2026-11-01T00:00:00Z", 15), (None, 20)))
    panel = chart.panels[0]
    points = panel.series[-1]
    assert isinstance(points, Points)
    assert points.open
    assert (points.x, points.y, points.label) == ([panel.x.high], [20.0], "not committed")
    # One commit alone has a day, by the hour.
    assert panel.x.ticks[0][1] == "10-31 22:05"
    alone = history_chart(life((None, 20)))
    assert [type(one) for one in alone.panels[0].series] == [Points]


def test_a_number_that_was_never_read_says_so() -> None:
    chart = history_chart(life(("2026-11-01T00:00:00Z", None)))
    assert chart.panels[0].missing == "no value is known"
    assert "no value is known" in chart.description


def test_a_factor_is_no_number_of_tokens() -> None:
    factor = life(("2026-11-01T00:00:00Z", 2), name="margin.default")
    assert history_chart(factor).panels[0].y.label == "factor"
