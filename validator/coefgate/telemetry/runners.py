"""Who runs on what, from records alone: who is on withdrawn coefficients, and who is back.

Nobody is back because a release says so. A process is on what served its last call. One that made
no call since another process of the same runner began gave way to that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal

from coefgate.telemetry.alarms.alarm import AlarmAnswer
from coefgate.telemetry.served_calls import ServedCalls, UntimedCalls

RunnerState = Literal["standing", "withdrawn", "silent"]
"""``withdrawn``: one of its processes is on such coefficients. ``silent``: it made no call lately,
so that nobody knows."""
ReachState = Literal["back", "withdrawn", "not-seen"]
"""``back``: it made calls since, and no process of it is on what was withdrawn. ``withdrawn``: one
was served by it even after. ``not-seen``: it made no call since."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Versions that one release took back, with their digests, as far as they are known.

    ``release``: its version, ``None`` where the versions are withdrawn and nothing was released
    since. ``at``: when it was made, in microseconds since 1970.
    """

    release: str | None
    at: int | None
    versions: frozenset[str]
    digests: frozenset[str]

    def holds(self, served: ServedCalls | UntimedCalls) -> bool:
        """Did coefficients that it takes back serve these calls?"""
        return served.version in self.versions or served.digest in self.digests


@dataclass(frozen=True, slots=True)
class VersionServed:
    """The calls of a runner that one version served; ``last``: when the last of them began."""

    version: str
    digest: str
    withdrawn: bool
    recent: int
    lately: int
    last: int


@dataclass(frozen=True, slots=True)
class ServedRunner:
    """A runner with what served it, the latest first.

    ``on_withdrawn``: does what is last known of a process of it say so?
    """

    name: str
    state: RunnerState
    on_withdrawn: bool
    last: int
    served: tuple[VersionServed, ...]


@dataclass(frozen=True, slots=True)
class RunnerReach:
    """A runner on its way back.

    ``last_withdrawn``: when its last call began that the withdrawn coefficients served; ``after``:
    how long after the release that was, in microseconds, 0 where it was before.
    """

    runner: str
    state: ReachState
    last_withdrawn: int
    after: int


@dataclass(frozen=True, slots=True)
class RollbackReach:
    """How far a release that took versions back has reached the runners that were on them."""

    withdrawal: Withdrawal
    at: int
    runners: tuple[RunnerReach, ...]

    @property
    def reached_all_after(self) -> int | None:
        """Until when, after it, a runner was still served by them; ``None``: some are not back."""
        if any(one.state != "back" for one in self.runners):
            return None
        return max((one.after for one in self.runners), default=None)


def runners(
    served: Iterable[ServedCalls], withdrawals: Sequence[Withdrawal]
) -> tuple[ServedRunner, ...]:
    """Every runner that made a call, by name."""
    return tuple(_runner(name, rows, withdrawals) for name, rows in _by_runner(served))


def rollbacks(
    served: Iterable[ServedCalls], withdrawals: Iterable[Withdrawal]
) -> tuple[RollbackReach, ...]:
    """For each release that took back what served somebody, who is back; the newest first."""
    rows_of = dict(_by_runner(served))
    found = []
    for one in withdrawals:
        if one.at is not None:
            affected = {name: rows for name, rows in rows_of.items() if any(map(one.holds, rows))}
            backs = tuple(_back(name, rows, one, one.at) for name, rows in affected.items())
            found += [RollbackReach(one, one.at, backs)] if backs else []
    return tuple(sorted(found, key=attrgetter("at"), reverse=True))


def answer(found: Iterable[ServedRunner]) -> AlarmAnswer:
    """Is somebody on withdrawn coefficients? Nobody can tell where no call was made lately.

    Nor of a runner that is silent, and was on such when it was last heard of.
    """
    states = [(one.state, one.on_withdrawn) for one in found]
    if any(state == "withdrawn" for state, _ in states):
        return "alert"
    if all(state == "silent" for state, _ in states) or ("silent", True) in states:
        return "cannot-tell"
    return "fine"


def _by_runner(served: Iterable[ServedCalls]) -> Iterator[tuple[str, list[ServedCalls]]]:
    name: Final = attrgetter("runner")
    for runner, rows in groupby(sorted(served, key=name), key=name):
        yield runner, list(rows)


def _running(rows: Iterable[ServedCalls]) -> list[ServedCalls]:
    """What served the last call of each process that did not give way to another."""
    of_process: defaultdict[str, list[ServedCalls]] = defaultdict(list)
    for one in rows:
        of_process[one.writer].append(one)
    newest_began = max(min(one.first for one in each) for each in of_process.values())
    latest = (max(each, key=attrgetter("last")) for each in of_process.values())
    return [one for one in latest if one.last >= newest_began]


def _runner(
    name: str, rows: Sequence[ServedCalls], withdrawals: Sequence[Withdrawal]
) -> ServedRunner:
    def withdrawn(one: ServedCalls) -> bool:
        return any(each.holds(one) for each in withdrawals)

    running = _running(rows)
    heard = [one for one in running if one.lately]
    state: RunnerState = "standing" if heard else "silent"
    if any(map(withdrawn, heard)):
        state = "withdrawn"
    kind: Final = attrgetter("version", "digest")
    alike = [list(each) for _, each in groupby(sorted(rows, key=kind), key=kind)]
    served = [
        VersionServed(
            each[0].version,
            each[0].digest,
            withdrawn(each[0]),
            sum(one.recent for one in each),
            sum(one.lately for one in each),
            max(one.last for one in each),
        )
        for each in alike
    ]
    return ServedRunner(
        name,
        state,
        any(map(withdrawn, running)),
        max(one.last for one in rows),
        tuple(sorted(served, key=attrgetter("last"), reverse=True)),
    )


def _back(name: str, rows: Sequence[ServedCalls], withdrawal: Withdrawal, at: int) -> RunnerReach:
    last = max(one.last for one in rows if withdrawal.holds(one))
    state: ReachState = "back" if max(one.last for one in rows) > at else "not-seen"
    if any(withdrawal.holds(one) and one.last > at for one in _running(rows)):
        state = "withdrawn"
    return RunnerReach(name, state, last, max(0, last - at))
