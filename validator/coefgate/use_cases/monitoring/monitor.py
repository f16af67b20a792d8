"""Every alarm of some weeks of records, and what a rollback trigger comes to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.repository import Repository
from coefgate.registry.guardrails import Guardrails, guardrails_of
from coefgate.replay.state import State
from coefgate.runner.record_spool import spool_folder
from coefgate.telemetry.alarms.alarm import Alarm, AlarmAnswer, AlarmName
from coefgate.telemetry.alarms.receipt import GivenReceipt, RecordRange, RecordRanges
from coefgate.telemetry.alarms.watch import Watch, alarms_of, answer_to, decides
from coefgate.telemetry.call_table import RecordId, record_ids
from coefgate.telemetry.spool import take_in, waiting_records
from coefgate.telemetry.status import StoreTotals, store_totals
from coefgate.telemetry.store import open_store
from coefgate.telemetry.store_address import StoreAddress, store_address
from coefgate.telemetry.times import week_at, week_name
from coefgate.telemetry.watching import ProofWindow, proof_window, read_watch
from coefgate.use_cases.monitoring.act import Act, act
from coefgate.use_cases.monitoring.proposal import RollbackProposal, proposed
from coefgate.use_cases.monitoring.receipts import refuse_other_records
from coefgate.use_cases.monitoring.stored_needs import stored_needs
from coefgate.use_cases.releases.branch import Progress
from coefgate.use_cases.state import state_at

BY: Final = ("category", "deliverables")
"""What the calls of a week are grouped by unless somebody asks otherwise."""


@dataclass(frozen=True, slots=True)
class ToldAlarm:
    """An alarm with the records that it rests on, where it is no ``fine`` one, and the worst.

    ``decides``: is it one that the answer to all rests on?
    """

    alarm: Alarm
    decides: bool
    records: RecordRange | None
    worst: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Monitored:
    """What was watched and found.

    ``now``: the moment that it was looked at, in microseconds. ``calls``: records by week.
    ``totals``: of all weeks. ``proposals``: one for each trigger that fired.
    """

    store: StoreAddress
    now: int
    by: Sequence[str]
    state: State
    guardrails: Guardrails
    calls: Mapping[int, int]
    totals: StoreTotals
    alarms: tuple[ToldAlarm, ...]
    answer: AlarmAnswer
    proposals: tuple[RollbackProposal, ...]
    acts: tuple[Act, ...] = ()

    def weeks_ago(self, week: int) -> int:
        """How many weeks before the one that goes on a week was; 0 for that one."""
        return (week_at(self.now) - week) // 7


def monitor(
    root: Path,
    store: str,
    *,
    since: int | None = None,
    week: int | None = None,
    now: int,
    by: Sequence[str] = BY,
    only: Collection[AlarmName] = (),
    receipt: GivenReceipt | None = None,
    act_on_it: bool = False,
    progress: Progress = nullcontext,
) -> Monitored:
    """Watch the records of a store by the guardrails of the registry in ``root``.

    ``since``: the first week, given as its Monday; ``week``: one week alone. Without both the
    last week that is over, and the one that goes on. ``now``: the moment in microseconds; records
    of calls that ended later count for nothing. ``only``: these alarms. ``receipt``: the records
    that one of them has to rest on. ``act_on_it``: carry out a rollback that is proposed, and push
    it.
    """
    drifts = not only or "drift" in only
    state = state_at(root, calls=drifts)
    weeks = _weeks(now, since, week)
    _take_in(store)
    with open_store(store) as opened:
        with opened.read() as connection:
            watch = read_watch(
                connection,
                weeks,
                registry=state.table,
                guardrails=guardrails_of(state.registry),
                now=now,
                waiting=waiting_records(opened.address),
                by=by,
                stored=stored_needs(state) if drifts else {},
            )
            totals = store_totals(connection, until=now)
        if since is not None:
            weeks = _since_the_first_record(weeks, watch)
        found = [one for monday in weeks for one in alarms_of(watch, monday, only)]
        ranges = RecordRanges(watch.records.table)
        if receipt is not None:
            refuse_other_records(receipt, found, ranges, watch, opened.address)
        rails = watch.guardrails
        windows = {
            at: proof_window(opened, watch, one)
            for at, one in enumerate(found)
            if one.name == "rollback" and one.answer == "alert"
        }
        proposals = {at: propose(root, windows[at], found[at], rails) for at in windows}
        acts = [
            _act(one, partial(act, root, found[at], windows[at], rails, progress=progress))
            for at, one in proposals.items()
            if act_on_it and one.verdict == "roll-back"
        ]
    answered = [
        replace(one, answer="fine", why="withdrawn")
        if at in proposals and proposals[at].verdict == "gone-back"
        else one
        for at, one in enumerate(found)
    ]
    return Monitored(
        opened.address,
        now,
        by,
        state,
        rails,
        {monday: len(watch.week(monday).rows) for monday in weeks},
        totals,
        tuple(_told(watch, answered, ranges)),
        answer_to(watch, answered),
        tuple(proposals.values()),
        tuple(acts),
    )


def _since_the_first_record(weeks: Sequence[int], watch: Watch) -> Sequence[int]:
    """These weeks without those before anybody recorded anything; the last one always."""
    recorded = watch.records.table.week
    first = min(int(recorded[0]), weeks[-1]) if len(recorded) else weeks[-1]
    return [one for one in weeks if one >= first]


def _take_in(address: str) -> None:
    """Take in what waits beside a file; where that cannot be, an alarm says that it waits."""
    where = store_address(address)
    if where.path is not None and spool_folder(where.path).is_dir():
        with suppress(EnvironmentProblem), open_store(where, write=True) as store:
            take_in(store)


def _weeks(now: int, since: int | None, week: int | None) -> Sequence[int]:
    """The Mondays of the weeks that are judged, the oldest first."""
    this = week_at(now)
    if week is not None and week > this:
        raise UsageProblem(
            f"{week_name(week)} has not begun, so it cannot be judged. The current week is "
            f"{week_name(this)}."
        )
    if week is not None:
        return [week]
    first = this - 7 if since is None else min(since, this)
    return range(first, this + 1, 7)


def propose(
    root: Path, window: ProofWindow, alarm: Alarm, guardrails: Guardrails
) -> RollbackProposal:
    """What to do about one trigger; outside git there is no release to go back to."""
    try:
        with Repository(root) as repository:
            return proposed(repository, alarm, window, guardrails)
    except NoRepository:
        return RollbackProposal(alarm.week, alarm.digest or "", "none", "no-release")


def _act(proposal: RollbackProposal, carry_out: Callable[[], Act]) -> Act:
    """What came of a proposal: where it fails, what was found is told all the same."""
    try:
        return carry_out()
    except (EnvironmentProblem, UsageProblem) as error:
        return Act(proposal.week, proposal, failed=str(error))


def _told(watch: Watch, alarms: Iterable[Alarm], ranges: RecordRanges) -> Iterator[ToldAlarm]:
    for one in alarms:
        records = None if one.answer == "fine" else ranges.of(one.rests_on)
        worst = tuple(record_ids(watch.records.table, one.worst))
        yield ToldAlarm(one, decides(watch, one), records, worst)
