"""A model on loopback, and a registry that records what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate import Registry
from tests.runner.conftest import model, nothing_said_yet
from tests.runner.recorded import registry_in

__all__ = ["model", "nothing_said_yet"]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = registry_in(tmp_path)
    recorder = made.record_to(tmp_path / "telemetry.db", runner="tests")
    yield made
    recorder.close()
