"""A small registry in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.verdicts import registry_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return registry_folder(tmp_path_factory.mktemp("registry"))
