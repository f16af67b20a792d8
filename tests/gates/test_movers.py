"""The calls that a change moves most: in which order, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coefgate.gates.evidence import Pair
from coefgate.gates.movers import MOST, Movers, movers
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample
from tests.replay.builders import audited, exact_smape, sample


def _movers(samples: Sequence[Sample], before: Sequence[int], after: Sequence[int]) -> Movers:
    evidence = Evidence(audited(samples))
    assert [one.id for one in evidence.samples] == [one.id for one in samples]
    sides = [
        Calls(np.array(predicted, dtype=np.int64), evidence.actual, evidence.phase, evidence.censored)
        for predicted in (before, after)
    ]
    return movers(Pair(evidence, sides[0], sides[1], None, None))


def _numbers(found: Sequence[object]) -> list[int]:
    return [int(one.sample.id, 16) for one in found]  # type: ignore[attr-defined]


def test_the_largest_move_comes_first_and_what_stays_is_left_out() -> None:
    calls = [sample(n, 1000) for n in range(1, 6)]
    found = _movers(calls, [1000, 1200, 1200, 2000, 1000], [1000, 1300, 1600, 1000, 1010])
    assert _numbers(found.worse) == [3, 2, 5]
    assert _numbers(found.better) == [4]
    assert (found.better[0].base_predicted, found.better[0].head_predicted) == (2000, 1000)
    assert found.better[0].head_smape == 0


def test_equal_moves_are_in_the_order_of_their_ids() -> None:
    calls = [sample(n, 1000) for n in range(1, 21)]
    found = _movers(calls, [1000] * 20, [1100] * 20)
    assert _numbers(found.worse) == list(range(1, MOST + 1))
    assert found.better == ()


def test_a_call_that_was_cut_off_moves_when_it_becomes_a_miss() -> None:
    cut_off = [sample(n, 1000, success=False, truncated=True) for n in (2, 3, 4)]
    found = _movers([sample(1, 1000), *cut_off], [1000, 1001, 1000, 9000], [2000, 1000, 1001, 1001])
    # No SMAPE weighs as much as a call that would be cut off again.
    assert _numbers(found.worse) == [2, 1]
    assert _numbers(found.better) == [3]
    assert found.worse[0].censored
    assert found.worse[0].base_smape is found.worse[0].head_smape is None


@given(st.lists(st.tuples(*[st.integers(1, 9999)] * 3), min_size=1, max_size=30))
def test_the_moves_are_those_of_the_definition(rows: list[tuple[int, int, int]]) -> None:
    found = _movers(
        [sample(n, actual) for n, (actual, _, _) in enumerate(rows, 1)],
        [before for _, before, _ in rows],
        [after for _, _, after in rows],
    )
    for mover in (*found.worse, *found.better):
        actual, before, after = rows[int(mover.sample.id, 16) - 1]
        assert (mover.base_predicted, mover.head_predicted) == (before, after)
        for shown, predicted in ((mover.base_smape, before), (mover.head_smape, after)):
            assert shown is not None
            assert abs(shown - exact_smape(predicted, actual)) <= Fraction(1, 2_000_000)
    worse = sum(exact_smape(a, n) - exact_smape(b, n) > Fraction(1, 10**6) for n, b, a in rows)
    assert len(found.worse) >= min(worse, MOST)
    rises = [one.head_smape - one.base_smape for one in found.worse if one.head_smape and one.base_smape]
    assert rises == sorted(rises, reverse=True)
