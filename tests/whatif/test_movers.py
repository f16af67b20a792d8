"""The calls that a change moves most: in which order, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coefgate.replay.evidence import Evidence, Pair
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample
from coefgate.whatif.movers import MOST, Movers, OneWay, movers
from tests.replay.builders import audited, exact_smape, sample


def _movers(samples: Sequence[Sample], before: Sequence[int], after: Sequence[int]) -> Movers:
    evidence = Evidence(audited(samples))
    assert [one.id for one in evidence.samples] == [one.id for one in samples]
    sides = [
        Calls(
            np.array(predicted, dtype=np.int64), evidence.actual, evidence.phase, evidence.censored
        )
        for predicted in (before, after)
    ]
    return movers(Pair(evidence, sides[0], sides[1], None, None))


def _numbers(found: OneWay) -> list[int]:
    return [int(one.sample.id, 16) for one in found.first]


def test_the_largest_move_comes_first_and_what_stays_is_left_out() -> None:
    calls = [sample(n, 1000) for n in range(1, 6)]
    found = _movers(calls, [1000, 1200, 1200, 2000, 1000], [1000, 1300, 1600, 1000, 1010])
    assert _numbers(found.worse) == [3, 2, 5]
    assert _numbers(found.better) == [4]
    (better,) = found.better.first
    assert (better.base_predicted, better.head_predicted) == (2000, 1000)
    assert better.head_smape == 0


def test_equal_moves_are_in_the_order_of_their_ids() -> None:
    calls = [sample(n, 1000) for n in range(1, 21)]
    found = _movers(calls, [1000] * 20, [1100] * 20)
    assert _numbers(found.worse) == list(range(1, MOST + 1))
    assert (found.worse.calls, found.worse.turns) == (20, 0)
    assert found.better == OneWay()


def test_to_be_cut_off_is_worse_and_no_longer_is_better_whatever_the_distance() -> None:
    # 1: 8.8 → 0.1, newly missed; 2: 0.1 → 8.8, no longer missed.
    found = _movers([sample(1, 1000), sample(2, 1000)], [1092, 999], [999, 1092])
    assert (_numbers(found.worse), _numbers(found.better)) == ([1], [2])
    (worse,), (better,) = found.worse.first, found.better.first
    assert (worse.base_missed, worse.head_missed) == (False, True)
    assert (better.base_missed, better.head_missed) == (True, False)
    assert worse.base_smape == better.head_smape
    assert worse.base_smape is not None
    assert worse.head_smape is not None
    assert worse.head_smape < worse.base_smape


def test_newly_missed_calls_come_before_any_larger_move() -> None:
    calls = [sample(n, 1000) for n in range(1, 22)]
    found = _movers(calls, [1000] * 21, [*[9000] * 20, 999])
    assert _numbers(found.worse) == [21, *range(1, MOST)]
    assert (found.worse.calls, found.worse.turns) == (21, 1)
    back = _movers(calls, [*[9000] * 20, 999], [1000] * 21)
    assert _numbers(back.better) == [21, *range(1, MOST)]


def test_a_call_that_is_missed_before_and_after_goes_by_its_distance() -> None:
    # Twice 200 tokens, first further below and then nearer.
    found = _movers([sample(1, 1000), sample(2, 1000)], [900, 700], [700, 900])
    assert (_numbers(found.worse), _numbers(found.better)) == ([1], [2])
    assert (found.worse.turns, found.better.turns) == (0, 0)


def test_a_move_across_the_need_is_as_long_as_both_parts() -> None:
    # 1: from 9.5 above to 10.5 below; 3: from 9.5 above to 1.0 below. Neither is a large rise of
    # SMAPE.
    found = _movers([sample(1, 1000), sample(3, 1000)], [1100, 1100], [900, 990])
    assert _numbers(found.worse) == [1, 3]


def test_of_a_call_that_was_cut_off_it_counts_whether_it_is_sure_to_be_missed() -> None:
    cut_off = [sample(n, 1000, success=False, truncated=True) for n in range(2, 7)]
    # 2: open → missed, 3: missed → open, 4: open → open, 5: further below, 6: less far below.
    found = _movers(
        [sample(1, 1000), *cut_off],
        [1000, 1001, 1000, 9000, 900, 700],
        [2000, 1000, 1001, 1001, 800, 750],
    )
    assert _numbers(found.worse) == [2, 1, 5]
    assert _numbers(found.better) == [3, 6]
    first = found.worse.first[0]
    assert first.censored
    assert first.base_smape is first.head_smape is None


def test_a_call_that_was_cut_off_at_nothing_needs_no_smape() -> None:
    nothing = sample(1, 0, success=False, truncated=True)
    assert _numbers(_movers([nothing], [5], [0]).worse) == [1]


@given(st.lists(st.tuples(*[st.integers(1, 9999)] * 3), min_size=1, max_size=30))
def test_the_moves_are_those_of_the_definition(rows: list[tuple[int, int, int]]) -> None:
    found = _movers(
        [sample(n, actual) for n, (actual, _, _) in enumerate(rows, 1)],
        [before for _, before, _ in rows],
        [after for _, _, after in rows],
    )
    for mover in (*found.worse.first, *found.better.first):
        actual, before, after = rows[int(mover.sample.id, 16) - 1]
        assert (mover.base_predicted, mover.head_predicted) == (before, after)
        for shown, predicted in ((mover.base_smape, before), (mover.head_smape, after)):
            assert shown is not None
            assert abs(shown - exact_smape(predicted, actual)) <= Fraction(1, 2_000_000)
    newly = {number for number, (n, b, a) in enumerate(rows, 1) if a < n <= b}
    no_longer = {number for number, (n, b, a) in enumerate(rows, 1) if b < n <= a}
    assert (found.worse.turns, found.better.turns) == (len(newly), len(no_longer))
    assert set(_numbers(found.worse)[: len(newly)]) <= newly
    assert set(_numbers(found.better)[: len(no_longer)]) <= no_longer
    for moved, those, sign in ((found.worse, newly, 1), (found.better, no_longer, -1)):
        others = [one for one in moved.first if int(one.sample.id, 16) not in those]
        moves = [sign * (one.head_smape - one.base_smape) for one in others]  # type: ignore[operator]
        assert moves == sorted(moves, reverse=True)
        assert all(move > 0 for move in moves)
    further = {
        number
        for number, (n, b, a) in enumerate(rows, 1)
        if exact_smape(a, n) - exact_smape(b, n) > Fraction(1, 10**6)
    }
    assert found.worse.calls >= len((newly | further) - no_longer)
