"""Who runs on what: the calls of a store, held against what was withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.telemetry.alarms.alarm import AlarmAnswer
from coefgate.telemetry.runners import RollbackReach, ServedRunner, answer, rollbacks, runners
from coefgate.telemetry.served_calls import served_calls, untimed_calls
from coefgate.telemetry.spool import waiting_records
from coefgate.telemetry.store import open_store
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.times import DAY, HOUR, SECOND
from coefgate.use_cases.releases.withdrawals import withdrawals

REMEMBERED: Final = 30 * DAY
"""A runner that made no call for so long is gone, and nothing is said of it."""
AHEAD: Final = 300 * SECOND
"""Clocks of machines may differ by so much; what is further ahead was made nobody knows when."""


@dataclass(frozen=True, slots=True)
class WhoRunsOnWhat:
    """Every runner of the last 30 days, and how far what was withdrawn since has reached them.

    ``since`` and ``now``: calls between the two are those made lately, in microseconds since 1970.
    ``waiting``: records beside the store, of which nothing is known. ``wrong_clocks``: runners
    that were heard of lately by nothing but calls whose time is wrong, and those of which such a
    call is the last one of a process, and was served by what is withdrawn.
    """

    address: StoreAddress
    answer: AlarmAnswer
    since: int
    now: int
    runners: tuple[ServedRunner, ...]
    rollbacks: tuple[RollbackReach, ...]
    waiting: int
    wrong_clocks: tuple[str, ...]


def who_runs_on_what(address: str, root: Path, *, now: int, since: int) -> WhoRunsOnWhat:
    """What the store at ``address`` tells of runners of the registry in the folder ``root``.

    Raises ``InvalidInput`` for a list of withdrawn versions that is invalid.
    """
    first, until = min(now - REMEMBERED, since), now + AHEAD
    withdrawn = withdrawals(root)
    with open_store(address) as store, store.read() as connection:
        served = served_calls(
            connection, since=first, until=until, recent=now - HOUR, lately=since
        )
        untimed = untimed_calls(connection, since=since, until=until)
        where, waiting = store.address, waiting_records(store.address)
    found = runners(served, withdrawn)
    heard = {one.name for one in found if one.state != "silent"}
    wrong = {
        one.runner
        for one in untimed
        if one.runner not in heard or (one.last and any(each.holds(one) for each in withdrawn))
    }
    unknown = tuple(sorted(wrong))
    known = answer(found)
    return WhoRunsOnWhat(
        where,
        "cannot-tell" if known == "fine" and unknown else known,
        since,
        now,
        found,
        rollbacks(served, withdrawn),
        waiting,
        unknown,
    )
