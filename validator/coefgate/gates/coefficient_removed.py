"""``coefficient-removed``: every name that base knows still resolves to a figure."""

from __future__ import annotations

from collections.abc import Sequence

from coefgate.changes.change import Change
from coefgate.gates.acknowledgements import shown
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.model_globs import covered


def coefficient_removed(proposal: Proposal, changes: Sequence[Change]) -> RuleResult:
    """No key or alias of base is gone without an alias for it, unless a whole change is undone."""
    findings = [Finding.about(change, _gone(change)) for change in changes if change.gone]
    if findings and (proposal.restored or proposal.takes_back(changes)):
        findings = []
    return finding_result(
        "coefficient-removed",
        "every name still resolves to a figure",
        findings,
        n=len(changes),
        good="Every name that base knows still resolves to a figure.",
        remedy="Calls that carry the name would get the fallback. Put it back, or make it "
        "an alias of the category that replaces it. To undo only the change that brought "
        "it: git revert COMMIT",
    )


def _gone(change: Change) -> str:
    if isinstance(change.base, tuple) and isinstance(change.head, tuple):
        lost = (glob for glob in change.base if not covered((glob,), change.head))
        return f"{change.name} lacks {', '.join(lost)}, which it had"
    return f"{change.name} is gone (it was {shown(change.base)})"
