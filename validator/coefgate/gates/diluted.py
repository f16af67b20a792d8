"""``diluted``: the metric rules hold without the samples of the change, and on the anchor's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from coefgate.gates.metric_rules import absolute_rules, figure_harm, metric_rules, no_worse
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.model import Gates
from coefgate.replay.evidence import AddedUp, Pair


def diluted(
    metric_results: Sequence[RuleResult],
    of_base: Pair | None,
    gates: Gates,
    *,
    added_up: AddedUp | None,
    added: int,
) -> RuleResult:
    """What the metric rules say holds on base's samples alone as well, and on those of the anchor.

    ``of_base``: ``None`` where no sample moves; ``added_up``: where nothing is added up.
    """
    passing = {result.rule for result in metric_results if result.status == "pass"}
    found = tuple(_broken(of_base, added_up, passing, gates))
    findings = []
    for where, calls, one in found:
        harm = figure_harm(one.rule, one.head, calls.evidence, gates.limits)
        told, fact = (f"{where}, {one.rule}: {words}" for words in (one.found, one.fact))
        findings.append(
            Finding(told, one.file, one.line, harm=harm, fact=fact if one.fact else "")
        )
    return finding_result(
        "diluted",
        "the metric rules hold on base's samples too, and on those of the anchor",
        findings,
        n=added,
        good="The metric rules do not depend on samples that this change adds.",
        remedy="Add the samples in a separate change, and make the coefficients good on the "
        "calls that were already known.",
        status="fail" if any(one.status == "fail" for _, _, one in found) else "not-measurable",
    )


_Broken = tuple[str, Pair, RuleResult]
"""On which calls head breaks a metric rule, in words and predicted, and what it says there."""


def _broken(
    of_base: Pair | None, added_up: AddedUp | None, passing: Collection[str], gates: Gates
) -> Iterator[_Broken]:
    """On base's samples alone, then what an accepted state met and head misses more than base."""
    if of_base is not None and of_base.base_metrics is not None:
        both = of_base.base_metrics, of_base.head_metrics
        for one in metric_rules(*both, gates, moved=of_base.moved):
            if one.status != "pass" and one.rule in passing:
                yield "without the samples of this change", of_base, one
    last = added_up and added_up.last
    if not added_up or not last or last.base_metrics is None or last.head_metrics is None:
        return
    before = absolute_rules(last.base_metrics, gates)
    for was, now in zip(before, absolute_rules(last.head_metrics, gates), strict=True):
        if now.met or now.rule not in passing:
            continue
        if not was.met and no_worse(now.rule, last.base_metrics, last.head_metrics, gates.limits):
            continue
        met = [
            commit
            for commit, both in added_up.since
            for one in absolute_rules(both.base_metrics, gates)
            if one.met and one.rule == was.rule
        ]
        if met:
            yield f"on the calls stored at {met[0][:12]}, which met it", last, now
