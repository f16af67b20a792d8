from __future__ import annotations

import pytest

from coefgate.telemetry.times import moment_spelled, moment_words, week_at, week_spelled
from tests.telemetry.tables import MONDAY, WEEK

WEEK_48 = MONDAY // 86_400_000_000


@pytest.mark.parametrize("text", ["2026-W48", "2026-11-23", "2026-11-29"])
def test_a_week_is_named_by_itself_or_by_a_day_of_it(text: str) -> None:
    assert week_spelled(text) == WEEK_48


@pytest.mark.parametrize("text", ["2026-W54", "2026-48", "last", ""])
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(ValueError, match="is no week"):
        week_spelled(text)


def test_moments_are_written_and_read_in_utc() -> None:
    assert moment_words(MONDAY) == "2026-11-23T00:00:00Z"
    assert moment_words(MONDAY + 1) == "2026-11-23T00:00:00.000001Z"
    for text in ("2026-11-23T00:00:00Z", "2026-11-23", "2026-11-23T01:00+01:00"):
        assert moment_spelled(text) == MONDAY
    with pytest.raises(ValueError, match="is no moment"):
        moment_spelled("noon")


def test_the_week_of_a_moment_begins_on_its_monday() -> None:
    assert week_at(MONDAY) == week_at(MONDAY + WEEK - 1) == WEEK_48
    assert week_at(MONDAY - 1) == WEEK_48 - 7
