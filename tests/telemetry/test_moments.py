"""Moments by hand: 2026-11-30T09:00:00Z is 1,796,029,200 seconds after 1970 began."""

from __future__ import annotations

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.telemetry.moments import SECOND, moment_of, second_words

NINE = 1_796_029_200 * SECOND


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


@pytest.mark.parametrize("said", ["", "yesterday", "7 months", "-6h", "2026-13-01", "6h\x1b[2J"])
def test_anything_else_is_refused_with_what_is_one(said: str) -> None:
    with pytest.raises(UsageProblem, match=r"is no moment\. Name one as 30min") as refused:
        moment_of(said, now=NINE)
    assert "\x1b" not in str(refused.value)


def test_a_moment_is_shown_in_utc() -> None:
    assert second_words(NINE + 999_999) == "2026-11-30T09:00:00Z"
