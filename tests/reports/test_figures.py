"""How figures are written."""

from __future__ import annotations

import pytest

from coefgate.reports.figures import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (250, "4 min 10 s"),
        (3_600, "1 h"),
        (3_605, "1 h"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
        (172_800 + 60, "2 d"),
    ],
)
def test_a_duration_is_told_by_its_two_largest_parts(seconds: float, words: str) -> None:
    assert duration(seconds) == words
