"""The stakes, by hand."""

from __future__ import annotations

from fractions import Fraction

from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.metrics import Calls
from tests.replay.builders import calls


def _stakes(given_calls: Calls) -> Stakes:
    found = Figures.of(given_calls).stakes
    assert found is not None
    return found


def test_stakes_by_hand() -> None:
    # predicted  needed              unused
    #    150       100                  50
    #     80       120   cut off         0
    #    500      ≥500   cut off         0
    #    501      ≥500   perhaps         1   at most
    #    700      ≥500   perhaps       200   at most
    # Of 5 calls 2 are cut off and 2 more may be; 251 tokens are unused. The first needs least
    # of what is predicted and is one of five, and the open ones come behind it: 4/5.
    found = _stakes(calls([(150, 100), (80, 120)], cut_off=[(500, 500), (501, 500), (700, 500)]))
    assert found == Stakes(Fraction(800), (Fraction(400), Fraction(800)), Fraction(50_200))


def test_thirds_stay_exact() -> None:
    found = _stakes(calls([(100, 100), (101, 100), (99, 100)]))
    third = Fraction(1000, 3)
    assert found == Stakes(third, (third, third), third)


def test_a_miss_does_not_make_up_for_waste() -> None:
    assert _stakes(calls([(0, 100), (200, 100)])).reserved_unused_tokens == 50_000
