"""What may not share a change: ``retired-with-values`` and ``judge-and-values``."""

from __future__ import annotations

from coefgate.gates.judge_files import is_judges
from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.samples.eligibility import short


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
        way_on="Retire or correct samples in a change of their own, so that nobody takes out the calls that "
        "a new figure misses.",
    )


def judge_and_values(proposal: Proposal) -> RuleResult:
    """What judges does not change together with what is judged."""
    judge = sorted(file for file in proposal.changed_files if is_judges(file))
    judged = proposal.judged_files
    findings = []
    if judge and judged:
        findings = [
            Finding(f"{file} changes together with {judged[0]}", file, 1) for file in judge
        ]
    return finding_result(
        "judge-and-values",
        "the judge does not change together with coefficients/ or samples/",
        findings,
        n=len(proposal.changed_files),
        good="The judge does not change together with what it judges.",
        way_on=(
            "Make two changes of it: the judge first, so that the values are judged by what is "
            "accepted."
        ),
    )
