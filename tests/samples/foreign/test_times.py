"""Times of other tools: epochs in any unit, ISO 8601 in many spellings."""

from __future__ import annotations

from datetime import UTC

import pytest

from coefgate.samples.foreign.times import observed_at


@pytest.mark.parametrize(
    ("stated", "instant"),
    [
        ("2025-12-29T19:40:02+11:00", "2025-12-29T19:40:02+11:00"),
        ("2025-01-24T09:20:46Z", "2025-01-24T09:20:46Z"),
        ("2025-01-24 09:20:46 UTC", "2025-01-24T09:20:46Z"),
        ("2025-01-24 09:20:46 +0200", "2025-01-24T09:20:46+02:00"),
        ("2025-01-24T09:20:46+02", "2025-01-24T09:20:46+02:00"),
        ("2025-01-24T09:20:46.123456789Z", "2025-01-24T09:20:46.123456Z"),
        ("2025-01-24T09:20:46,5Z", "2025-01-24T09:20:46.500000Z"),
        ("20250124T092046Z", "2025-01-24T09:20:46Z"),
        # 1,735,463,000 s: 2024-12-29 was 20,086 days after 1970, 20,086 × 86,400 = 1,735,430,400;
        # 32,600 s are left: 09:03:20.
        (1_735_463_000, "2024-12-29T09:03:20Z"),
        ("1735463000", "2024-12-29T09:03:20Z"),
        (1_735_463_000.5, "2024-12-29T09:03:20.500000Z"),
        (1_735_463_000_123, "2024-12-29T09:03:20.123000Z"),
        (1_735_463_000_123_456, "2024-12-29T09:03:20.123456Z"),
        ("1735463000123456789", "2024-12-29T09:03:20.123456Z"),
    ],
)
def test_an_instant_is_told_in_one_form(stated: object, instant: str) -> None:
    assert observed_at(stated) == instant


@pytest.mark.parametrize(
    "stated",
    [
        *("", "yesterday", "2025-13-24T09:20:11Z", "2025-01-24", "1999-12-31T00:00:00Z"),
        *(None, True, [], {}, 12, -5, 10**25, float("inf"), float("nan"), "9" * 19),
    ],
)
def test_what_is_no_instant_is_none(stated: object) -> None:
    assert observed_at(stated) is None


def test_a_time_without_a_zone_takes_one_that_is_known_or_says_nothing() -> None:
    naive = "2025-01-24 09:20:46.847371"
    assert observed_at(naive) is None
    assert observed_at(naive, naive=UTC) == "2025-01-24T09:20:46.847371Z"
    assert observed_at("2025-01-24", naive=UTC) is None  # a day is no instant
