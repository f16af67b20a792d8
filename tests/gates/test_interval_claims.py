"""Claimed intervals against measured ones: the seam of whatever measures them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from coefgate.changes.estimate_changes import changes
from coefgate.gates.interval_claims import interval_claims, width_claims
from coefgate.registry.intervals import Intervals
from coefgate.registry.model import IntervalWidths
from tests.changes.test_interval_changes import BASE, CELL, DOCS, stating, told

NOTHING = replace(BASE, intervals=Intervals())


def test_while_nothing_measures_them_no_other_is_stated() -> None:
    head = stating(all_calls=DOCS)
    [(change, words, why)] = interval_claims(BASE, head, lambda: None)
    assert change.name == "intervals.all"
    assert words == (
        "intervals.all moves from 0.5: 0.7, 0.9: 1.2; held not measured; 9 calls, 4 phases to "
        "0.5: 0.8, 0.9: 1.3; held not measured; 9 calls, 4 phases"
    )
    assert why == "nothing here measures how many calls it holds, so another cannot be stated yet"
    assert len(list(interval_claims(NOTHING, BASE, lambda: None))) == 3


def test_to_state_none_any_more_claims_nothing() -> None:
    assert list(interval_claims(BASE, NOTHING, lambda: None)) == []


def test_to_leave_a_scope_to_a_wider_one_is_a_claim() -> None:
    [(change, words, why)] = interval_claims(BASE, stating(categories={}), lambda: None)
    assert change.name == "intervals.categories.docs"
    assert words.endswith("to none of its own")
    assert why.startswith("nothing here measures")


def test_what_was_measured_may_be_stated_and_nothing_else() -> None:
    head = stating(all_calls=DOCS, cells={("docs", "low"): DOCS})
    measured = Intervals(DOCS, {"docs": DOCS}, {("docs", "low"): CELL})
    [(change, words, why)] = interval_claims(BASE, head, lambda: measured)
    assert change.name == "intervals.cells.docs.low"
    assert words.endswith("to 0.5: 0.8, 0.9: 1.3; held not measured; 9 calls, 4 phases")
    assert why == "calls give 0.5: 1, 0.9: 2; held not measured; 9 calls, 4 phases"
    fewer = stating(categories={})
    assert list(interval_claims(BASE, fewer, lambda: fewer.intervals)) == []


def test_calls_are_measured_only_where_a_change_asks_for_it() -> None:
    def never() -> None:
        raise AssertionError

    assert list(interval_claims(BASE, BASE, never)) == []


def test_the_one_width_of_semantics_1_may_go_with_it() -> None:
    width = IntervalWidths(Fraction("0.3"), Fraction("0.3"), Fraction("0.9"))
    old = replace(NOTHING, semantics=1, interval=width)
    assert told(old, NOTHING)["interval"] == (
        "-30% to +30%, coverage 90%",
        "no width for all calls",
    )
    [change] = [one for one in changes(old, NOTHING) if one.name == "interval"]
    assert list(width_claims(old, NOTHING, change)) == []
    assert len(list(width_claims(NOTHING, old, change))) == 1
