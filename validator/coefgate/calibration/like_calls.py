"""By how much calls scatter that no formula of this registry can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy.special import chdtri

from coefgate.calibration.design import Design
from coefgate.replay.metrics import Booleans, Floats, Indices


@dataclass(frozen=True, slots=True)
class Scatter:
    """A standard deviation of ln(actual), and on how many degrees of freedom it rests."""

    deviation: float
    freedom: int

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95% interval, were needs lognormal."""
        low, high = (sqrt(self.freedom / chdtri(self.freedom, at)) for at in (0.025, 0.975))
        return self.deviation * low, self.deviation * high


def scatter_of_like_calls(
    design: Design, rows: Booleans, cell: Indices, phase: Indices
) -> Scatter | None:
    """How far needs lie apart of calls of one cell with the same sum, but of different phases.

    Half of the mean square between two calls, each phase of such calls counted as one: what the
    next phase will differ by. A call that was cut off counts with what it had reached, so that
    the true one may be larger. ``None`` where no two phases have such calls.
    """
    squares, freedom = 0.0, 0
    at = np.flatnonzero(rows & design.known)
    columns = design.uses, design.held, design.logs, design.offset, cell
    alike = np.column_stack([column[at] for column in columns])
    group = np.unique(alike, axis=0, return_inverse=True)[1].reshape(-1)
    for one in range(int(group.max(initial=-1)) + 1):
        its = at[group == one]
        needs = [design.log_actual[its[phase[its] == name]] for name in np.unique(phase[its])]
        if len(needs) > 1:
            squares += _between(needs) * (len(needs) - 1)
            freedom += len(needs) - 1
    return Scatter(sqrt(squares / freedom), freedom) if freedom else None


def _between(needs: Sequence[Floats]) -> float:
    """The mean over pairs of phases of half of the mean square between a call of each."""
    found = [
        float(((one[:, None] - other) ** 2).mean()) / 2 for one, other in combinations(needs, 2)
    ]
    return sum(found) / len(found)
