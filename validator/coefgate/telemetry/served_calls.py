"""Which coefficients served whose calls, and when: what the store adds up for each process."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from coefgate.telemetry.schema import calls


@dataclass(frozen=True, slots=True)
class ServedCalls:
    """The calls of one process (``writer``) that the coefficients of one version served.

    ``first`` and ``last``: when the first and the last of them began, in microseconds since 1970.
    ``recent`` and ``lately``: how many began since the two moments that were asked about.
    """

    runner: str
    writer: str
    version: str
    digest: str
    first: int
    last: int
    recent: int
    lately: int


def served_calls(
    connection: sa.Connection, *, since: int, until: int, recent: int, lately: int
) -> tuple[ServedCalls, ...]:
    """The calls that began from ``since`` until ``until``, all in microseconds since 1970.

    Those whose clock was wrong are not among them: nobody knows when they were made.
    """
    began = calls.c.started_at
    who = (calls.c.runner, calls.c.writer, calls.c.registry_version, calls.c.digest)
    counts = (sa.func.sum(sa.case((began >= one, 1), else_=0)) for one in (recent, lately))
    rows = connection.execute(
        sa.select(*who, sa.func.min(began), sa.func.max(began), *counts)
        .where(began >= since, began <= until, calls.c.fault.is_distinct_from("clock"))
        .group_by(*who)
        .order_by(*who)
    )
    return tuple(ServedCalls(*row[:4], *map(int, row[4:])) for row in rows)


def wrong_clocks(connection: sa.Connection, *, since: int, until: int) -> tuple[str, ...]:
    """The runners with calls of which nobody knows when they were made.

    They began after ``until``, or from ``since`` on by a clock that says nothing.
    """
    began = calls.c.started_at
    unknown = sa.or_(began > until, sa.and_(began >= since, calls.c.fault == "clock"))
    asked = sa.select(calls.c.runner).where(unknown).distinct().order_by(calls.c.runner)
    return tuple(connection.execute(asked).scalars())
