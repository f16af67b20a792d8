"""What chance does to the figures when calls like the known ones come in."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
import pytest

from coefgate.gates.flattered import gains_of
from coefgate.gates.sampling_noise import FIGURES, bounds, explained_by_chance
from coefgate.replay.metrics import Calls, metrics
from tests.replay.builders import calls

FIVE: Final = Fraction(5)
LEVEL: Final = 0.01


def _some(random: np.random.RandomState, count: int) -> Calls:
    """Calls of any size, predicted at about 1.4 times of what they needed."""
    actual = random.lognormal(8, 1, count).astype(np.int64) + 10
    predicted = (actual * random.lognormal(0.35, 0.6, count)).astype(np.int64) + 1
    return Calls(predicted, actual, np.arange(count), np.zeros(count, dtype=np.bool_))


def _explained(known: Calls, added: int, level: float = LEVEL) -> dict[str, float]:
    return dict(explained_by_chance(known, added, above=FIVE, level=level))


def test_bounds_worked_by_hand() -> None:
    # Ten draws of two figures; what is left out may be 2 of 10. Gains of 5 at most ask nobody.
    first = [9, 8, 7, 6, 1, 1, 1, 1, 1, 1]
    second = [0, 0, 0, 0, 0, 0, 0, 0, 90, 60]
    gains = np.array([first, second], dtype=np.float64)
    # The rarest draws are 9 and 90 (each 1 of 10 gains so much); with the next, 8 and 60, they
    # would be 4.
    assert bounds(gains, 5.0, 0.2).tolist() == [8, 60]
    assert bounds(gains, 5.0, 0.4).tolist() == [7, 0]
    # Of a figure that never gains more than 5, nothing is left to cut off but its own share.
    assert bounds(gains[:1] / 2, 5.0, 0.2).tolist() == [4]


def test_equal_calls_leave_nothing_to_chance() -> None:
    assert _explained(calls([(150, 100)] * 40), 10) == {}


def test_without_added_or_whole_calls_nothing_is_drawn() -> None:
    assert _explained(calls([(150, 100)] * 12), 0) == {}
    assert _explained(calls([], cut_off=[(150, 100)] * 12), 5) == {}


def test_the_same_calls_give_the_same_whatever_their_order() -> None:
    known = _some(np.random.RandomState(1), 40)
    found = _explained(known, 10)
    assert _explained(known, 10) == found
    order = np.random.RandomState(2).permutation(40)
    assert _explained(known.where(order), 10) == found


def test_more_calls_that_came_in_may_do_more_and_more_known_calls_allow_less() -> None:
    random = np.random.RandomState(3)
    few, many = _some(random, 40), _some(random, 4000)
    assert _explained(few, 3)["mean SMAPE"] < _explained(few, 30)["mean SMAPE"]
    assert _explained(many, 30)["mean SMAPE"] < 1 < _explained(few, 30)["mean SMAPE"]


def test_calls_that_resemble_each_other_in_their_phase_allow_more() -> None:
    tokens = [(150 if number % 2 else 100, 100) for number in range(40)]
    alone = _explained(calls(tokens), 8)["mean SMAPE"]
    together = _explained(calls(tokens, phases=[number % 10 for number in range(40)]), 8)[
        "mean SMAPE"
    ]
    assert together > 1.3 * alone


def test_a_call_that_was_cut_off_counts_for_underestimation_alone() -> None:
    found = _explained(calls([(150, 100)] * 30, cut_off=[(90, 100), (110, 100)]), 10)
    assert set(found) == {"underestimation"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("known", "added", "most"), [(58, 3, 6), (58, 10, 6), (58, 30, 6), (9, 10, 12), (5, 10, 20)]
)
def test_honest_calls_are_hardly_ever_taken_for_more_than_chance(
    known: int, added: int, most: int
) -> None:
    """Calls from one source: of 150 imports a handful may gain more than chance explains."""
    random, alarms, large = np.random.RandomState(added), 0, 0
    for _ in range(150):
        every = _some(random, known + added)
        new = np.arange(known + added) >= known
        gains = gains_of(metrics(every.where(~new)), every, new)
        assert set(gains) == set(FIGURES)
        if max(gains.values()) > FIVE:
            large += 1
            bound = explained_by_chance(every.where(~new), added, above=FIVE, level=LEVEL)
            alarms += any(
                gain > max(FIVE, Fraction(bound.get(name, 0))) for name, gain in gains.items()
            )
    assert large > 10  # so many would have been stopped by five points alone
    assert alarms <= most
