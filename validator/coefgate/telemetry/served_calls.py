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


@dataclass(frozen=True, slots=True)
class UntimedCalls:
    """Calls of a runner that a version served, and of which nobody knows when they were made.

    ``last``: some of them are the last ones of their process.
    """

    runner: str
    version: str
    digest: str
    last: bool


def untimed_calls(
    connection: sa.Connection, *, since: int, until: int
) -> tuple[UntimedCalls, ...]:
    """Those that began after ``until``, or from ``since`` on by a clock that says nothing."""
    later = calls.alias()
    is_last = ~sa.exists().where(
        later.c.writer == calls.c.writer,
        later.c.sequence > calls.c.sequence,
        ~_untimed(later, since, until),
    )
    who = (calls.c.runner, calls.c.registry_version, calls.c.digest, is_last)
    asked = sa.select(*who).where(_untimed(calls, since, until)).distinct().order_by(*who[:3])
    rows = connection.execute(asked)
    return tuple(
        UntimedCalls(runner, version, digest, bool(last)) for runner, version, digest, last in rows
    )


def _untimed(table: sa.FromClause, since: int, until: int) -> sa.ColumnElement[bool]:
    began, fault = table.c.started_at, sa.func.coalesce(table.c.fault, "")
    return sa.or_(began > until, sa.and_(began >= since, fault == "clock"))
