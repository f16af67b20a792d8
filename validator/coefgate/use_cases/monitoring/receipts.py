"""Whether a store still holds the records that a receipt speaks of, just as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coefgate.core.problems import InvalidDocument
from coefgate.registry.wording import count
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.receipt import GivenReceipt, RecordRanges
from coefgate.telemetry.alarms.watch import Watch
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.times import DAY, WEEK, week_name

_AS_IT_IS: Final = "Without --receipt the command says what is there now."


def refuse_other_records(
    receipt: GivenReceipt,
    found: Sequence[Alarm],
    ranges: RecordRanges,
    watch: Watch,
    store: StoreAddress,
) -> None:
    """Raise ``InvalidDocument`` unless one of these alarms rests on the records of the receipt."""
    if any(receipt.is_of(one.rests_on, ranges) for one in found):
        return
    nearest = receipt.nearest(found)
    here = len(nearest.rests_on)
    asked = f"{nearest.name} of {week_name(nearest.week)}, {nearest.stratum}"
    raise InvalidDocument(
        f"{store.shown} does not hold the records of this receipt: it is of {receipt.count:,}, "
        f"and {asked}, rests on {here:,} here. {_remedy(receipt, here, nearest, watch, store)} "
        f"{_AS_IT_IS}"
    )


def _remedy(
    receipt: GivenReceipt, here: int, nearest: Alarm, watch: Watch, store: StoreAddress
) -> str:
    if here > receipt.count:
        return "Records came in since, so judge the week again."
    if here == receipt.count:
        return (
            "At least one of them was changed or replaced: compare them with a store that they "
            "were shipped to, and use that one."
        )
    if pruned := _pruned(nearest, watch):
        return (
            f"Old records of {count(pruned, 'recorder')} were pruned: give --store "
            "the store that keeps them."
        )
    bring = store.command("telemetry ingest SOURCE")
    return f"Give --store a store that has all of them, or bring them in with: {bring}."


def _pruned(nearest: Alarm, watch: Watch) -> int:
    """Recorders of that time whose old records were taken out."""
    end = nearest.week * DAY + WEEK
    return sum(one.pruned_to > 0 and one.started_at < end for one in watch.recorders)
