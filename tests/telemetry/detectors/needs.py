"""Phases for tests of detectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coefgate.telemetry.detectors.phase_needs import PhaseNeeds

CELLS = (("docs", "low"), ("tests", "high"))


def needs(
    need: Sequence[float], *, at_least: Sequence[int] = (), cell: Sequence[int] = ()
) -> PhaseNeeds:
    """A phase of one call for each ``need``; ``at_least``: places of those that were cut off."""
    every = len(need)
    return PhaseNeeds(
        np.array(need, dtype=np.float64),
        np.isin(np.arange(every), at_least),
        np.array(cell or [0] * every, dtype=np.intp),
        np.ones(every, dtype=np.int64),
        {cell: at for at, cell in enumerate(CELLS)},
    )
