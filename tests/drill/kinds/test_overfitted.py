"""Overheads moved by hand: the drill, which judges by itself, and the calibrator agree on them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.overfitted import hitting
from coefgate.drill.numbers import numbers, rises, with_values
from coefgate.replay.evidence import Evidence
from coefgate.use_cases.state import state_at
from tests.calibration.hindsight import moved_to_hit
from tests.frozen_registry import BY_HAND


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(9, 10), Fraction(1)])
def test_each_overhead_is_the_least_that_its_calls_ask_for(
    by_hand: Fileset, share: Fraction
) -> None:
    state = state_at(BY_HAND)
    expected = moved_to_hit(state.registry, Evidence(state.audited()), share)
    moved = by_hand.after(with_values(by_hand, hitting(by_hand, share)))
    assert {one.key: one.value for one in numbers(moved)} == {
        key: value.number for key, value in expected.numbers.items()
    }
    assert rises(moved)
    assert moved.files != by_hand.files
