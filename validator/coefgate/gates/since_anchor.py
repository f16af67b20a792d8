"""What became of the stored calls since the anchor: the steps that a reviewer of one change does not see."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.gates.proposal import Proposal, Side
from coefgate.samples.model import SCORED


@dataclass(frozen=True, slots=True)
class SinceAnchor:
    """The ``anchor``, and how many of the calls that it scored are ``retired`` or ``corrected`` since.

    The proposal's own retirements and corrections are among them.
    """

    anchor: Side
    retired: int
    corrected: int


def since_anchor(proposal: Proposal) -> SinceAnchor | None:
    """Count them; ``None`` where the proposal changes nothing, or base is the anchor."""
    anchor = proposal.anchor() if proposal.touches_values or proposal.moves.any else None
    if anchor is None:
        return None
    head = proposal.head.store
    scored = {one.sample.id for one in proposal.anchor_audited if one.status in SCORED}
    corrected = {sample.supersedes for sample in head.samples}
    return SinceAnchor(anchor.state.side, len(scored & head.retired.keys()), len(scored & corrected))
