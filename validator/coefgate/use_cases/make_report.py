"""A report is made, on one state or on a proposal, with what to do after its verdict."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

from coefgate.calibration.baseline_figures import baselines_of
from coefgate.changes.renames import renamed_calls, renames
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import absolute_rules, rules_of_state
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import RuleResult, verdict_of
from coefgate.registry.key import Key
from coefgate.registry.model import Gates
from coefgate.registry.wording import listed
from coefgate.replay.evidence import Evidence
from coefgate.replay.fallback import coverage_of, placed_by
from coefgate.replay.scores import Scores
from coefgate.replay.state import State
from coefgate.samples.status import count_of
from coefgate.use_cases.check import contradictory_notes
from coefgate.use_cases.given_reasons import given_reasons
from coefgate.use_cases.report import (
    ASKED_BASE,
    CellMove,
    Comparison,
    Known,
    NextStep,
    Report,
    SinceAnchor,
)
from coefgate.use_cases.state import WORKTREE
from coefgate.whatif.attribution import Attribution, blamed_rules
from coefgate.whatif.feasible_margin import feasible_margin
from coefgate.whatif.movers import movers

_COVERAGE = NextStep("coefgate coverage")


def report_of_state(
    head: State,
    scores: Scores,
    *,
    alone: str,
    no_calls_yet: bool = False,
    notes: Sequence[str] = (),
) -> Report:
    """One state, judged by its own thresholds; ``alone``: why nothing is compared.

    ``no_calls_yet``: was none ever stored to be scored?
    """
    rules = rules_of_state(scores.all.metrics, head.registry, no_calls_yet=no_calls_yet)
    report = _report(head, scores, rules, head.registry.gates, notes)
    return with_next(replace(report, alone=alone))


def report_of_change(
    judge: Judge, base: Scores, head: Scores, *, notes: Sequence[str] = ()
) -> Report:
    """A proposal; ``base`` and ``head`` are the replays of the judged calls with both tables."""
    proposal = judge.proposal
    sides = proposal.base.registry, proposal.head.registry
    attribution_of = cache(lambda evidence: Attribution(judge.changes, *sides, evidence))
    rules = blamed_rules(judge, attribution_of)
    lost, gained = _cell_moves(judge)
    missed, moved = _missed_when_landed(proposal), proposal.moves.judged
    report = _report(proposal.head, head, rules, judge.gates, notes)
    comparison = Comparison(
        base=proposal.base,
        scores=base,
        known=Known(moved, proposal.base_alone.figures) if moved else None,
        unchanged=not proposal.judged_files,
        renames=renamed_calls(renames(*sides), judge.pair),
        changes=attribution_of(judge.evidence).effects,
        movers=movers(judge.pair),
        lost=lost,
        gained=gained,
        retired=proposal.moves.retired,
        corrected=proposal.corrections,
        erased=proposal.erasures.lines,
        acknowledged=given_reasons(judge),
        since_anchor=_since_anchor(proposal),
        missed_when_landed=missed,
        another_split=judge.another_split,
    )
    told = [*report.notes]
    if missed:
        asked = listed(rule.asks for rule in missed)
        told.append(f"By the limits that this change proposes the registry misses {asked}.")
    if judge.another_split:
        same = "The same predictions under another split of prices and margins"
        told.append(f"{same}: for the rules nothing changed.")
    restored = proposal.restored
    return with_next(replace(report, comparison=comparison, restored=restored, notes=tuple(told)))


def _report(
    head: State, scores: Scores, rules: tuple[RuleResult, ...], gates: Gates, notes: Sequence[str]
) -> Report:
    """What is said of ``head`` whether or not it is compared with a base."""
    audited = scores.predicted.evidence.given
    return Report(
        verdict=verdict_of(rules),
        head=head,
        scores=scores,
        baselines=baselines_of(scores, head.registry),
        rules=rules,
        feasible_margin=feasible_margin(scores.by_margin, scores.predicted.calls, gates.limits),
        coverage=coverage_of(audited, head.registry, head.table),
        retired=tuple(head.store.retired.values()),
        notes=(*notes, *contradictory_notes(audited)),
    )


def _cell_moves(judge: Judge) -> tuple[tuple[CellMove, ...], tuple[CellMove, ...]]:
    """By what head predicts them with, as its coverage counts them."""
    proposal = judge.proposal
    sides = (proposal.base_audited, proposal.head_audited)
    if sides[0] is sides[1]:
        return (), ()
    before, after = (placed_by(audited, proposal.head.table) for audited in sides)
    moves = [
        CellMove(*cell, *(count_of(side.get(cell, ())) for side in (before, after)))
        for cell in sorted({*before, *after})
    ]
    return (
        tuple(move for move in moves if move.head.samples < move.base.samples),
        tuple(move for move in moves if move.head.samples > move.base.samples),
    )


def _since_anchor(proposal: Proposal) -> SinceAnchor | None:
    """What became of stored calls since the anchor.

    ``None`` where the proposal changes nothing, or base is the anchor.
    """
    anchor = proposal.anchor() if proposal.touches_values or proposal.moves.any else None
    if anchor is None:
        return None
    then, now = anchor.state.store, proposal.head.store
    known = {sample.id for sample in then.samples}
    corrected = {sample.supersedes for sample in now.samples if sample.id not in known} - {None}
    return SinceAnchor(anchor.state, len(now.retired.keys() - then.retired.keys()), len(corrected))


def _missed_when_landed(proposal: Proposal) -> tuple[RuleResult, ...]:
    """The absolute rules that head misses by its own limits, on the calls of its own scope.

    None where limits and scope are those of base, which say it already.
    """
    base, head = proposal.base.registry.gates, proposal.head.registry.gates
    if (head.limits, head.scope) == (base.limits, base.scope) or proposal.no_calls_yet:
        return ()
    figures = Evidence(proposal.head.audited()).predicted(proposal.head.table).figures
    return tuple(rule for rule in absolute_rules(figures.metrics, head) if not rule.met)


def with_next(report: Report, *, tried: Sequence[str] = ()) -> Report:
    """The report with what to do next: commands about what was judged, the most useful first.

    ``tried``: ``NAME=VALUE`` of numbers that were judged although the files do not hold them.
    """
    against = report.comparison
    return replace(report, next=_compared(report, against, tried) if against else _alone(report))


def _compared(report: Report, against: Comparison, tried: Sequence[str]) -> tuple[NextStep, ...]:
    base, head = against.base, report.head
    red = [rule for rule in report.rules if rule.status != "pass"]
    look = NextStep(f"coefgate diff {base.revision[:12]} {head.revision[:12]}")
    if not red:
        return (look,) if against.changes else _without_red(report)
    explain = NextStep(f"coefgate explain {red[0].rule}")
    numbers = {
        change.key
        for effect in against.changes
        for change in effect.changes
        if isinstance(change.head, Fraction) and not change.gone
    }
    keys = (finding.key for rule in red for finding in rule.findings)
    guilty = next((key for key in keys if isinstance(key, Key) and key in numbers), None)
    if guilty and head.revision == WORKTREE:  # other numbers are tried in the folder only
        of_base = ["--base", base.name] if base.found_by == ASKED_BASE else []
        again = ["coefgate", "try", *tried, "--range", guilty.name, *of_base]
        return NextStep(shlex.join(again)), explain
    return (look, explain) if against.changes and not tried else (explain,)


def _without_red(report: Report) -> tuple[NextStep, ...]:
    if report.headline != "no-calls":
        return (_COVERAGE,)
    audit = (NextStep("coefgate samples audit"),) if report.head.store.samples else ()
    return *audit, NextStep("coefgate samples add FILE")


def _alone(report: Report) -> tuple[NextStep, ...]:
    if report.verdict == "pass":
        return _without_red(report)
    if report.scores.all.metrics is None:
        return NextStep("coefgate samples audit"), _COVERAGE
    revision = report.head.revision
    at = "" if revision == WORKTREE else f" --at {revision[:12]}"
    breakdown = NextStep(f"coefgate replay --by category,complexity{at}")
    if report.feasible_margin is None:
        return (breakdown,)
    margin = f"{report.feasible_margin.low / 1000:g}"
    edit = f"set every margin in coefficients/safety_margins.yaml to {margin}"
    return NextStep(edit, is_command=False), breakdown
