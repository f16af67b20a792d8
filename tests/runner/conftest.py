"""Sources, a cache and the place of a lock, new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate.runner.cache import Cache
from tests.runner.remotes import Remote, two_releases
from tests.runner.servers import Web, web_server


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return two_releases(tmp_path / "remote.git")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def lock_path(tmp_path: Path) -> Path:
    return tmp_path / "coefgate.lock"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server
