"""The values that one number had, over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil
from typing import Final, NamedTuple

from coefgate.registry.key import Key
from coefgate.registry.number_history import NumberHistory
from coefgate.registry.wording import count
from coefgate.reports.chart import Axis, Chart, Line, Panel, Points, Series
from coefgate.reports.charts.scales import from_zero
from coefgate.reports.figures import number_words

_DAY: Final = 86_400
_TICKS: Final = 4
_ROOM: Final = 0.08
"""At both ends of the axis of time, as a share of what lies between them."""


class _SetValue(NamedTuple):
    """``at``: seconds since 1970 UTC; ``number``: from then on, ``None`` where none is known."""

    at: float
    number: Fraction | None


def history_chart(life: NumberHistory) -> Chart:
    """A step at each commit that changed it; last an open mark for what is not committed."""
    changes = [
        _SetValue(datetime.fromisoformat(one.commit.committed_at).timestamp(), one.after.number)
        for one in reversed(life.steps)
        if one.commit is not None
    ]
    changes.sort(key=lambda one: one.at)
    uncommitted = next((one.after.number for one in life.steps if one.commit is None), None)
    key = Key.named(life.name)
    values = [one.number for one in changes if one.number is not None]
    values += [] if uncommitted is None else [uncommitted]
    missing = "" if values else "no value is known"
    x = _time_axis([one.at for one in changes] or [0])
    y = from_zero(
        "factor" if key and key.is_factor else "tokens", [float(one) for one in values] or [1]
    )
    series: list[Series] = list(_lines([*changes, _SetValue(x.high, None)]))
    if uncommitted is not None:
        series.append(
            Points([x.high], [float(uncommitted)], "not committed", "second", "square", open=True)
        )
    ends = dict.fromkeys(number_words(one, key) for one in (*values[:1], *values[-1:]))
    return Chart(
        "history",
        f"Values of {life.name}",
        f"{count(len(life.steps), 'change')}: {' … '.join(ends) or missing}.",
        [Panel(x, y, [] if missing else series, missing)],
    )


def _lines(changes: Sequence[_SetValue]) -> Iterator[Line | Points]:
    """One for each time in which the number was known, up to the change that ended it."""
    spans = [(one.at, after.at, one.number) for one, after in pairwise(changes)]
    for known, run in groupby(spans, lambda span: span[2] is not None):
        rows = [(begin, end, float(number)) for begin, end, number in run if number is not None]
        if known:
            x, y = [begin for begin, _, _ in rows], [value for _, _, value in rows]
            yield Line([*x, rows[-1][1]], [*y, y[-1]], "", "first", steps=True)
            yield Points(x, y, "", "first")


def _time_axis(at: Sequence[float]) -> Axis:
    length = max(at) - min(at) or _DAY
    low, high = min(at) - _ROOM * length, max(at) + _ROOM * length
    unit, form = (_DAY, "%Y-%m-%d") if length > _TICKS * _DAY else (60, "%m-%d %H:%M")
    step = max(1, ceil((high - low) / _TICKS / unit)) * unit
    first = ceil(low / unit) * unit
    ticks = [first + step * at for at in range(_TICKS) if first + step * at <= high]
    words = [(one, datetime.fromtimestamp(one, UTC).strftime(form)) for one in ticks]
    return Axis("committed, UTC", low, high, words)
