"""What added samples must not do: ``diluted`` and ``flattered``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

import numpy as np

from coefgate.gates.evidence import AddedUp, Pair
from coefgate.gates.list_answers import ListAnswers
from coefgate.gates.no_worse import metric_rules, no_worse
from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, Status, absolute_rules, finding_result
from coefgate.registry.model import Gates
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.metrics import metrics, missed
from coefgate.samples.eligibility import audit, short


def diluted(
    metric_results: Sequence[RuleResult],
    of_base: Pair | None,
    gates: Gates,
    *,
    added_up: AddedUp,
    added: int,
) -> RuleResult:
    """What the metric rules say holds on base's samples alone as well, and on those that the anchor had.

    ``of_base``: base's samples, ``None`` where the change moves no sample.
    """
    findings: list[Finding] = []
    statuses: set[Status] = set()
    if of_base is not None and of_base.base_metrics is not None:
        alone = metric_rules(of_base.base_metrics, of_base.head_metrics, gates, moved=of_base.moved)
        thanks = [
            known
            for known, both in zip(alone, metric_results, strict=True)
            if known.status != "pass" and both.status == "pass"
        ]
        findings = [
            Finding(f"without the samples of this change, {one.rule}: {one.message}", one.file, one.line)
            for one in thanks
        ]
        statuses = {one.status for one in thanks}
    passing = {result.rule for result in metric_results if result.status == "pass"}
    for commit, one in _broken_since(added_up, passing, gates):
        findings.append(
            Finding(
                f"on the calls stored at {commit[:12]}, which met it, {one.rule}: {one.message}",
                one.file,
                one.line,
            )
        )
        statuses.add(one.status)
    return finding_result(
        "diluted",
        "the metric rules hold on base's samples too, and on those of the anchor",
        findings,
        n=added,
        good="The metric rules do not rest on samples that this change adds.",
        way_on="Add the samples in a change of their own, and make the coefficients good on the calls that "
        "were already known.",
        status="fail" if "fail" in statuses else "not-measurable",
    )


def _broken_since(
    added_up: AddedUp, passing: Collection[str], gates: Gates
) -> Iterator[tuple[str, RuleResult]]:
    """The ``passing`` metric rules that an accepted state met on the anchor's calls, and head breaks.

    With the commit that met it. What base misses there already is broken only where head is further off.
    """
    last = added_up.last
    if last is None or last.base_metrics is None or last.head_metrics is None:
        return
    before = absolute_rules(last.base_metrics, gates)
    for was, now in zip(before, absolute_rules(last.head_metrics, gates), strict=True):
        if (
            now.rule not in passing
            or now.met
            or (not was.met and no_worse(now.rule, last.base_metrics, last.head_metrics, gates.limits))
        ):
            continue
        met = [commit for commit, both in added_up.since if _meets(was.rule, both, gates)]
        if met:
            yield met[0], now


def _meets(rule: str, both: Pair, gates: Gates) -> bool:
    return any(one.met for one in absolute_rules(both.base_metrics, gates) if one.rule == rule)


def flattered(proposal: Proposal, union: Evidence) -> RuleResult:
    """The samples of a change alone make no figure of the unchanged coefficients much better.

    ``union``: the calls of base and those that the change adds, with head's retirements.
    """
    moves = proposal.moves
    count = len(moves.added) + len(moves.retired) + len(moves.unretired)
    gates = proposal.base.registry.gates
    findings: list[Finding] = []
    if count:
        better = list(_better(proposal, union, gates))
        missing = list(_unanswered(proposal))
        if better and missing:
            findings = [
                Finding(f"{', '.join(better)} only by what is stored now: {what}", file, line, subject)
                for subject, what, file, line in missing
            ]
    points = f"{float(gates.relative.flattered_better_by_above):g}"
    return finding_result(
        "flattered",
        f"no figure of the unchanged coefficients gets better by more than {points} points, or acknowledged",
        findings,
        n=count,
        good="The samples of this change do not flatter the coefficients, or it is acknowledged.",
        way_on="If they are what users really call, say so in the list flattered of coefficients/gates.yaml, "
        "each in the form shown.",
        status="not-measurable",
    )


def _better(proposal: Proposal, union: Evidence, gates: Gates) -> Iterator[str]:
    """Each figure that got better by too much, in words, against base or the anchor."""
    limit = gates.relative.flattered_better_by_above
    own = _gains(proposal, proposal.base_alone, union)
    told = {figure for figure, gain in own.items() if gain > limit}
    yield from (
        f"{figure} gets better by {float(own[figure]):.1f} points" for figure in own if figure in told
    )
    anchor = proposal.anchor()
    if anchor is None:
        return
    scope, unit = gates.scope, proposal.base.registry.unit
    known = Evidence(audit(anchor.state.store, scope=scope, unit=unit)).predicted(proposal.base.table)
    for figure, gain in _gains(proposal, known, union).items():
        if gain > limit and own.get(figure, Fraction()) > 0 and figure not in told:
            since = f"since the anchor {anchor.state.side.revision[:12]}"
            yield f"{figure} gets better by {float(gain):.1f} points {since}"


def _gains(proposal: Proposal, known: Predicted, union: Evidence) -> dict[str, Fraction]:
    """By how many points each figure of base's coefficients got better; rates and ratios in percent.

    Calls that are underestimated lower waste as well, and bad news must be able to land, so waste is
    measured without those that are not ``known``.
    """
    calls = union.calls(proposal.base.table)
    ids = {sample.id for sample in known.evidence.samples}
    new = np.array([sample.id not in ids for sample in union.samples], dtype=np.bool_)
    before, after = known.figures.metrics, metrics(calls)
    without = metrics(calls.where(~(new & missed(calls))))
    if before is None or after is None or without is None:
        return {}
    return {
        "mean SMAPE": before.smape_mean - after.smape_mean,
        "underestimation": 100 * (before.underestimation_rate - after.underestimation_rate),
        "underestimation, at most": 100 * (before.underestimation_upper - after.underestimation_upper),
        "median waste": 100 * (abs(before.waste_median - 1) - abs(without.waste_median - 1)),
        "waste P90": 100 * (before.waste_p90 - without.waste_p90),
    }


def _unanswered(proposal: Proposal) -> Iterator[tuple[str, str, str, int]]:
    """The files and retirements of this change that it does not answer for: subject, words and place."""
    base, head = proposal.base.registry.gates, proposal.head.registry.gates
    answers = ListAnswers.to_flattered(base, head)
    moves = proposal.moves
    moved = [(file, file, file, 1) for file in dict.fromkeys(sample.file for sample in moves.added)]
    for what, several in (("retirement", moves.retired), ("end of the retirement", moves.unretired)):
        moved += [
            (f"{one.file}#{one.id}", f"{what} of {short(one.id)}", one.file, one.line) for one in several
        ]
    for subject, what, file, line in moved:
        if subject not in answers.fresh:
            form = answers.way_on(subject, f'{{file: {subject}, reason: "…"}}')
            yield subject, f"{what} ({form})", file, line
