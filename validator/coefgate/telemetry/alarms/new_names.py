"""Names in records that the registry does not know: of categories, and of models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coefgate.core.table import Table
from coefgate.telemetry.alarms.alarm import MOST_SHOWN, Alarm, AlarmName
from coefgate.telemetry.call_table import CallTable, NameColumn


def new_categories(table: CallTable, week: int, registry: Table) -> Alarm:
    """Categories of the week's calls that the registry has under no name."""
    return _unknown(
        "new-category", table, week, table.category, registry.canonical_category.__contains__
    )


def other_models(table: CallTable, week: int, registry: Table) -> Alarm:
    """Models of the week's calls that the registry was not made for."""
    return _unknown("outside-applies-to", table, week, table.model, registry.applies_to_model)


def _unknown(
    name: AlarmName, table: CallTable, week: int, column: NameColumn, known: Callable[[str], bool]
) -> Alarm:
    others = [code for code, text in enumerate(column.names) if not known(text)]
    here = table.week == week
    rows = np.flatnonzero(here & np.isin(column.codes, others))
    count = np.bincount(column.codes[rows], minlength=len(column.names))
    present = (code for code in others if count[code])
    most_first = sorted(present, key=lambda one: (-count[one], column.names[one]))
    calls = int(np.count_nonzero(here))
    return Alarm(
        name,
        "alert" if len(rows) else "fine" if calls else "cannot-tell",
        week,
        calls=calls,
        counted=len(rows),
        statistic=float(len(rows)),
        threshold=0.0,
        why="" if calls else "no-calls",
        names=tuple(column.names[code] for code in most_first),
        rows=rows,
        worst=rows[:MOST_SHOWN],
    )
