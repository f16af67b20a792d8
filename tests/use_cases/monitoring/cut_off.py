"""A hundred calls of week 48 of 2026, of which twenty were cut off; nothing came after them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from coefgate.telemetry.times import week_spelled
from tests.telemetry.stores import store_with
from tests.telemetry.tables import records_of, table_of

DAY: Final = 86_400_000_000
NOW: Final = (week_spelled("2026-W49") + 1) * DAY
"""Tuesday of the next week, in microseconds since 1970."""
ODD: Final = 'say "no" \\ @everyone'
"""A category that no registry declares."""


def cut_off_store(path: Path) -> str:
    """The store with them."""
    rows: list[dict[str, Any]] = [
        {"truncated": 1, "success": -1, "actual": 1500} if at % 5 == 0 else {"category": "docs"}
        for at in range(99)
    ]
    return store_with(path, records_of(table_of(*rows, {"category": ODD})))
