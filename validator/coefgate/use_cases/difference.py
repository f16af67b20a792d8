"""What lies between two registries: what changed, and what it does to the predictions of stored calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coefgate.changes.estimate_changes import changes
from coefgate.changes.gate_changes import GateDifference, gate_differences
from coefgate.changes.path_rule_changes import GlobDifference, glob_differences
from coefgate.changes.renames import renames
from coefgate.registry.model import Limits
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import missed
from coefgate.replay.pair import Pair, pair
from coefgate.replay.state import State
from coefgate.samples.call_count import CallCount
from coefgate.samples.model import Audited
from coefgate.whatif.attribution import Effect, effects
from coefgate.whatif.movers import Movers, movers
from coefgate.whatif.renamed_calls import Renamed, renamed_calls


@dataclass(frozen=True, slots=True)
class Difference:
    """``effects``: every change, each with its own effect; ``globs``: the path rules among them, in detail.

    ``renames``: what categories are called now. ``moved``: calls that are predicted differently.
    ``gained_misses``: calls that head is known to miss and base is not; ``lost_misses``: the other
    way round. ``limits``: what head's gates hold figures against.
    """

    base: State
    head: State
    renames: tuple[Renamed, ...]
    effects: tuple[Effect, ...]
    globs: tuple[GlobDifference, ...]
    gates: tuple[GateDifference, ...]
    pair: Pair
    moved: CallCount
    gained_misses: int
    lost_misses: int
    movers: Movers
    limits: Limits

    @property
    def same(self) -> bool:
        """Is there nothing to tell?"""
        return not (self.renames or self.effects or self.globs or self.gates or self.moved.scored)


def difference(
    base: State,
    head: State,
    audited: Sequence[Audited],
) -> Difference:
    """Compare two states on the same calls."""
    was, now = base.registry, head.registry
    evidence = Evidence(audited)
    both = pair(evidence, base.table, head.table)
    before_missed, after_missed = missed(both.base), missed(both.head)
    return Difference(
        base=base,
        head=head,
        renames=renamed_calls(renames(was, now), both),
        effects=effects(changes(was, now), was, now, evidence),
        globs=glob_differences(was, now),
        gates=gate_differences(was, now),
        pair=both,
        moved=both.head.where(both.base.predicted != both.head.predicted).count,
        gained_misses=int((after_missed & ~before_missed).sum()),
        lost_misses=int((before_missed & ~after_missed).sum()),
        movers=movers(both),
        limits=now.gates.limits,
    )
