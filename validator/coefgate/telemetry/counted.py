"""Which records count in figures, and why the others do not: each has one standing."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from coefgate.replay.metrics import Booleans, Indices
from coefgate.telemetry.call_table import UNKNOWN, CallTable

Standing = Literal[
    "eligible",
    "censored",  # cut off: it needed at least this many
    "failed",
    "failed-without-tokens",
    "unfinished",  # nobody said how it ended
    "faulty",
    "turn",  # a sum over several requests, which no ceiling limits
    "tokens-unknown",
    "ending-unknown",  # whether it was cut off, or whether it succeeded
    "no-tokens",  # it succeeded with none, so it has no ratio to what it needed
    "same-ceiling",  # cut off like another of its phase, at the same ceiling
]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
JUDGED: Final[tuple[Standing, ...]] = ("eligible", "censored")
"""Those whose predictions are scored, as in a replay of samples."""
Standings = NDArray[np.int8]
"""Of each record the place in ``STANDINGS``."""


def code_of(standing: Standing) -> int:
    """Its place in ``STANDINGS``."""
    return STANDINGS.index(standing)


def standings(table: CallTable) -> Standings:
    """The standing of each record; where several would fit, what nobody knows of it comes first.

    Of calls of one phase, week and digest that were cut off at one ceiling the first that says
    most counts: the others are equal only because they were cut off at the same place.
    """
    cut_off = table.truncated == 1
    unknown = (table.truncated == UNKNOWN) | (table.success == UNKNOWN)
    found = np.select(
        [
            ~table.finished,
            table.faulty,
            ~of_one_request(table),
            table.actual == UNKNOWN,
            cut_off,
            unknown,
            (table.success == 0) & (table.actual > 0),
            table.success == 0,
            table.actual == 0,
        ],
        [
            np.int8(code_of(one))
            for one in (
                *("unfinished", "faulty", "turn", "tokens-unknown"),
                *("censored", "ending-unknown", "failed", "failed-without-tokens", "no-tokens"),
            )
        ],
        np.int8(code_of("eligible")),
    ).astype(np.int8)
    found[_repeated(table, np.flatnonzero(found == code_of("censored")))] = code_of("same-ceiling")
    return found


def ended(table: CallTable) -> Booleans:
    """Which records count in figures, failed calls too, and say whether they were cut off."""
    said = table.finished & ~table.faulty & (table.truncated != UNKNOWN)
    found: Booleans = said & of_one_request(table)
    return found


def of_one_request(table: CallTable) -> Booleans:
    """Which records are of one request; a ceiling limits nothing else."""
    known = [at for at, name in enumerate(table.unit.names) if name == "call"]
    found: Booleans = np.isin(table.unit.codes, known)
    return found


def _repeated(table: CallTable, rows: Indices) -> Indices:
    """Which of these cut-off calls share phase, week, digest and ceiling with one that counts."""
    rows = rows[table.phase.codes[rows] != UNKNOWN]
    limit, actual = table.limit[rows], table.actual[rows]
    ceiling = np.where(limit == UNKNOWN, actual, limit)
    keys = (table.phase.codes[rows], table.week[rows], table.digest.codes[rows], ceiling)
    order = np.lexsort((rows, -actual, *keys))
    same = np.ones(max(len(rows) - 1, 0), dtype=np.bool_)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    return rows[order[1:][same]]
