"""A report is made: on one state by the metric rules, or on a proposal by every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coefgate.changes.renames import renamed_calls, renames
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import RuleResult, verdict_of
from coefgate.registry.model import Gates
from coefgate.registry.wording import listed
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import Scores
from coefgate.replay.serving import coverage_of, placed_by
from coefgate.replay.state import State
from coefgate.samples.status import count_of
from coefgate.use_cases.check import contradictory_notes
from coefgate.use_cases.given_reasons import given_reasons
from coefgate.use_cases.next_steps import with_next
from coefgate.use_cases.report import CellMove, Comparison, Known, Report, SinceAnchor
from coefgate.whatif.attribution import Attribution
from coefgate.whatif.blame import blamed_rules
from coefgate.whatif.feasible_margin import feasible_margin
from coefgate.whatif.movers import movers

_ANOTHER_SPLIT: Final = (
    "The same predictions under another split of prices and margins: "
    "for the rules nothing changed."
)


def report_of_state(
    head: State, scores: Scores, *, alone: str, notes: Sequence[str] = ()
) -> Report:
    """One state, judged by its own thresholds; ``alone``: why nothing is compared."""
    gates = head.registry.gates
    rules = absolute_rules(scores.all.metrics, gates)
    return with_next(replace(_report(head, scores, rules, gates, notes), alone=alone))


def report_of_change(
    judge: Judge, base: Scores, head: Scores, *, notes: Sequence[str] = ()
) -> Report:
    """A proposal; ``base`` and ``head`` are the replays of the judged calls with both tables."""
    proposal = judge.proposal
    sides = proposal.base.registry, proposal.head.registry
    attribution = Attribution(judge.changes, *sides, judge.evidence)
    rules = blamed_rules(judge, attribution)
    lost, gained = _cell_moves(judge)
    missed, moved = _missed_when_landed(proposal), proposal.moves.judged
    report = _report(proposal.head, head, rules, judge.gates, notes)
    comparison = Comparison(
        base=proposal.base,
        scores=base,
        known=Known(moved, proposal.base_alone.figures) if moved else None,
        unchanged=not proposal.judged_files,
        renames=renamed_calls(renames(*sides), judge.pair),
        changes=attribution.effects,
        movers=movers(judge.pair),
        lost=lost,
        gained=gained,
        retired=proposal.moves.retired,
        corrected=proposal.corrections,
        acknowledged=given_reasons(judge),
        since_anchor=_since_anchor(proposal),
        missed_when_landed=missed,
        another_split=judge.another_split,
    )
    told = (
        *report.notes,
        *([_note_on(missed)] if missed else []),
        *([_ANOTHER_SPLIT] if judge.another_split else []),
    )
    restored = proposal.restored
    return with_next(replace(report, comparison=comparison, restored=restored, notes=told))


def _report(
    head: State, scores: Scores, rules: tuple[RuleResult, ...], gates: Gates, notes: Sequence[str]
) -> Report:
    """What is said of ``head`` whether or not it is compared with a base."""
    audited = scores.predicted.evidence.given
    return Report(
        verdict=verdict_of(rules),
        head=head,
        scores=scores,
        rules=rules,
        feasible_margin=feasible_margin(
            scores.base_tokens, scores.takes_margin, scores.calls, gates.limits
        ),
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
    if (head.limits, head.scope) == (base.limits, base.scope):
        return ()
    figures = Evidence(proposal.head.audited()).predicted(proposal.head.table).figures
    return tuple(rule for rule in absolute_rules(figures.metrics, head) if not rule.met)


def _note_on(missed: tuple[RuleResult, ...]) -> str:
    """``… the registry misses smape (requires: mean below 30)``."""
    rules = listed(rule.asks for rule in missed)
    return f"By the limits that this change proposes the registry misses {rules}."
