"""The live what-if of a report: the numbers of a registry, and calls to hold them against."""

from __future__ import annotations

from functools import partial

from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State
from coefgate.reports.page import LiveBlock
from coefgate.whatif.live_data import live_data


def live_block(state: State, evidence: Evidence, *, title: str = "What if?") -> LiveBlock:
    """Its data is made only by formats that show it."""
    return LiveBlock(partial(live_data, state.registry, evidence), title)
