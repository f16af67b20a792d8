"""What a change owes the metric rules: all of base's, and no step back where base misses one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.gates.metric_rules import absolute_rules, metric_rules
from coefgate.gates.verdict import RuleResult, verdict_of
from coefgate.registry.model import Gates
from coefgate.replay.metrics import Metrics, metrics
from tests.gates.conftest import GATES
from tests.replay.builders import calls

# Of ten calls that needed 1,000 tokens each.
GOOD = [1200] * 10
LOW = [900] * 2 + [1200] * 8
"""Two in ten cut off; all else is well."""
LOWER = [900] * 3 + [1200] * 7
WIDE = [1550] * 10
"""The median call gets 1.55 times what it needs; all else is well."""
WIDER = [1600] * 10
OPEN = [1200] * 10
"""As good, beside a call that was cut off and is predicted above what it had reached."""


def _measured(predicted: list[int], *, cut_off: int = 0) -> Metrics:
    found = metrics(
        calls([(tokens, 1000) for tokens in predicted], cut_off=[(5000, 4000)] * cut_off)
    )
    assert found is not None
    return found


def _judged(
    before: Metrics | None, after: Metrics | None, gates: Gates, *, moved: bool = True
) -> dict[str, RuleResult]:
    return {result.rule: result for result in metric_rules(before, after, gates, moved=moved)}


def _statuses(results: dict[str, RuleResult]) -> set[str]:
    return {rule for rule, result in results.items() if result.status != "pass"}


def test_a_change_that_takes_away_every_call_is_not_measurable(gates: Gates) -> None:
    results = metric_rules(None, None, gates, moved=False, known=_measured(GOOD))
    assert {result.status for result in results} == {"not-measurable"}
    assert {result.status for result in metric_rules(None, None, gates, moved=False)} == {"pass"}


def test_what_base_meets_head_meets(gates: Gates) -> None:
    results = _judged(_measured(GOOD), _measured(LOW), gates)
    assert _statuses(results) == {"underestimation"}
    assert results["underestimation"].status == "fail"
    assert results["underestimation"].base == Fraction(0)
    assert results["underestimation"].head == Fraction(1, 5)


def test_a_missed_rule_that_gets_better_passes_and_is_not_met(gates: Gates) -> None:
    results = _judged(_measured(LOWER), _measured(LOW), gates)
    assert _statuses(results) == set()
    assert not results["underestimation"].met
    assert (
        "base misses it too, and underestimation got better" in results["underestimation"].message
    )


def test_a_missed_rule_that_gets_worse_fails(gates: Gates) -> None:
    results = _judged(_measured(LOW), _measured(LOWER), gates)
    assert results["underestimation"].status == "fail"
    assert results["underestimation"].message.startswith("Base misses this too, but was closer.")


def test_a_missed_rule_that_stays_needs_another_missed_one_to_get_better(gates: Gates) -> None:
    both = [900] * 2 + [1700] * 8
    nearer = [900] * 2 + [1600] * 8
    assert _statuses(_judged(_measured(both), _measured(nearer), gates)) == set()
    # The same two misses, and the waste that base meets is nearer still: that is no rule that base
    # misses.
    lower_waste = [900] * 2 + [1100] * 8
    results = _judged(_measured(LOW), _measured(lower_waste), gates)
    assert _statuses(results) == {"underestimation"}
    assert (
        "head is better on none of the rules that base misses"
        in results["underestimation"].message
    )


def test_nothing_is_paid_for_with_a_rule_that_base_meets(gates: Gates) -> None:
    # Fewer misses, but the typical call now gets 1.7 times what it needs.
    results = _judged(_measured(LOWER), _measured([900] * 2 + [1700] * 8), gates)
    assert _statuses(results) == {"underestimation", "waste-band"}
    assert "but head now fails waste-band" in results["underestimation"].message


def test_waste_is_worse_on_either_side_of_its_band(gates: Gates) -> None:
    assert _statuses(_judged(_measured(WIDER), _measured(WIDE), gates)) == set()
    assert _statuses(_judged(_measured(WIDE), _measured(WIDER), gates)) == {"waste-band"}
    much_too_low = _judged(_measured(WIDE), _measured([700] * 10), gates)
    assert {"waste-band", "underestimation"} <= _statuses(much_too_low)


def test_an_undecided_base_counts_as_missing_the_rule(gates: Gates) -> None:
    undecided = _measured(OPEN, cut_off=3)
    rule = {one.rule: one for one in absolute_rules(undecided, gates)}["underestimation"]
    assert rule.status == "not-measurable"
    # Nothing else is missed, and the open calls stay as open as they were: nothing got better.
    results = _judged(undecided, replace(undecided, waste_median=Fraction(13, 10)), gates)
    assert results["underestimation"].status == "not-measurable"
    better = replace(
        undecided,
        underestimation_kaplan_meier=undecided.underestimation_kaplan_meier - Fraction(1, 100),
    )
    assert _statuses(_judged(undecided, better, gates)) == set()


def test_a_rate_is_worse_when_the_estimate_is(gates: Gates) -> None:
    undecided = _measured(OPEN, cut_off=3)
    higher = undecided.underestimation_kaplan_meier + Fraction(1, 100)
    worse = replace(
        undecided,
        underestimation_kaplan_meier=higher,
        underestimation_rate=undecided.underestimation_rate + Fraction(1, 100),
    )
    results = _judged(undecided, worse, gates)
    assert results["underestimation"].status == "fail"
    # Where neither end rises, no call is cut off that was not before.
    covered = replace(undecided, underestimation_kaplan_meier=higher)
    results = _judged(undecided, covered, gates)
    assert "better on none of the rules" in results["underestimation"].message
    fewer = replace(covered, underestimation_upper=higher - Fraction(1, 100))
    assert _statuses(_judged(undecided, fewer, gates)) == set()
    # Where it is, what the ends do is no matter.
    wider = replace(undecided, underestimation_upper=Fraction(99, 100), waste_median=Fraction(2))
    assert _judged(undecided, wider, gates)["underestimation"].status == "not-measurable"


def test_a_change_that_moves_no_prediction_passes_whatever_is_missed(gates: Gates) -> None:
    bad_news = _measured(LOWER)
    results = _judged(_measured(GOOD), bad_news, gates, moved=False)
    assert _statuses(results) == set()
    assert "this change moves no prediction" in results["underestimation"].message
    assert not results["underestimation"].met


def test_require_pass_forgives_nothing(gates: Gates) -> None:
    strict = replace(gates, when_base_misses="require-pass")
    assert _statuses(_judged(_measured(LOWER), _measured(LOW), strict)) == {"underestimation"}


@pytest.mark.parametrize("side", ["base", "head"])
def test_without_calls_on_one_side_nothing_is_forgiven(side: str, gates: Gates) -> None:
    before, after = (None, _measured(LOW)) if side == "base" else (_measured(LOW), None)
    assert "underestimation" in _statuses(_judged(before, after, gates))


PREDICTED = st.lists(st.integers(500, 4000), min_size=10, max_size=10)


@given(PREDICTED, PREDICTED)
def test_never_may_a_change_and_its_undoing_both_pass_where_both_miss(
    one: list[int], other: list[int]
) -> None:
    first, second = _measured(one), _measured(other)
    there, back = (
        metric_rules(*pair, GATES, moved=True) for pair in ((first, second), (second, first))
    )
    if (
        verdict_of(absolute_rules(first, GATES))
        != "pass"
        != verdict_of(absolute_rules(second, GATES))
    ):
        assert not verdict_of(there) == verdict_of(back) == "pass"


@given(PREDICTED, PREDICTED)
def test_forgives_but_never_blames(one: list[int], other: list[int]) -> None:
    """What head meets by itself passes, and what base met and head misses does not."""
    first, second = _measured(one), _measured(other)
    met_before = {rule.rule for rule in absolute_rules(first, GATES) if rule.met}
    for rule in metric_rules(first, second, GATES, moved=True):
        if rule.met:
            assert rule.status == "pass"
        elif rule.rule in met_before:
            assert rule.status != "pass"
