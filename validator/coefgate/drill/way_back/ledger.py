"""What the runners wrote down, held against what was released: values and pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from coefgate.core.problems import GATE_FAILED, CoefgateError

CATEGORY: Final = "rollback-drill"
"""The category that the drill adds to its copy of the registry; no stored call is of it."""
PATH: Final = "create:src/drill.py"
"""The one deliverable of every call of the drill."""
WINDOW: Final = 50
"""Calls in the window in which a runner looks for cut-off replies."""
CUT_OFF_ABOVE: Final = 0.05
"""Share of cut-off replies in a window that means trouble."""


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
    """One drill. ``complaints``: everything that was not as it has to be, in words.

    ``noticed_after``: seconds from the first reply that was cut off to the detection;
    ``command_took``: those that ``coefgate rollback --push`` took.
    """

    releases: tuple[DrilledRelease, ...]
    noticed_after: float
    command_took: float
    runners: tuple[Runner, ...]
    complaints: tuple[str, ...]

    @property
    def back_after(self) -> float | None:
        """Seconds from the call for the rollback until every runner served the old digest."""
        times = [one.back_after for one in self.runners if one.back_after is not None]
        return max(times) if times and len(times) == len(self.runners) else None


Logs = Mapping[str, Sequence[ServedEstimate]]
"""What each runner served, in order."""


def in_trouble(served: Sequence[ServedEstimate]) -> bool:
    """Does the runner's last window show more cut-off replies than there may be?"""
    window = served[-WINDOW:]
    return len(window) == WINDOW and sum(one.cut_off for one in window) > CUT_OFF_ABOVE * WINDOW


def all_serve(logs: Logs, digest: str, for_calls: int = 1) -> bool:
    """Are each runner's last ``for_calls`` estimates from these coefficients?"""
    return all(
        len(served) >= for_calls and all(one.digest == digest for one in served[-for_calls:])
        for served in logs.values()
    )


def judged(
    releases: Sequence[DrilledRelease],
    logs: Logs,
    *,
    told: str | None,
    detected: float,
    called: float,
    pushed: float,
) -> RollbackDrill:
    """The drill, with every complaint. ``releases``: the good one, the broken one, the way back.

    ``told``: what who has pinned the broken one is told to use in its place. Moments on the clock
    of the logs: a runner's window showed the break, which at least one log has; somebody typed
    ``coefgate rollback``; that command had ended.
    """
    broken = min(one.at for served in logs.values() for one in served if one.cut_off)
    runners = tuple(_runner(*of, releases[0].digest, called) for of in logs.items())
    complaints = tuple(_complaints(releases, runners, logs, told))
    return RollbackDrill(tuple(releases), detected - broken, pushed - called, runners, complaints)


def _runner(name: str, served: Sequence[ServedEstimate], good: str, called: float) -> Runner:
    away = max((index for index, one in enumerate(served) if one.digest != good), default=-1)
    back = served[away + 1].at - called if 0 <= away < len(served) - 1 else None
    versions = tuple(version for version, _ in groupby(one.version for one in served))
    return Runner(name, len(served), versions, back)


def _complaints(
    releases: Sequence[DrilledRelease], runners: Sequence[Runner], logs: Logs, told: str | None
) -> Iterator[str]:
    good, broken, back = releases
    if back.digest != good.digest:
        yield f"{back.version} has the digest {back.digest}, and {good.version} has {good.digest}"
    if broken.digest == good.digest:
        yield f"{broken.version} broke nothing: it has the digest of {good.version}"
    if told != back.version:
        instead = f"{told or 'nothing'} instead of {back.version}"
        yield f"whoever has pinned {broken.version} is directed to {instead}"
    wanted = tuple(one.version for one in releases)
    for runner in runners:
        served = [DrilledRelease(one.version, one.digest, one.tokens) for one in logs[runner.name]]
        for one in dict.fromkeys(served):
            if one not in releases:
                found = f"{one.tokens} tokens from {one.version}, {one.digest}"
                yield f"{runner.name} served {found}: no release says so"
        if runner.versions != wanted:
            found = " → ".join(runner.versions) or "nothing"
            yield f"{runner.name} served {found}, not {' → '.join(wanted)}"
        if runner.back_after is None:
            yield f"{runner.name} never came back to {good.digest}"
