"""A store is brought to the next version as a whole, or stays as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from coefgate.telemetry.migrating import MIGRATIONS, migrate, version_of
from coefgate.telemetry.store import Store, make_store
from tests.telemetry.rows import call, put

_NEXT = '''
"""What a later version might do."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

def upgrade() -> None:
    op.create_table("further", sa.Column("one", sa.Text()))
    op.execute("UPDATE calls SET model = 'renamed'")
    op.add_column("calls", sa.Column("colour", sa.Text()))
'''


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    return shutil.copytree(
        MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")
    )


def _state(store: Store) -> tuple[object, ...]:
    with store.read() as connection:
        found = sa.inspect(connection)
        columns = [one["name"] for one in found.get_columns("calls")]
        models = connection.execute(sa.text("SELECT DISTINCT model FROM calls")).scalars().all()
        return (version_of(connection), sorted(found.get_table_names()), columns, models)


def test_a_store_goes_on_to_the_next_version(store: Store, migrations: Path) -> None:
    put(store, [call()])
    (migrations / "versions/v0002_further.py").write_text(_NEXT)
    with store.write() as connection:
        migrate(connection, migrations=migrations)
    version, tables, columns, models = _state(store)
    assert (version, models) == ("0002", ["renamed"])
    assert "further" in str(tables)
    assert "colour" in str(columns)


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(
    store: Store, migrations: Path
) -> None:
    put(store, [call()])
    before = _state(store)
    (migrations / "versions/v0002_further.py").write_text(_NEXT)
    third = _NEXT.replace('"0001"', '"0002"').replace('revision = "0002"', 'revision = "0003"', 1)
    (migrations / "versions/v0003_breaks.py").write_text(
        third.replace("further", "third").replace("colour", "size")
        + '    raise RuntimeError("planted")\n'
    )
    with pytest.raises(RuntimeError, match="planted"):
        make_store(store.address, migrations=migrations)
    assert _state(store) == before


def test_a_file_that_a_failing_migration_would_have_made_is_gone(
    tmp_path: Path, migrations: Path
) -> None:
    (migrations / "versions/v0002_breaks.py").write_text(
        _NEXT + '    raise RuntimeError("planted")\n'
    )
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(RuntimeError, match="planted"):
        make_store(str(place / "telemetry.db"), migrations=migrations)
    assert list(place.iterdir()) == []
