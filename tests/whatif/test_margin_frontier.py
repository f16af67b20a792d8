"""What single margins give, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

from coefgate.registry.key import MOST_FACTOR
from coefgate.replay.scores import Scores, replay
from coefgate.whatif.margin_frontier import MarginPoint, margin_frontier
from tests.replay.builders import predicted, sample, table


def _scores(margin: int = 1000) -> Scores:
    """Each is predicted 1,100 tokens times the margin."""
    calls = [sample(1, 550), sample(2, 1100), sample(3, 2200)]
    return replay(predicted(calls, table(margin)))


def test_a_margin_trades_misses_for_waste() -> None:
    scores = _scores(1300)  # whatever margin there is
    asked = 1000, 1500, 2000
    points = margin_frontier(scores.by_margin, scores.predicted.calls, Fraction(3), also=asked)
    third = Fraction(1, 3)
    assert [one for one in points if one.margin * 1000 in asked] == [
        MarginPoint(Fraction(1), Fraction(1), third),
        MarginPoint(Fraction(3, 2), Fraction(3, 2), third),
        MarginPoint(Fraction(2), Fraction(2), Fraction(0)),
    ]
    assert [one.margin for one in points] == sorted({one.margin for one in points})


def test_margins_rise_by_three_percent_until_there_is_waste_enough() -> None:
    scores = _scores()
    points = margin_frontier(scores.by_margin, scores.predicted.calls, Fraction(3))
    assert [one.margin for one in points[:3]] == [1, Fraction(103, 100), Fraction(1061, 1000)]
    assert [one.waste_median >= 3 for one in points[-2:]] == [False, True]


def test_they_end_at_the_highest_that_a_registry_may_have() -> None:
    scores = _scores()
    points = margin_frontier(scores.by_margin, scores.predicted.calls, Fraction(1000))
    assert Fraction(97, 100) * MOST_FACTOR < points[-1].margin * 1000 <= MOST_FACTOR


def test_without_a_complete_call_there_is_none() -> None:
    cut_off = sample(1, 900, truncated=True, stop_reason="max_tokens", max_output_tokens=900)
    scores = replay(predicted([cut_off], table()))
    assert margin_frontier(scores.by_margin, scores.predicted.calls, Fraction(3)) == ()
