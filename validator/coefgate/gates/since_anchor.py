"""What became of the stored calls since the anchor: the steps that a reviewer of one change does not see."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.gates.proposal import Proposal
from coefgate.replay.state import State


@dataclass(frozen=True, slots=True)
class SinceAnchor:
    """The ``anchor``, and how many stored calls are ``retired`` or ``corrected`` since.

    The proposal's own retirements and corrections are among them, and those of calls that came in
    since.
    """

    anchor: State
    retired: int
    corrected: int


def since_anchor(proposal: Proposal) -> SinceAnchor | None:
    """Count them; ``None`` where the proposal changes nothing, or base is the anchor."""
    anchor = proposal.anchor() if proposal.touches_values or proposal.moves.any else None
    if anchor is None:
        return None
    then, now = anchor.state.store, proposal.head.store
    known = {sample.id for sample in then.samples}
    corrected = {sample.supersedes for sample in now.samples if sample.id not in known} - {None}
    return SinceAnchor(anchor.state, len(now.retired.keys() - then.retired.keys()), len(corrected))
