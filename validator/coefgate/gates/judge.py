"""A proposal → the results of every rule. What head's numbers do not touch is found only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.changes.same_predictions import same_predictions
from coefgate.gates.cell_shrunk import cell_shrunk
from coefgate.gates.coefficient_removed import coefficient_removed
from coefgate.gates.corrected import corrected
from coefgate.gates.diluted import diluted
from coefgate.gates.fit_claims import RULE as CLAIMS
from coefgate.gates.fit_claims import fit_claims
from coefgate.gates.flattered import flattered
from coefgate.gates.gates_loosened import gates_loosened
from coefgate.gates.judge_and_values import judge_and_values
from coefgate.gates.like_with_like import BY_FIT, LikeWithLike
from coefgate.gates.metric_rules import METRIC_RULES, metric_rules
from coefgate.gates.proposal import Compiled, Proposal
from coefgate.gates.sample_rules import retired_with_values, sample_changed, sample_removed
from coefgate.gates.stratum_regression import stratum_regression
from coefgate.gates.swing import swing
from coefgate.gates.trial_fits import TrialFits
from coefgate.gates.unmeasured import unmeasured
from coefgate.gates.unseen import unseen
from coefgate.gates.verdict import RuleResult, Unasked, not_asked_yet
from coefgate.registry.compilation import compiled
from coefgate.registry.model import Coefficients, Gates
from coefgate.replay.evidence import Evidence, Pair, Predicted, pair_of
from coefgate.replay.scores import Unseen
from coefgate.replay.strata import StrataOf
from coefgate.replay.uses import Uses
from coefgate.samples.status import SCORED, Audited

OF_CALLS: Final = frozenset((*METRIC_RULES, "unmeasured"))
"""Rules that nothing but calls could answer."""


class Judge:
    """Judges a proposal, and others that differ from it in head's numbers only."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.audited = proposal.judged_audited
        self.evidence = Evidence(self.audited)
        self._strata = StrataOf(proposal.base.registry.gates.relative.stratum_phases_from)
        self._fits = TrialFits()

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
    def unseen(self) -> Unseen | None:
        """The judged calls as head's procedure predicts them when it does not know them.

        ``None`` where it has none, or no value changed.
        """
        like = self._like(self.proposal, self.changes)
        found = like.unseen(self.evidence) if like.values_change(moved=self.pair.moved) else None
        return None if found is None else found.figures

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
        like = self._like(proposal, found)
        kind = like.kind(moved=both.moved)
        alike, alike_of_base = both, of_base
        if kind == "unseen":
            alike = like.pair(self.evidence)
            alike_of_base = of_base and like.pair(of_base.evidence)
        metric = metric_rules(
            both.base_metrics,
            both.head_metrics,
            gates,
            moved=both.moved,
            known=known,
            alike=(alike.base_metrics, alike.head_metrics),
            missed_by_procedure=head.tuning.missed if kind in BY_FIT and head.tuning else None,
        )
        accepted = self._accepted if both.moved else ()
        added_up = like.added_up(self._anchored, accepted, kind) if accepted else None
        flattering, *kept = self._of_samples
        pairs = (alike, alike_of_base) if alike_of_base else (alike,)
        judging = replace(base, gates=gates)
        results = (
            *metric,
            stratum_regression(
                () if kind in BY_FIT else pairs,
                judging,
                head,
                strata=self._strata,
                added_up=added_up,
            ),
            diluted(
                metric,
                None if kind in BY_FIT else of_base,
                gates,
                added_up=added_up,
                added=len(moves.added),
            ),
            flattering,
            retired_with_values(proposal),
            *kept,
            coefficient_removed(proposal, found),
            unmeasured(proposal, found, self.evidence),
            swing(proposal, like.steps, self.evidence),
            fit_claims(
                proposal,
                found,
                lambda: self._claimable,
                lambda: like.intervals(self._of_head),
                lambda: like.given(self._of_head),
            ),
            self._unseen(proposal, like, both),
            gates_loosened(proposal),
            judge_and_values(proposal),
        )
        for result in results:
            if proposal.restored is not None and result.rule != CLAIMS:
                yield not_asked(result)
            elif result.rule in OF_CALLS and proposal.no_calls_yet:
                yield not_asked_yet(result)
            else:
                yield result

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
        head = self.proposal.head
        return Uses(self._of_head.counts(head.table), head.registry, head.table)

    @cached_property
    def _of_head(self) -> Evidence:
        """The scored calls of head."""
        return self._evidence_of(self.proposal.head_audited)

    @cached_property
    def _anchored(self) -> Evidence:
        """The calls of the anchor."""
        return self._evidence_of(self.proposal.anchored_audited, self.proposal.anchor_audited)

    def _evidence_of(
        self, audited: Sequence[Audited], among: Sequence[Audited] | None = None
    ) -> Evidence:
        """The scored calls of these; those that are judged, where they are the same."""
        scored = tuple(one for one in audited if one.status in SCORED)
        if scored == self.evidence.audited:
            return self.evidence
        return Evidence(audited, among=among)

    def _unseen(self, proposal: Proposal, like: LikeWithLike, both: Pair) -> RuleResult:
        """Head's predictions of calls that it does not know, against base's."""
        asked = like.values_change(moved=both.moved) and like.refit != "first"
        if proposal.restored or not asked:
            return unseen(proposal, (), ())
        by_hand, priors = like.calls_by_hand(self.evidence), like.priors(self.evidence)
        hidden = like.hidden(self.evidence) if by_hand or priors else None
        anchor = proposal.anchor()
        first = anchor.first_procedure if anchor else None
        since = () if first is None else tuple(like.both_since(self.evidence, first))
        sides = tuple(like.both(self.evidence))
        return unseen(proposal, sides, by_hand, hidden, since=since, priors=priors)

    @cached_property
    def _accepted(self) -> tuple[tuple[str, Compiled], ...]:
        """The accepted states since the anchor, then base."""
        anchor, base = self.proposal.anchor(), self.proposal.base
        if anchor is None:
            return ()
        return (*anchor.sides, (base.revision, Compiled(base.registry, base.table)))

    def _like(self, proposal: Proposal, found: Sequence[Change]) -> LikeWithLike:
        head = Compiled(proposal.head.registry, proposal.head.table)
        return LikeWithLike(proposal, head, found, self._fits)


def not_asked(result: RuleResult) -> RuleResult:
    """A restore is not held to today's figures; only what it says of itself is asked."""
    unasked: Unasked | None = None if result.status == "pass" else "restore"
    return replace(result, status="pass", findings=(), answered=(), unasked=unasked)
