"""``sample-removed``: every stored call is still there."""

from __future__ import annotations

from coefgate.gates.proposal import Proposal
from coefgate.gates.sample_changed import told_anew
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.status import short


def sample_removed(proposal: Proposal) -> RuleResult:
    """Every stored line of base is still there."""
    altered = told_anew(proposal)
    gone = [sample for sample in proposal.moves.gone if sample.id not in altered]
    return finding_result(
        "sample-removed",
        "no stored call is gone",
        [
            Finding(f"sample {short(one.id)} of {one.file}:{one.line} is gone", one.file, one.line)
            for one in gone
        ],
        n=len(proposal.base.store.samples),
        good="Every stored call is still there.",
        way_on="Stored calls are append-only. Put the lines back, with: git checkout "
        f"{proposal.base.revision[:12]} -- samples. To take one out of scoring, name it with "
        "the reason in samples/retired.yaml.",
    )
