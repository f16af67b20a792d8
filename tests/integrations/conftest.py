"""A model on loopback, and a registry that records what is asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate import Registry
from tests.recording import recording_registry
from tests.runner.conftest import model, nothing_said_yet

__all__ = ["model", "nothing_said_yet"]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return recording_registry(tmp_path)
