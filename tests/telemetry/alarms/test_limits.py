"""Limits of a week, with figures worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.limits import LIMITS, held
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from tests.telemetry.tables import MONDAY, invented, table_of

RAILS = Guardrails()
WEEK_48 = MONDAY // 86_400_000_000
CUT_OFF: dict[str, Any] = {"truncated": 1, "success": 0, "actual": 1000, "limit": 1000}


def asked(
    name: str, *rows: Mapping[str, Any], by: tuple[str, ...] = (), rails: Guardrails = RAILS
) -> list[Alarm]:
    [limit] = [one for one in LIMITS if one.name == name]
    week = WatchedWeek(WatchedRecords(table_of(*rows), {"guide": "docs"}), WEEK_48)
    return held(limit, week, rails, by=by)


def test_a_rate_within_its_limit_is_fine() -> None:
    [found] = asked("truncation-rate", *[CUT_OFF] * 5, *[{}] * 95)  # 5% is the limit itself
    assert (found.answer, found.calls, found.counted, found.statistic) == ("fine", 100, 5, 0.05)
    assert found.interval is not None
    low, high = found.interval
    assert low < 0.05 < high


def test_a_rate_beyond_is_an_alert_where_chance_does_not_explain_it() -> None:
    [found] = asked("truncation-rate", *[CUT_OFF] * 30, *[{}] * 170)
    assert (found.answer, found.statistic, found.threshold) == ("alert", 0.15, 0.05)
    assert found.p is not None
    assert found.p < 1e-6
    assert found.worst.tolist() == [0, 1, 2, 3, 4]


def test_beyond_by_chance_is_never_fine() -> None:
    [found] = asked("truncation-rate", *[CUT_OFF] * 6, *[{}] * 94)
    assert (found.answer, found.why) == ("cannot-tell", "chance")


@pytest.mark.parametrize(("calls", "why"), [(0, "no-calls"), (49, "too-few-calls")])
def test_of_too_few_calls_nobody_can_tell(calls: int, why: str) -> None:
    [found] = asked("truncation-rate", *[CUT_OFF] * calls)
    assert (found.answer, found.why, found.calls) == ("cannot-tell", why, calls)


def test_a_week_of_calls_that_do_not_say_how_they_ended_is_not_fine() -> None:
    """As where replies that come to their end say so, and those that are cut off say nothing."""
    silent = {"truncated": -1}, {"finished": False}, {"faulty": True}
    sums: list[dict[str, Any]] = [{"unit": "turn", "truncated": -1}] * 300
    [found] = asked("endings-unknown", *silent * 40, *sums, *[{}] * 80)
    assert (found.answer, found.calls, found.counted, found.statistic) == ("alert", 200, 120, 0.6)
    [fine] = asked("endings-unknown", *silent * 6, *[{}] * 72)
    assert (fine.answer, fine.statistic) == ("fine", 0.2)


def test_faulty_and_unfinished_calls_count_in_no_rate() -> None:
    others = {**CUT_OFF, "faulty": True}, {**CUT_OFF, "finished": False}
    [found] = asked("truncation-rate", *others * 50, *[{}] * 60)
    assert (found.answer, found.calls, found.counted) == ("fine", 60, 0)


def test_each_stratum_is_judged_and_aliases_are_one_category() -> None:
    docs = [*[{"category": "docs"}] * 40, *[{"category": "guide"}] * 40]
    bad = [*[{**CUT_OFF, "category": "tests"}] * 40, *[{"category": "tests"}] * 40]
    found = asked("truncation-rate", *docs, *bad, by=("category",))
    assert [(one.stratum, one.answer, one.calls) for one in found] == [
        ("all calls", "alert", 160),
        ("category docs", "fine", 80),
        ("category tests", "alert", 80),
    ]


def test_more_strata_need_more_evidence() -> None:
    cut_off = [{**CUT_OFF, "category": "a"}] * 12
    rows = [*cut_off, *[{"category": "a"}] * 68]
    rails = Guardrails(drift_p_below=Fraction(1, 1000))
    [alone] = asked("truncation-rate", *rows, rails=rails)
    many = [{"category": f"other-{at}"} for at in range(20) for _ in range(50)]
    found = asked("truncation-rate", *rows, *many, by=("category",), rails=rails)
    [one] = [one for one in found if one.value == "a"]
    assert alone.p is not None
    assert one.p == pytest.approx(22 * alone.p)  # the week and 21 categories
    assert (alone.answer, one.answer) == ("alert", "cannot-tell")


def test_underestimation_counts_calls_that_needed_more() -> None:
    [found] = asked("underestimation-rate", *[{"actual": 1001}] * 50, *[{"actual": 1000}] * 50)
    assert (found.answer, found.statistic, found.counted) == ("alert", 0.5, 50)


def test_underestimation_is_missed_on_equality() -> None:
    [found] = asked("underestimation-rate", *[{"actual": 1001}] * 10, *[{}] * 90)
    assert (found.answer, found.statistic, found.why) == ("cannot-tell", 0.1, "chance")


def test_smape_is_a_mean_of_complete_calls() -> None:
    # 200 × 500 / 1500 is 66.7 %; cut-off calls have no SMAPE.
    [found] = asked("smape", *[{"actual": 500}] * 60, *[CUT_OFF] * 60)
    assert found.answer == "alert"
    assert (found.calls, found.threshold) == (60, 50)
    assert found.statistic == pytest.approx(200 / 3, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "share", "limit"),
    [("waste-median", 51, 1.5), ("waste-p75", 26, 2), ("waste-p90", 11, 3)],
)
def test_waste_is_a_quantile(name: str, share: int, limit: float) -> None:
    over = {"actual": 1000, "predicted": 4000}
    beyond = [*[over] * share, *[{"actual": 1000}] * (100 - share)]
    within = [*[over] * (share - 2), *[{"actual": 1000}] * (102 - share)]
    [found], [fine] = asked(name, *beyond), asked(name, *within)
    assert (found.statistic, found.threshold, found.answer) == (4, limit, "cannot-tell")
    assert (fine.statistic, fine.answer) == (1, "fine")


def test_waste_of_most_calls_is_an_alert() -> None:
    [found] = asked("waste-median", *[{"predicted": 2000}] * 90, *[{}] * 10)
    assert (found.answer, found.statistic) == ("alert", 2.5)


def test_shares_of_fallback_and_of_sizes_that_are_not_known() -> None:
    fallback, unsized = {"basis": "fallback"}, {"sizes_unknown": 1}
    rows: list[dict[str, Any]] = [*[fallback] * 40, *[unsized] * 60]
    [first], [second] = asked("fallback-share", *rows), asked("sizes-unknown", *rows)
    assert (first.answer, first.statistic) == ("alert", 0.4)
    assert (second.answer, second.statistic) == ("alert", 0.6)
    [none] = asked("fallback-share", *[{}] * 60)
    assert (none.answer, none.counted) == ("fine", 0)


def test_steady_weeks_at_their_limit_give_false_alerts_as_rarely_as_promised() -> None:
    """200 weeks of 300 calls, 5% of which are cut off in truth: the limit itself."""
    [limit] = [one for one in LIMITS if one.name == "truncation-rate"]
    rails = Guardrails(drift_p_below=Fraction(5, 100))
    rng, alerts = np.random.default_rng(20261201), 0
    for _ in range(200):
        # ln(2 / 0.7) is 1.645 × 0.638: one call in twenty needs more than its ceiling.
        table = invented(300, rng, weeks=1, sigma=0.6, phase_sigma=0.217)
        week = WatchedWeek(WatchedRecords(table, {}), WEEK_48)
        found = held(limit, week, rails, by=("category", "deliverables"))
        alerts += any(one.answer == "alert" for one in found)
    assert alerts <= 17  # 10 are expected at most; 17 has a chance of 1%
