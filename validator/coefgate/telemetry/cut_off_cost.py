"""What replies that were cut off cost: their tokens are paid for, and lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from coefgate.replay.metrics import Integers
from coefgate.telemetry.call_table import UNKNOWN, CallTable
from coefgate.telemetry.counted import ended
from coefgate.telemetry.times import DAY, EPOCH


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """``dollars`` for so many output tokens of a model at a time, as ``source`` knows it.

    ``None`` where it does not.
    """

    source: str
    dollars: Callable[[str, int, datetime], Decimal | None]


@dataclass(frozen=True, slots=True)
class CutOffReplies:
    """Replies of one ``model`` (``None``: nobody said which) that were cut off.

    ``tokens``: of those ``calls`` that say how many; ``dollars``: what they cost, ``None`` where
    the price is not known or nobody asked.
    """

    model: str | None
    calls: int
    tokens: int
    dollars: Decimal | None


def cut_off_replies(
    table: CallTable, prices: TokenPrices | None = None
) -> tuple[CutOffReplies, ...]:
    """By model, the most tokens first. Each day's tokens are priced at its noon."""
    rows = np.flatnonzero(ended(table) & (table.truncated == 1) & (table.actual != UNKNOWN))
    models, actual = table.model.codes[rows], table.actual[rows].astype(np.int64)
    found = []
    for code in np.unique(models).tolist():
        of_model = models == code
        name = None if code == UNKNOWN else table.model.names[code]
        tokens, days = actual[of_model], table.started_at[rows[of_model]] // DAY
        dollars = None
        if prices is not None and name is not None:
            dollars = _dollars(prices, name, tokens, days)
        found.append(CutOffReplies(name, int(of_model.sum()), int(tokens.sum()), dollars))
    return tuple(sorted(found, key=lambda one: (-one.tokens, one.model or "")))


def _dollars(prices: TokenPrices, model: str, tokens: Integers, days: Integers) -> Decimal | None:
    each, place = np.unique(days, return_inverse=True)
    sums = np.zeros(len(each), dtype=np.int64)
    np.add.at(sums, place, tokens)
    costs = [
        prices.dollars(model, of_day, EPOCH + timedelta(days=day, hours=12))
        for day, of_day in zip(each.tolist(), sums.tolist(), strict=True)
    ]
    known = [one for one in costs if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None
