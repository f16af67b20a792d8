"""Sources, a cache and the place of a lock, new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate.runner import warn_once
from coefgate.runner.cache import Cache
from tests.model_server import Model, model_server
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


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """A model on loopback, which is asked without a proxy."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said once in a process is said once in a test."""
    monkeypatch.setattr(warn_once, "_said", set())
