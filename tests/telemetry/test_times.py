"""Times by hand: 2026-11-30T09:00:00Z is 1,796,029,200 seconds after 1970 began."""

from __future__ import annotations

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.telemetry.times import (
    SECOND,
    moment_of,
    moment_words,
    second_words,
    week_at,
    week_name,
    week_spelled,
)
from tests.telemetry.tables import MONDAY, WEEK

NINE = 1_796_029_200 * SECOND


@pytest.mark.parametrize(
    ("week", "monday"), [("2026-W48", 20780), ("1970-W01", -3), ("2020-W53", 18624)]
)
def test_weeks_are_named_as_iso_8601_does(week: str, monday: int) -> None:
    assert (week_name(monday), week_spelled(week)) == (week, monday)


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-29"])
def test_a_week_is_named_by_a_day_of_it(text: str) -> None:
    assert week_spelled(text) == 20780


@pytest.mark.parametrize("text", ["2026-W54", "2026-48", "2026", "W48", "last", ""])
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(ValueError, match="is not a week"):
        week_spelled(text)


def test_the_week_of_a_moment_begins_on_its_monday() -> None:
    assert week_at(MONDAY) == week_at(MONDAY + WEEK - 1) == 20780
    assert week_at(MONDAY - 1) == 20780 - 7


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("30min", NINE - 1_800 * SECOND),
        ("6h", NINE - 21_600 * SECOND),
        ("7 d", NINE - 604_800 * SECOND),
        ("2w", NINE - 1_209_600 * SECOND),
        ("2026-11-30", NINE - 9 * 3_600 * SECOND),
        ("2026-11-30T09:00", NINE),
        ("2026-11-30T09:00Z", NINE),
        (" 2026-11-30T10:00:00.000001+01:00", NINE + 1),
    ],
)
def test_a_moment_is_named_as_an_age_a_day_or_a_time(said: str, moment: int) -> None:
    assert moment_of(said, now=NINE) == moment


@pytest.mark.parametrize(
    "said",
    [
        *("", "yesterday", "7 months", "-6h", "2026-13-01", "6h\x1b[2J"),
        *("999999w", "0001-01-01T00:00+01:00", "9999-12-31T23:59:59-05:00"),
    ],
)
def test_anything_else_is_refused_with_what_is_one(said: str) -> None:
    with pytest.raises(UsageProblem, match=r"is not a moment\. Name one as 30min") as refused:
        moment_of(said, now=NINE)
    assert "\x1b" not in str(refused.value)


def test_a_moment_is_shown_in_utc() -> None:
    assert moment_words(NINE) == "2026-11-30T09:00:00Z"
    assert moment_words(NINE + 1) == "2026-11-30T09:00:00.000001Z"
    assert second_words(NINE + 999_999) == "2026-11-30T09:00:00Z"
