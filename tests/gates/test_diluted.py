"""What added samples must not do: carry a worse figure over its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coefgate.core.table import Table
from coefgate.gates.diluted import diluted
from coefgate.gates.metric_rules import metric_rules
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Gates
from coefgate.replay.evidence import AddedUp, Evidence, Pair, pair_of
from coefgate.samples.model import Sample
from tests.gates.builders import (
    added_calls,
    many_calls,
)
from tests.replay.builders import audited, sample, table


def _pair(evidence: Evidence, base: Table, head: Table) -> Pair:
    return pair_of(evidence.predicted(base), evidence.predicted(head))


def _diluted(
    known: Sequence[Sample], added: Sequence[Sample], gates: Gates, *, margin: int
) -> RuleResult:
    """From 1,100 tokens a call to 1,100 with ``margin`` in thousandths."""
    both = _pair(Evidence(audited([*known, *added])), table(), table(margin))
    of_base = _pair(Evidence(audited(known)), table(), table(margin)) if added else None
    results = metric_rules(both.base_metrics, both.head_metrics, gates, moved=both.moved)
    return diluted(results, of_base, gates, added_up=None, added=len(added))


def test_a_rule_that_only_holds_with_the_added_calls_fails(gates: Gates) -> None:
    # 1,760 tokens are 1.76 times what the known calls needed, and 1.1 times what the new ones did.
    result = _diluted(many_calls(10, 1000), added_calls(30, 1600), gates, margin=1600)
    assert (result.status, result.met, result.n) == ("fail", False, 30)
    assert [one.message.partition(":")[0] for one in result.findings] == [
        "without the samples of this change, smape",
        "without the samples of this change, waste-band",
    ]
    assert {(one.file, one.line) for one in result.findings} == {
        ("coefficients/gates.yaml", gates.lines["smape"]),
        ("coefficients/gates.yaml", gates.lines["waste-band"]),
    }


def test_what_holds_on_the_known_calls_too_is_not_diluted(gates: Gates) -> None:
    result = _diluted(many_calls(10, 1000), added_calls(30, 1300), gates, margin=1300)
    assert (result.status, result.met, result.findings) == ("pass", True, ())


def test_a_rule_that_is_red_with_the_added_calls_is_not_told_twice(gates: Gates) -> None:
    result = _diluted(many_calls(10, 1000), added_calls(1, 1600), gates, margin=1600)
    assert result.status == "pass"


def test_without_added_calls_there_is_nothing_to_dilute(gates: Gates) -> None:
    assert _diluted(many_calls(10, 1000), [], gates, margin=1600).status == "pass"


def test_the_first_calls_of_a_registry_dilute_nothing(gates: Gates) -> None:
    assert _diluted([], added_calls(10, 1000), gates, margin=1200).status == "pass"
    failed = [sample(1, 1000, success=False)]
    assert _diluted(failed, added_calls(10, 1000), gates, margin=1200).status == "pass"


def test_what_the_known_calls_leave_open_is_not_measurable(gates: Gates) -> None:
    # 3 of 13 undecided on the known calls alone, 3 of 43 with the new ones. At base all three are
    # misses.
    known = [*many_calls(10, 1000), *many_calls(3, 1100, first=50, truncated=True)]
    result = _diluted(
        known, added_calls(30, 1000), replace(gates, when_base_misses="require-pass"), margin=1200
    )
    assert result.status == "not-measurable"
    assert [one.message.partition(":")[0] for one in result.findings] == [
        "without the samples of this change, underestimation"
    ]


def _since(anchored: Sequence[Sample], *margins: int, head: int) -> AddedUp:
    """What states with these margins, from the anchor to base, predict for the anchor's calls."""
    evidence = Evidence(audited(anchored))
    pairs = [_pair(evidence, table(one), table(head)) for one in margins]
    return AddedUp(tuple((f"{n}" * 40, one) for n, one in enumerate(pairs)), pairs[-1])


def _diluted_since(*margins: int, head: int, gates: Gates) -> RuleResult:
    """Ten calls of the anchor that needed 1,000 tokens, thirty later ones that needed 1,600."""
    anchored, later = many_calls(10, 1000), added_calls(30, 1600)
    both = _pair(Evidence(audited([*anchored, *later])), table(margins[-1]), table(head))
    results = metric_rules(both.base_metrics, both.head_metrics, gates, moved=both.moved)
    return diluted(results, None, gates, added_up=_since(anchored, *margins, head=head), added=0)


def test_calls_that_came_in_before_carry_nothing_either(gates: Gates) -> None:
    result = _diluted_since(1300, head=1600, gates=gates)
    assert result.status == "fail"
    assert [one.message.partition(":")[0] for one in result.findings] == [
        "on the calls stored at 000000000000, which met it, smape",
        "on the calls stored at 000000000000, which met it, waste-band",
    ]


def test_what_base_breaks_on_the_calls_of_the_anchor_may_stay_and_not_grow(gates: Gates) -> None:
    assert _diluted_since(1300, 1620, head=1600, gates=gates).status == "pass"
    assert _diluted_since(1300, 1600, head=1620, gates=gates).status == "fail"


def test_what_no_accepted_state_met_is_not_asked(gates: Gates) -> None:
    assert _diluted_since(1600, head=1620, gates=gates).status == "pass"


def test_what_base_misses_on_the_known_calls_and_head_mends_in_part_is_not_diluted(
    gates: Gates,
) -> None:
    # 4 of 10 known calls are missed at base, 2 at head: no worse, and better.
    known = [*many_calls(6, 1000), *many_calls(2, 1150, first=20), *many_calls(2, 1500, first=30)]
    result = _diluted(known, added_calls(30, 1000), gates, margin=1100)
    assert result.status == "pass"
    strict = replace(gates, when_base_misses="require-pass")
    assert _diluted(known, added_calls(30, 1000), strict, margin=1100).status == "fail"
