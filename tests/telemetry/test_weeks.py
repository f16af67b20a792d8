"""Figures of weeks, worked out by hand; whatever is left out of them is counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coefgate.replay.metrics import Calls, metrics
from coefgate.telemetry.call_table import UNKNOWN
from coefgate.telemetry.strata import DIMENSIONS
from coefgate.telemetry.weeks import StratumWeek, weekly_figures
from tests.telemetry.tables import DIGEST, MONDAY, WEEK, invented, table_of

OTHER = "b" * 64


def _by_value(found: list[StratumWeek]) -> dict[str, StratumWeek]:
    return {one.value: one for one in found}


def test_a_week_by_hand() -> None:
    # predicted ÷ actual: 1000/800 = 1.25, 1000/500 = 2, 900/1000 = 0.9 (missed); one was cut off
    # at 1,000 of a prediction of 1,000 (missed), one at 400 of 1,000 (open). Of the six that say
    # how they ended two were cut off.
    (one,) = weekly_figures(
        table_of(
            {"actual": 800},
            {"actual": 500},
            {"predicted": 900, "actual": 1000},
            {"actual": 1000, "truncated": 1, "success": 0},
            {"actual": 400, "truncated": 1, "success": 0},
            {"success": 0},
            {"faulty": True},
            {"finished": False, "actual": UNKNOWN, "truncated": UNKNOWN, "success": UNKNOWN},
        )
    )
    assert (one.week, one.digest, one.dimension, one.value) == (20780, DIGEST, "all", "all")
    assert (one.recorded, one.scored) == (8, 5)
    assert one.left_out == {"failed": 1, "unfinished": 1, "faulty": 1}
    assert one.metrics is not None
    assert (one.metrics.samples, one.metrics.censored, one.metrics.phases) == (3, 2, 5)
    assert one.metrics.waste_median == Fraction(5, 4)
    assert one.metrics.underestimation_rate == Fraction(2, 5)
    assert one.metrics.underestimation_upper == Fraction(3, 5)
    assert one.truncation is not None
    assert (one.truncation.hits, one.truncation.calls, one.truncation.phases) == (2, 6, 6)
    assert one.truncation.share == Fraction(1, 3)


def test_each_week_value_and_digest_stands_alone_and_in_order() -> None:
    rows: list[dict[str, Any]] = [
        {"started_at": MONDAY, "category": "tests"},
        {"started_at": MONDAY + 1, "category": "docs", "digest": OTHER},
        {"started_at": MONDAY + 2, "category": "docs"},
        {"started_at": MONDAY + WEEK, "category": None},
    ]
    found = list(weekly_figures(table_of(*rows), ["category", "all"]))
    assert [(one.week, one.value, one.digest) for one in found] == [
        (20780, "docs", DIGEST),
        (20780, "docs", OTHER),
        (20780, "tests", DIGEST),
        (20787, "unknown", DIGEST),
        (20780, "all", DIGEST),
        (20780, "all", OTHER),
        (20787, "all", DIGEST),
    ]
    together = list(weekly_figures(table_of(*rows), by_week=False, by_digest=False))
    assert [(one.week, one.digest, one.recorded) for one in together] == [(None, None, 4)]


def test_aliases_are_one_category() -> None:
    table = table_of({"category": "docs"}, {"category": "documentation"}, {"category": "else"})
    found = weekly_figures(table, ["category", "cell"], canonical={"documentation": "docs"})
    assert [(one.dimension, one.value, one.recorded) for one in found] == [
        ("category", "docs", 2),
        ("category", "else", 1),
        ("cell", "docs/low", 2),
        ("cell", "else/low", 1),
    ]


def test_deliverables_are_counted_in_four_slices() -> None:
    table = table_of(*({"deliverables": count} for count in (0, 1, 2, 3, 4, 5, 9)))
    found = weekly_figures(table, ["deliverables"])
    assert {one.value: one.recorded for one in found} == {
        "0": 1,
        "1": 1,
        "2": 1,
        "3–4": 2,
        "5+": 2,
    }


def test_failed_calls_have_figures_of_their_own() -> None:
    table = table_of(
        {},
        {"success": 0, "actual": 2000},
        {"success": 0, "actual": 0},
        {"truncated": 1, "success": 0},
        {"finished": False, "truncated": UNKNOWN},
    )
    found = _by_value(list(weekly_figures(table, ["success"])))
    assert list(found) == ["cut off", "failed", "failed without a token", "succeeded", "unknown"]
    failed = found["failed"].metrics
    assert failed is not None
    assert (failed.samples, failed.misses) == (1, 1)
    assert found["failed without a token"].left_out == {"failed-without-tokens": 1}
    assert found["unknown"].truncation is None
    (everything,) = weekly_figures(table)
    assert everything.metrics is not None
    assert everything.metrics.misses == 0


def test_calls_without_a_phase_are_each_their_own() -> None:
    table = table_of({"phase": None}, {"phase": None}, {"phase": "a/b"}, {"phase": "a/b"})
    (one,) = weekly_figures(table)
    assert one.metrics is not None
    assert one.metrics.phases == 3


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_record_is_in_one_stratum_and_scored_or_left_out(dimension: str) -> None:
    rng = np.random.default_rng(1)
    table = invented(3000, rng, failed=0.05, unfinished=0.05, faulty=0.05, digests=(DIGEST, OTHER))
    found = list(weekly_figures(table, [dimension]))
    assert sum(one.recorded for one in found) == 3000
    for one in found:
        counted = 0 if one.metrics is None else one.metrics.samples + one.metrics.censored
        assert one.metrics is None or counted == one.scored
        assert sum(one.left_out.values()) + one.scored == one.recorded


def test_figures_are_those_of_a_replay() -> None:
    table = invented(2000, np.random.default_rng(2), weeks=1, calls_in_phase=3)
    (one,) = weekly_figures(table)
    calls = Calls(
        table.predicted.astype(np.int64),
        table.actual.astype(np.int64),
        table.phase.codes.astype(np.intp),
        table.truncated == 1,
    )
    # Two calls of a phase are never cut off at the same ceiling here.
    assert one.metrics == metrics(calls)
    assert one.intervals["smape_mean"] is not None


def test_the_order_of_records_moves_no_figure() -> None:
    table = invented(500, np.random.default_rng(3), failed=0.1, categories=("docs", "tests"))
    mixed = table.where(np.random.default_rng(4).permutation(500))
    sides = [
        _by_value(list(weekly_figures(one, ["category"], by_week=False))) for one in (table, mixed)
    ]
    for name, one in sides[0].items():
        assert (one.metrics, one.truncation) == (sides[1][name].metrics, sides[1][name].truncation)


def test_no_record_is_no_week() -> None:
    assert list(weekly_figures(table_of(), DIMENSIONS)) == []


def test_thousands_of_names_that_callers_made_up_are_as_many_strata() -> None:
    names = [{"category": f"ticket-{at}", "complexity": f"step-{at}"} for at in range(3_000)]
    found = list(weekly_figures(table_of(*names), ("cell",)))
    assert len(found) == 3_000
    assert found[0].value == "ticket-0/step-0"
