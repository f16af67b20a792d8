"""What a store of records holds, and whether all of it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coefgate.registry.wording import count
from coefgate.reports.figures import duration
from coefgate.reports.page import Item, Items, Page, Paragraph, Words, code
from coefgate.telemetry.status import StoreStatus
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.times import SECOND, second_words, week_name
from coefgate.use_cases.telemetry_store import StoreReport


def status_page(found: StoreReport) -> Page:
    """How many records there are, since when, and what is missing."""
    status = found.status
    records = count(status.records, "record")
    yield Paragraph([code(found.address.shown), f": {records}"], emphasis="strong")
    if status.last_at is None:
        pruned = any(one.pruned_to for one in status.recorders)
        since = "since records were pruned" if pruned else "yet"
        yield Paragraph(f"no call has ended {since}")
    else:
        age = duration(max(0, found.at - status.last_at) / SECOND)
        yield Paragraph(
            f"{_span(status)}; the last call ended {age} ago, at {second_words(status.last_at)}"
        )
    rows = [*_rows(status), *_waiting(found)]
    yield Items([Item(words) for words in rows])


def _span(status: StoreStatus) -> str:
    weeks = [week_name(day) for day in status.weeks]
    return f"week {weeks[0]}" if len(weeks) == 1 else f"weeks {weeks[0]} to {weeks[-1]}"


def _rows(status: StoreStatus) -> Iterator[Words]:
    open_ = sum(not one.closed for one in status.recorders)
    ended = f"{open_:,} of them not ended" if open_ else "all ended"
    yield f"{count(len(status.recorders), 'recorder')}, {ended}"
    if status.lost:
        yield f"{count(status.lost, 'call')} lost: they began, and no record came"
    if status.waited_for:
        yield f"{count(status.waited_for, 'call')} begun by recorders that have not ended"
    if unfinished := status.by_state.get("unfinished"):
        yield f"{count(unfinished, 'record')} of calls that were never finished"
    for fault, many in status.by_fault.items():
        yield [count(many, "record"), " with the fault ", code(fault)]
    if status.empty_weeks:
        weeks = ", ".join(map(week_name, status.empty_weeks[:3]))
        yield f"{count(len(status.empty_weeks), 'week')} without a call between others: {weeks}"
    if status.backwards:
        yield f"the clock went backwards before {count(status.backwards, 'call')}"


def _waiting(found: StoreReport) -> Iterator[Words]:
    if found.spool.lines:
        again = found.address.command("telemetry ingest")
        yield [f"{count(found.spool.lines, 'line')} in the spool; take them in: ", code(again)]
    for name in found.spool.refused_files:
        yield ["lines that are no records: ", code(name)]
    for name in found.spool.not_files:
        yield ["not a file, so it is not opened: ", code(name)]


def waiting_items(waiting: int, address: StoreAddress) -> Page:
    """What a page says first whose figures lack records that wait."""
    if waiting:
        words = f"{count(waiting, 'record')} beside the store not looked at"
        yield Items([Item(code(address.command("telemetry ingest")))], label=words, unbroken=True)


def status_dict(found: StoreReport) -> Mapping[str, Any]:
    """The same for programs."""
    status = found.status
    return {
        "store": found.address.shown,
        "version": found.version,
        "records": status.records,
        "states": dict(status.by_state),
        "faults": dict(status.by_fault),
        "weeks": {week_name(day): many for day, many in status.weeks.items()},
        "last_at": None if status.last_at is None else second_words(status.last_at),
        "backwards": status.backwards,
        "recorders": {
            "all": len(status.recorders),
            "closed": sum(one.closed for one in status.recorders),
        },
        "calls_lost": status.lost,
        "calls_not_ended": status.waited_for,
        "spool_lines": found.spool.lines,
        "refused_files": list(found.spool.refused_files),
        "not_files": list(found.spool.not_files),
    }
