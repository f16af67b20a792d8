"""The tables of a store, the same in SQLite and PostgreSQL: those that a recorder writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from coefgate.runner.call_record import CALLS, WRITERS, ColumnType, RecordColumn

TYPES: Final[dict[ColumnType, Any]] = {
    "text": sa.Text(),
    "integer": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    "real": sa.Double().with_variant(sa.REAL(), "sqlite"),
    "boolean": sa.Boolean(),
}
"""The type of each kind of column; each database spells it its own way."""

metadata: Final = sa.MetaData()


def _columns(columns: Iterable[RecordColumn], key: frozenset[str]) -> list[sa.Column[Any]]:
    return [
        sa.Column(
            one.name,
            TYPES[one.kind],
            primary_key=one.name in key,
            autoincrement=False,
            nullable=not one.required,
        )
        for one in columns
    ]


calls: Final = sa.Table(
    "calls",
    metadata,
    *_columns(CALLS, frozenset({"writer", "sequence"})),
    sqlite_with_rowid=False,  # one tree less to write in what a call waits for
)
"""A row for each record."""
writers: Final = sa.Table(
    "writers", metadata, *_columns(WRITERS, frozenset({"writer"})), sqlite_with_rowid=False
)
"""A row for each recorder."""
# A recorder's file goes without: it would double what each call writes.
sa.Index("calls_started_at", calls.c.started_at).ddl_if(dialect="postgresql")

version: Final = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""One row: the migration that the tables are at. Alembic makes it, and so does a recorder."""
