"""Things that belong together by way of others."""

from __future__ import annotations

from coefgate.core.disjoint_sets import DisjointSets


def test_the_smallest_of_a_set_stands_for_it() -> None:
    sets = DisjointSets[int]()
    sets.join(7, 3)
    sets.join(9, 8)
    sets.join(8, 7)
    assert [sets.first(one) for one in (3, 7, 8, 9, 5)] == [3, 3, 3, 3, 5]
    sets.join(9, 1)
    assert {sets.first(one) for one in (1, 3, 7, 8, 9)} == {1}
    assert sorted(sets.joined()) == [3, 7, 8, 9]


def test_a_long_chain_is_walked_once() -> None:
    """Each joined to the next, from the end: without shortcuts that is five billion steps."""
    sets = DisjointSets[int]()
    for one in range(100_000, 0, -1):
        sets.join(one, one - 1)
    assert {sets.first(one) for one in range(100_001)} == {0}
