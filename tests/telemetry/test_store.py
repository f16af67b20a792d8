"""A store is made, migrated, opened or refused, alike in both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.telemetry.store import make_store, open_store


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made: in a file, and on a server."""
    if request.param == "sqlite":
        return str(tmp_path / "telemetry.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_a_store_is_made_once(address: str) -> None:
    assert make_store(address) is None
    assert make_store(address) == "0001"
    with open_store(address):
        pass
