"""What a drill of the way back sees, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import GATE_FAILED, CoefgateError

CATEGORY: Final = "rollback-drill"
"""The category that the drill adds to its copy of the registry; no stored call is of it."""
PATH: Final = "create:src/drill.py"
"""The one deliverable of every call of the drill."""


class DrillFailed(CoefgateError):
    """A step of the drill did not do what it has to do."""

    exit_code = GATE_FAILED


@dataclass(frozen=True, slots=True)
class ServedEstimate:
    """One estimate that a runner served.

    ``at``: seconds on the clock that all processes of a machine share. ``cut_off``: would the
    reply have needed more?
    """

    at: float
    version: str
    digest: str
    tokens: int
    cut_off: bool


@dataclass(frozen=True, slots=True)
class DrilledRelease:
    """One release of the drill, and what its snapshot file says that the drill's call needs."""

    version: str
    digest: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Moments:
    """When things happened, in seconds on the same clock.

    ``broken``: the first reply that the break cut off; ``detected``: a runner's window showed it;
    ``called``: somebody typed ``coefgate rollback``; ``pushed``: that command had ended.
    """

    broken: float
    detected: float
    called: float
    pushed: float


@dataclass(frozen=True, slots=True)
class Runner:
    """What one runner did. ``versions``: what it served, in the order in which it did.

    ``back_after``: seconds from the call for the rollback to its first estimate with the old
    digest after the last with another, ``None`` where it never came back.
    """

    name: str
    estimates: int
    versions: tuple[str, ...]
    back_after: float | None


@dataclass(frozen=True, slots=True)
class RollbackDrill:
    """One drill. ``complaints``: everything that was not as it has to be, in words."""

    releases: tuple[DrilledRelease, ...]
    moments: Moments
    runners: tuple[Runner, ...]
    complaints: tuple[str, ...]

    @property
    def noticed_after(self) -> float:
        """Seconds from the first reply that was cut off to the detection."""
        return self.moments.detected - self.moments.broken

    @property
    def command_took(self) -> float:
        """Seconds that ``coefgate rollback --push`` took."""
        return self.moments.pushed - self.moments.called

    @property
    def back_after(self) -> float | None:
        """Seconds from the call for the rollback until every runner served the old digest."""
        times = [runner.back_after for runner in self.runners]
        return (
            max((time for time in times if time is not None), default=None)
            if None not in times
            else None
        )
