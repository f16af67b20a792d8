from __future__ import annotations

import pytest

from coefgate.telemetry.alarms.alarm import Alarm, AlarmAnswer, gravest


@pytest.mark.parametrize(
    ("answers", "together"),
    [
        (["fine", "fine"], "fine"),
        (["fine", "cannot-tell"], "cannot-tell"),
        (["alert", "cannot-tell", "fine"], "alert"),
        ([], "cannot-tell"),
    ],
)
def test_the_gravest_answer_stands_for_all(
    answers: list[AlarmAnswer], together: AlarmAnswer
) -> None:
    assert gravest(answers) == together


def test_a_stratum_says_what_it_is() -> None:
    assert Alarm("smape", "fine", week=0).stratum == "all calls"
    assert Alarm("smape", "fine", week=0, by="category", value="docs").stratum == "category docs"
