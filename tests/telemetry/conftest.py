"""Empty stores in both databases, and their tables without a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from coefgate.telemetry.schema import metadata
from coefgate.telemetry.store import Store, make_store, open_store
from coefgate.telemetry.store_address import store_address


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made: in a file, and on a server."""
    if request.param == "sqlite":
        return str(tmp_path / "telemetry.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A new store, to be written."""
    make_store(address)
    with open_store(address, write=True) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A new store in a file."""
    path = tmp_path / "source.db"
    make_store(str(path))
    with open_store(str(path), write=True) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgres"])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """In both databases."""
    if request.param == "sqlite":
        engine = sa.create_engine("sqlite://")
    else:
        engine = sa.create_engine(store_address(request.getfixturevalue("postgres_url")).url)
    with engine.begin() as found:
        metadata.create_all(found)
        yield found
    engine.dispose()
