"""Bringing a database to the version of this program, as a whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sa

from coefgate.telemetry.schema import metadata, version

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def version_of(connection: sa.Connection) -> str | None:
    """The version of the store behind a connection, ``None`` where it holds none."""
    if not sa.inspect(connection).has_table(version.name):
        return None
    return connection.scalar(sa.select(version.c.version_num))


def migrate(connection: sa.Connection, *, migrations: Path = MIGRATIONS) -> None:
    """Run what is missing of ``migrations`` in the connection's transaction.

    Whoever began it ends it: what fails half way is rolled back with everything before it.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(migrations))

    def missing(revision: object, _: object) -> list[object]:
        return [*scripts._upgrade_revs("head", revision)]  # type: ignore[arg-type]  # noqa: SLF001

    with EnvironmentContext(Config(), scripts, fn=missing) as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, transactional_ddl=True
        )
        environment.run_migrations()
