"""Overheads moved by hand: the drill, which judges by itself, and the calibrator agree on them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from coefgate.calibration.simulation import moved_to_hit as calibrated
from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.overfitted import moved_to_hit
from coefgate.drill.numbers import numbers, rises
from coefgate.replay.evidence import Evidence
from coefgate.use_cases.state import state_at
from tests.frozen_registry import BY_HAND


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(9, 10), Fraction(1)])
def test_each_overhead_is_the_least_that_its_calls_ask_for(
    by_hand: Fileset, share: Fraction
) -> None:
    state = state_at(BY_HAND)
    expected = calibrated(state.registry, Evidence(state.audited()), share)
    moved = by_hand.after(moved_to_hit(by_hand, share))
    assert {one.key: one.value for one in numbers(moved)} == {
        key: value.number for key, value in expected.numbers.items()
    }
    assert rises(moved)
    assert moved.files != by_hand.files
