"""What recorded calls say by week and stratum, what cut-off replies cost, what to collect next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.replay.fallback import coverage_of
from coefgate.replay.state import State
from coefgate.samples.status import CallCount
from coefgate.telemetry.counted import Standing
from coefgate.telemetry.cut_off_cost import CutOffReplies, TokenPrices, cut_off_replies
from coefgate.telemetry.reading import COLUMNS, read_calls
from coefgate.telemetry.spool import waiting_records
from coefgate.telemetry.store import open_store
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.strata import ALL
from coefgate.telemetry.thin_cells import ThinCell, thin_cells
from coefgate.telemetry.times import DAY, WEEK
from coefgate.telemetry.weeks import ScoredRecords, StratumWeek
from coefgate.use_cases.state import state_at

BY: Final = ("category", "complexity", "deliverables")
"""What records are broken down by unless somebody asks otherwise."""
_COLUMNS: Final = (
    *("category", "complexity", "model", "digest", "unit", "phase", "deliverables"),
    *("predicted", "limit", "actual", "truncated", "success"),
)


@dataclass(frozen=True, slots=True)
class TelemetryReport:
    """What a store says, of one ``week`` (its Monday) or of all.

    ``waiting``: how many records wait beside it and were not looked at. ``state``: the registry
    whose aliases and samples were asked, if one is at hand. ``recorded``, ``left_out``: as in
    ``StratumWeek``. ``weeks``: all calls by week and digest; ``strata``: by digest, over the whole
    time. ``price_source``: who knows the prices, ``None`` where nobody asked.
    """

    address: StoreAddress
    waiting: int
    week: int | None
    state: State | None
    recorded: int
    left_out: Mapping[Standing, int]
    weeks: tuple[StratumWeek, ...]
    strata: tuple[StratumWeek, ...]
    cut_off: tuple[CutOffReplies, ...]
    price_source: str | None
    thin: tuple[ThinCell, ...]

    @property
    def scored(self) -> int:
        """How many records are not left out."""
        return self.recorded - sum(self.left_out.values())


def telemetry_report(
    store: str,
    *,
    week: int | None = None,
    by: Sequence[str] = BY,
    root: Path | None = None,
    prices: TokenPrices | None = None,
) -> TelemetryReport:
    """Report on the store at an address; ``root``: the registry's folder, where one is at hand."""
    state = None if root is None else state_at(root)
    since = None if week is None else week * DAY
    with open_store(store) as opened, opened.read() as connection:
        address = opened.address
        table = read_calls(
            connection,
            since=since,
            until=None if since is None else since + WEEK,
            columns=COLUMNS & {*_COLUMNS, *by},
        )
    records = ScoredRecords.of(table, state.table.canonical_category if state else None)
    weeks = tuple(records.figures((ALL,), by_week=True, by_digest=True))
    left_out: Counter[Standing] = Counter()
    for one in weeks:
        left_out.update(one.left_out)
    return TelemetryReport(
        address,
        waiting_records(address),
        week,
        state,
        len(table),
        left_out,
        weeks,
        tuple(records.figures(by, by_week=False, by_digest=True)),
        cut_off_replies(table, prices),
        prices.source if prices else None,
        thin_cells(records.counts("cell"), _stored(state) if state else None),
    )


def _stored(state: State) -> Mapping[str, CallCount]:
    """The scored samples of each declared cell."""
    found = coverage_of(state.audited(), state.registry, state.table)
    return {f"{one.category}/{one.complexity}": one.calls for one in found.cells}
