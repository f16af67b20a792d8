"""What added samples must not do: ``diluted`` and ``flattered``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from coefgate.gates.flattering import flattering_gains
from coefgate.gates.harm import figure
from coefgate.gates.list_answers import TAKE_BACK, ListAnswers
from coefgate.gates.no_worse import metric_rules, no_worse
from coefgate.gates.proposal import Proposal, SampleMoves
from coefgate.gates.rules import Finding, Gain, RuleResult, absolute_rules, finding_result
from coefgate.registry.model import Gates
from coefgate.registry.moving import written
from coefgate.replay.evidence import Evidence
from coefgate.replay.figure_text import from_float, points
from coefgate.replay.pair import AddedUp, Pair
from coefgate.samples.eligibility import short


def diluted(
    metric_results: Sequence[RuleResult],
    of_base: Pair | None,
    gates: Gates,
    *,
    added_up: AddedUp | None,
    added: int,
) -> RuleResult:
    """What the metric rules say holds on base's samples alone as well, and on those that the anchor had.

    ``of_base``: base's samples, ``None`` where the change moves no sample. ``added_up``: the
    anchor's, ``None`` where nothing is added up.
    """
    passing = {result.rule for result in metric_results if result.status == "pass"}
    found = (
        *_broken_alone(of_base, passing, gates),
        *(_broken_since(added_up, passing, gates) if added_up else ()),
    )
    return finding_result(
        "diluted",
        "the metric rules hold on base's samples too, and on those of the anchor",
        [one.finding(gates) for one in found],
        n=added,
        good="The metric rules do not rest on samples that this change adds.",
        way_on="Add the samples in a change of their own, and make the coefficients good on the calls that "
        "were already known.",
        status="fail" if any(one.result.status == "fail" for one in found) else "not-measurable",
    )


class _Broken(NamedTuple):
    """A metric rule that head breaks on other calls than all of them: on which, in words and predicted."""

    where: str
    calls: Pair
    result: RuleResult

    def finding(self, gates: Gates) -> Finding:
        one = self.result
        harm = figure(one.rule, one.head, self.calls.evidence, gates.limits)
        return Finding(f"{self.where}, {one.rule}: {one.said}", one.file, one.line, harm=harm)


def _broken_alone(
    of_base: Pair | None, passing: Collection[str], gates: Gates
) -> Iterator[_Broken]:
    """The ``passing`` metric rules that head breaks on base's samples alone."""
    if of_base is None or of_base.base_metrics is None:
        return
    for one in metric_rules(
        of_base.base_metrics, of_base.head_metrics, gates, moved=of_base.moved
    ):
        if one.status != "pass" and one.rule in passing:
            yield _Broken("without the samples of this change", of_base, one)


def _broken_since(added_up: AddedUp, passing: Collection[str], gates: Gates) -> Iterator[_Broken]:
    """The ``passing`` metric rules that an accepted state met on the anchor's calls, and head breaks.

    What base misses there already is broken only where head is further off.
    """
    last = added_up.last
    if last.base_metrics is None or last.head_metrics is None:
        return
    before = absolute_rules(last.base_metrics, gates)
    for was, now in zip(before, absolute_rules(last.head_metrics, gates), strict=True):
        if (
            now.rule not in passing
            or now.met
            or (
                not was.met
                and no_worse(now.rule, last.base_metrics, last.head_metrics, gates.limits)
            )
        ):
            continue
        met = [commit for commit, both in added_up.since if _meets(was.rule, both, gates)]
        if met:
            yield _Broken(f"on the calls stored at {met[0][:12]}, which met it", last, now)


def _meets(rule: str, both: Pair, gates: Gates) -> bool:
    return any(one.met for one in absolute_rules(both.base_metrics, gates) if one.rule == rule)


def flattered(proposal: Proposal, union: Evidence) -> RuleResult:
    """The samples of a change alone make no figure of the unchanged coefficients much better.

    ``union``: the calls of base and those that the change adds, with head's retirements.
    """
    moves = proposal.moves
    count = len(moves.added) + len(moves.retired) + len(moves.unretired)
    gates = proposal.base.registry.gates
    limit = gates.relative.flattered_better_by_above
    answers = ListAnswers.of(gates.flattered, proposal.head.registry.gates.flattered)
    brought = tuple(_brought(moves))
    findings = list(answers.misplaced({one.subject for one in brought}))
    misplaced = bool(findings)
    missing = [one for one in brought if one.subject not in answers.fresh]
    better = tuple(flattering_gains(proposal, union)) if missing else ()
    if better:
        told = ", ".join(_worded(one, limit) for one in better)
        for one in missing:
            form = answers.way_on(one.subject, f'{{file: {one.subject}, reason: "…"}}')
            words = f"{told} only by what is stored now: {one.what} ({form})"
            place = one.file, one.line
            findings.append(Finding(words, *place, subject=one.subject, gains=better))
    return finding_result(
        "flattered",
        f"no figure of the unchanged coefficients gets better by more than {written(limit)} "
        "points and than chance explains, or acknowledged",
        findings,
        n=count,
        good="The samples of this change do not flatter the coefficients, or it is acknowledged.",
        way_on=TAKE_BACK
        if misplaced
        else "If they are what users really call, say so in the list flattered of coefficients/gates.yaml, "
        "each in the form shown.",
        status="fail" if misplaced else "not-measurable",
    )


def _worded(gain: Gain, limit: Fraction) -> str:
    """``waste P90 gets better by 14.2 points (of which chance explains up to 5.7)``."""
    by_chance = None if gain.by_chance is None else from_float(gain.by_chance)
    form = points.beside(limit) if by_chance is None else points.beside(limit, by_chance)
    words = f"{gain.figure} gets better by {form(gain.points)} points"
    if gain.since is not None:
        words += f" since the anchor {gain.since[:12]}"
    if gain.of_known:
        words += " on the calls that were known"
    if by_chance is not None:
        words += f" (of which chance explains up to {points.beside(gain.points)(by_chance)})"
    return words


class _Brought(NamedTuple):
    """What a change does to the stored calls: as an answer names it, in words, and where."""

    subject: str
    what: str
    file: str
    line: int


def _brought(moves: SampleMoves) -> Iterator[_Brought]:
    """The files and retirements of a change."""
    for file in dict.fromkeys(sample.file for sample in moves.added):
        yield _Brought(file, file, file, 1)
    for what, several in (
        ("retirement", moves.retired),
        ("end of the retirement", moves.unretired),
    ):
        for one in several:
            yield _Brought(one.subject, f"{what} of {short(one.id)}", one.file, one.line)
