"""What a registry will miss once a change of its limits has landed: base's limits judge, head's come next."""

from __future__ import annotations

from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import RuleResult
from coefgate.registry.wording import listed
from coefgate.replay.evidence import Evidence
from coefgate.samples.eligibility import audit


def missed_when_landed(proposal: Proposal) -> tuple[RuleResult, ...]:
    """The absolute rules that head misses by its own limits, on the calls of its own scope.

    None where limits and scope are those of base, which say it already.
    """
    base, head = proposal.base.registry.gates, proposal.head.registry.gates
    if (head.limits, head.scope) == (base.limits, base.scope):
        return ()
    audited = audit(proposal.head.store, scope=head.scope, unit=proposal.head.registry.unit)
    figures = Evidence(audited).predicted(proposal.head.table).figures.metrics
    return tuple(rule for rule in absolute_rules(figures, head) if not rule.met)


def note_on(missed: tuple[RuleResult, ...]) -> str:
    """``By the limits that this change proposes the registry misses smape (requires: mean below 30)``."""
    rules = listed(rule.asks for rule in missed)
    return f"By the limits that this change proposes the registry misses {rules}."
