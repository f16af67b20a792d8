"""``retired-with-values``: no sample is retired or corrected together with a coefficient."""

from __future__ import annotations

from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.status import short


def retired_with_values(proposal: Proposal) -> RuleResult:
    """No sample is retired, brought back or corrected together with a coefficient."""
    moves = proposal.moves
    findings = []
    if proposal.touches_values:
        findings = [
            *(
                Finding(f"sample {short(one.id)} is retired", one.file, one.line)
                for one in moves.retired
            ),
            *(
                Finding(f"sample {short(one.id)} is no longer retired", one.file, one.line)
                for one in moves.unretired
            ),
            *(
                Finding(f"sample {short(one.supersedes)} is corrected", one.file, one.line)
                for one in moves.added
                if one.supersedes
            ),
        ]
    return finding_result(
        "retired-with-values",
        "no sample is retired or corrected together with a coefficient",
        findings,
        n=len(moves.retired)
        + len(moves.unretired)
        + sum(bool(one.supersedes) for one in moves.added),
        good="No sample is retired or corrected together with a coefficient.",
        way_on="Retire or correct samples in a change of their own, so that nobody takes out the "
        "calls that a new figure misses.",
    )
