"""Whether chance explains a figure of calls that come in phases, and of several figures at once.

Calls of one phase resemble each other, so many of them say as much as fewer that do not: as many
as ``PhaseSizes.worth_at_least`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scipy.special import betainc, stdtr

from coefgate.replay.metrics import Booleans, Floats
from coefgate.telemetry.phase_intervals import PhaseSizes

_TAIL: Final = 0.001
"""How rarely an alarm may be wrong, about."""


def chance_of_share(share: float, limit: float, hits: Booleans, phases: PhaseSizes) -> float:
    """How likely is a share so high, or higher, where the true one is ``limit``?

    ``share``: of ``hits``, or an estimate of it where some calls are not decided.
    """
    if not share or limit >= 1:
        return 1.0
    worth = phases.worth_at_least(hits, _TAIL) if phases.count > 1 else 1.0
    return float(betainc(share * worth, (1 - share) * worth + 1, limit))


def chance_of_mean(values: Floats, limit: float, phases: PhaseSizes) -> float:
    """How likely is a mean so high, or higher, where the true one is ``limit``?"""
    if phases.count < 2:
        return 1.0
    mean, error = phases.error(values)
    if not error:
        return float(mean <= limit)
    return float(stdtr(phases.freedom, (limit - mean) / error))


def holm(chances: Sequence[float]) -> list[float]:
    """The same chances, corrected for so many questions at once (Holm, 1979).

    Where each question's answer is no, some corrected chance is below ``p`` at most with chance
    ``p``, however they depend on each other.
    """
    found, highest = [1.0] * len(chances), 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[at]))
        found[at] = highest
    return found
