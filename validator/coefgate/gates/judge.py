"""A proposal → the results of every rule. What head's numbers do not touch is found only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.changes.same_predictions import same_predictions
from coefgate.core.table import Table
from coefgate.gates.cell_shrunk import cell_shrunk
from coefgate.gates.coefficient_removed import coefficient_removed
from coefgate.gates.corrected import corrected
from coefgate.gates.diluted import diluted
from coefgate.gates.fit_claims import RULE as CLAIMS
from coefgate.gates.fit_claims import fit_claims
from coefgate.gates.flattered import flattered
from coefgate.gates.gates_loosened import gates_loosened
from coefgate.gates.judge_and_values import judge_and_values
from coefgate.gates.metric_rules import metric_rules
from coefgate.gates.proposal import Proposal
from coefgate.gates.sample_rules import retired_with_values, sample_changed, sample_removed
from coefgate.gates.stratum_regression import stratum_regression
from coefgate.gates.swing import swing
from coefgate.gates.unmeasured import unmeasured
from coefgate.gates.verdict import RuleResult
from coefgate.registry.compilation import compiled
from coefgate.registry.model import Coefficients, Gates
from coefgate.replay.evidence import AddedUp, Evidence, Pair, Predicted, pair_of
from coefgate.replay.strata import StrataOf
from coefgate.replay.uses import Uses
from coefgate.samples.status import SCORED, Audited


class Judge:
    """Judges a proposal, and others that differ from it in head's numbers only."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.audited = proposal.judged_audited
        self.evidence = Evidence(self.audited)
        self._strata = StrataOf(proposal.base.registry.gates.relative.stratum_phases_from)

    @cached_property
    def gates(self) -> Gates:
        """Base's thresholds, on the lines where head has them."""
        base, head = self.proposal.base.registry, self.proposal.head.registry
        return replace(base.gates, lines=head.gates.lines)

    @cached_property
    def base(self) -> Predicted:
        """The judged calls as base predicts them."""
        return self.evidence.predicted(self.proposal.base.table)

    @cached_property
    def head(self) -> Predicted:
        """The judged calls as head predicts them."""
        return self.evidence.predicted(self.proposal.head.table)

    @cached_property
    def pair(self) -> Pair:
        """The judged calls as both predict them."""
        return pair_of(self.base, self.head)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Head's differences from base."""
        return changes(self.proposal.base.registry, self.proposal.head.registry)

    @cached_property
    def another_split(self) -> bool:
        """Do the numbers differ in nothing but how they are split into prices and margins?"""
        base, head = self.proposal.base.registry, self.proposal.head.registry
        return bool(self.changes) and same_predictions(base, head)

    @cached_property
    def rules(self) -> tuple[RuleResult, ...]:
        """What every rule says of the proposal."""
        found = () if self.another_split else self.changes
        return tuple(self._rules(self.proposal, self.pair, found))

    def trial(self, registry: Coefficients) -> tuple[RuleResult, ...]:
        """What every rule would say if head's numbers were those of ``registry``."""
        head, table = self.proposal.head, compiled(registry)
        state = replace(head, registry=registry, table=table)
        restored = self.proposal.restored if table.digest == head.digest else None
        proposal = replace(self.proposal, head=state, restored=restored)
        base = proposal.base.registry
        found = () if same_predictions(base, registry) else changes(base, registry)
        both = pair_of(self.base, self.evidence.predicted(table))
        return tuple(self._rules(proposal, both, found))

    def _rules(
        self, proposal: Proposal, both: Pair, found: tuple[Change, ...]
    ) -> Iterator[RuleResult]:
        """``found``: the differences that rules ask about, none where calls get what they got."""
        base, head = proposal.base.registry, proposal.head.registry
        gates, moves, table = self.gates, self.proposal.moves, proposal.head.table
        known = of_base = None
        if moves.any:
            alone = self.proposal.base_alone
            known = alone.figures.metrics if moves.judged else None
            of_base = pair_of(alone, alone.evidence.predicted(table))
        metric = metric_rules(
            both.base_metrics, both.head_metrics, gates, moved=both.moved, known=known
        )
        added_up = self._added_up(table) if both.moved else None
        flattering, *kept = self._of_samples
        pairs, judging = (both, of_base) if of_base else (both,), replace(base, gates=gates)
        results = (
            *metric,
            stratum_regression(pairs, judging, head, strata=self._strata, added_up=added_up),
            diluted(metric, of_base, gates, added_up=added_up, added=len(moves.added)),
            flattering,
            retired_with_values(proposal),
            *kept,
            coefficient_removed(proposal, found),
            unmeasured(proposal, found, self.evidence),
            swing(proposal, found, self.evidence),
            fit_claims(proposal, found, lambda: self._claimable),
            gates_loosened(proposal),
            judge_and_values(proposal),
        )
        for result in results:
            asked = proposal.restored is None or result.rule == CLAIMS
            yield result if asked else not_asked(result)

    @cached_property
    def _of_samples(self) -> tuple[RuleResult, ...]:
        """What is asked of stored calls alone."""
        proposal = self.proposal
        return (
            flattered(proposal, self.evidence),
            sample_removed(proposal),
            sample_changed(proposal),
            cell_shrunk(proposal),
            corrected(proposal),
        )

    @cached_property
    def _claimable(self) -> Uses:
        """Which of the scored calls of head use which of its numbers."""
        head, evidence = self.proposal.head, self._evidence_of(self.proposal.head_audited)
        return Uses(evidence.counts(head.table), head.registry)

    @cached_property
    def _anchored(self) -> Evidence:
        """The calls of the anchor."""
        return self._evidence_of(self.proposal.anchored_audited)

    def _evidence_of(self, audited: Sequence[Audited]) -> Evidence:
        """The scored calls of these; those that are judged, where they are the same."""
        scored = tuple(one for one in audited if one.status in SCORED)
        return self.evidence if scored == self.evidence.audited else Evidence(audited)

    def _added_up(self, head: Table) -> AddedUp | None:
        """Head against the accepted states since the anchor; ``None`` if nothing is added up."""
        if not self._accepted:
            return None
        now = self._anchored.predicted(head)
        *since, (_, last) = [(commit, pair_of(before, now)) for commit, before in self._accepted]
        return AddedUp(tuple(since), last)

    @cached_property
    def _accepted(self) -> tuple[tuple[str, Predicted], ...]:
        """What the accepted states since the anchor, then base, predict for the anchor's calls."""
        anchor, base = self.proposal.anchor(), self.proposal.base
        tables = (*anchor.tables, (base.revision, base.table)) if anchor else ()
        return tuple((commit, self._anchored.predicted(table)) for commit, table in tables)


def not_asked(result: RuleResult) -> RuleResult:
    """A restore is not held to today's figures; only what it says of itself is asked."""
    asked = result.status == "pass"
    return replace(result, status="pass", findings=(), answered=(), asked=asked)
